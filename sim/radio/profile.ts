/**
 * How one direction of a radio link behaves: a continuous-time Gilbert–Elliott channel, so that bursts
 * do not depend on how often one sends, with delay and rate. Shares are 0–1.
 */
export interface RadioProfile {
  /** Mean time in the good and in the bad state, s. */
  goodS: number;
  badS: number;
  /** Share of packets lost in each. */
  lossGood: number;
  lossBad: number;
  /** Delay of one hop: a floor and an exponential part, ms. */
  delayFloorMs: number;
  delayMeanMs: number;
  rateBps: number;
}

/** Beside what a profile says: a delay of each hop, ms, and a share of packets lost whatever the state. */
export interface RadioExtra {
  delayMs: number;
  loss: number;
}

export const withExtra = (profile: RadioProfile, { delayMs, loss }: RadioExtra): RadioProfile => ({
  ...profile,
  lossGood: 1 - (1 - profile.lossGood) * (1 - loss),
  lossBad: 1 - (1 - profile.lossBad) * (1 - loss),
  delayFloorMs: profile.delayFloorMs + delayMs,
});

/**
 * No fault at all (P0, for benchmarks that know only a delay), line of sight, banking, edge of range, jammed. No published Gilbert–Elliott parameters for a mesh of
 * UAVs were found; these are the project's own.
 */
export const RADIO_PROFILES = {
  P0: {
    goodS: 20,
    badS: 0.2,
    lossGood: 0,
    lossBad: 0,
    delayFloorMs: 0,
    delayMeanMs: 0,
    rateBps: 1e8,
  },
  P1: {
    goodS: 20,
    badS: 0.2,
    lossGood: 0.005,
    lossBad: 0.6,
    delayFloorMs: 5,
    delayMeanMs: 5,
    rateBps: 5e6,
  },
  P2: {
    goodS: 5,
    badS: 0.5,
    lossGood: 0.02,
    lossBad: 0.8,
    delayFloorMs: 20,
    delayMeanMs: 30,
    rateBps: 1e6,
  },
  P3: {
    goodS: 2,
    badS: 1,
    lossGood: 0.05,
    lossBad: 0.9,
    delayFloorMs: 100,
    delayMeanMs: 150,
    rateBps: 1e5,
  },
  P4: {
    goodS: 0.5,
    badS: 4.5,
    lossGood: 0.2,
    lossBad: 1,
    delayFloorMs: 200,
    delayMeanMs: 300,
    rateBps: 2e4,
  },
} as const satisfies Record<string, RadioProfile>;

export type ProfileName = keyof typeof RADIO_PROFILES;

/** Share of packets that a profile loses in the long run. */
export const meanLoss = ({ goodS, badS, lossGood, lossBad }: RadioProfile): number =>
  (goodS * lossGood + badS * lossBad) / (goodS + badS);
