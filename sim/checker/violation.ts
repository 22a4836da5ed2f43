/** The invariants that are checked; what each says stands with its check. */
export type InvariantId =
  | 'I1'
  | 'I2'
  | 'I3'
  | 'I4'
  | 'I5'
  | 'I6'
  | 'I7'
  | 'I8'
  | 'I9'
  | 'I10'
  | 'I11'
  | 'I12'
  | 'I13'
  | 'I14';

/** A moment at which an invariant did not hold. */
export interface Violation {
  invariant: InvariantId;
  /** Simulated ms since the start of the episode. */
  atMs: number;
  drones: readonly number[];
  /** In words, with the numbers that were compared. */
  detail: string;
}

export type Report = (drones: readonly number[], detail: string) => void;
