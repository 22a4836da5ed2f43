import { FLOOD } from './kinds/flood.ts';
import { LIAR } from './kinds/liar.ts';
import { MALFORMED } from './kinds/malformed.ts';
import { REPLAY } from './kinds/replay.ts';
import { RIVAL } from './kinds/rival.ts';
import { ROLLBACK } from './kinds/rollback.ts';
import { SPOOF } from './kinds/spoof.ts';
import { STOLEN_KEY } from './kinds/stolen-key.ts';
import { SYBIL } from './kinds/sybil.ts';

/** Every kind of attack that a schedule of faults may name. */
export const ATTACKS = [
  LIAR,
  REPLAY,
  FLOOD,
  SYBIL,
  MALFORMED,
  SPOOF,
  RIVAL,
  STOLEN_KEY,
  ROLLBACK,
] as const;
