export type Aspect =
  | 'ack'
  | 'state'
  | 'landed'
  | 'stream'
  | 'parameter'
  | 'mission'
  | 'text'
  | 'event'
  | 'trajectory';

/** Something in which the stand-in's answer is not the recorded one. */
export interface Difference {
  aspect: Aspect;
  /** Names the same difference in the next run too: no measured number in it. */
  key: string;
  /** For people: what was recorded and what the stand-in did instead, with numbers. */
  detail: string;
}

/** One aspect of one recording compared. */
export interface Comparison {
  aspect: Aspect;
  /** How many things were held against each other: never zero where the recording has any. */
  compared: number;
  differences: Difference[];
  /** Measured numbers worth printing even when they are within tolerance. */
  figures?: Readonly<Record<string, number>>;
}

export const seconds = (value: number): string => `${value.toFixed(1)} s`;
