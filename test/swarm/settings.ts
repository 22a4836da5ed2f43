import { FAULT_KINDS } from '#sim/faults/fault.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';

/**
 * What the test run flies: everything that the fuzzer draws, in swarms of three, with all trouble early, cut
 * off at thirty seconds so that a hundred fit into the checks. Whole flights of up to twelve drones
 * are what `skein sim fuzz` is for.
 */
export const SETTINGS: FuzzSettings = {
  drones: 3,
  kinds: FAULT_KINDS,
  samples: 32,
  troubleUntilMs: 24_000,
  untilMs: 30_000,
};
