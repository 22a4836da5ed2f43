/** 0 at the beginning, 1 after `overMs` and until a moment before the end: nothing comes at once. */
export const rampUp = (sinceMs: number, overMs: number): number =>
  overMs <= 0 ? 1 : Math.min(1, Math.max(0, sinceMs / overMs));
