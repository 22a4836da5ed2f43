import type { Random } from '#protocols/random.ts';
import { between, pick } from './draws.ts';
import { kindNamed, type Fault, type FaultName } from './fault.ts';
import type { DrawScene } from './fault-kind.ts';

export interface FaultWindow extends DrawScene {
  /** Faults begin between these, ms. */
  fromMs: number;
  untilMs: number;
  /** Which kinds may come; none of them twice as likely as another. */
  kinds: readonly FaultName[];
  most: number;
}

/** Up to `most` faults, from none at all; one seed, one list, in order of time. */
export const drawFaults = (window: FaultWindow, random: Random): Fault[] => {
  if (window.kinds.length === 0) return [];
  const count = Math.floor((window.most + 1) * random.uniform());
  const faults = Array.from({ length: count }, (_, index) =>
    drawFault(window, random.fork(`fault-${index}`)),
  );
  return faults.sort((a, b) => a.atMs - b.atMs);
};

const drawFault = (window: FaultWindow, random: Random): Fault => {
  const atMs = between(window.fromMs, window.untilMs, random);
  const kind = pick(window.kinds, random);
  return { kind, atMs, ...kindNamed(kind).draw(window, random) } as Fault;
};
