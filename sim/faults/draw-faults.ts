import type { Random } from '#protocols/random.ts';
import type { Fault, FaultKind, FaultName } from './fault.ts';

export interface FaultWindow {
  /** Drones, and who else is on the radio. */
  sysids: readonly number[];
  others: readonly number[];
  /** Faults begin between these, ms. */
  fromMs: number;
  untilMs: number;
  /** Which kinds may come; none of them twice as likely as another. */
  kinds: readonly FaultName[];
  most: number;
  /** Half the edge of the square in which a jammer may stand, m. */
  reachM: number;
}

const PROCESSES = ['pilot', 'mind', 'mesh', 'recorder'] as const;

const pick = <T>(values: readonly T[], random: Random): T =>
  values[Math.floor(values.length * random.uniform())]!;

const between = (low: number, high: number, random: Random): number =>
  Math.round(low + (high - low) * random.uniform());

const around = (reach: number, random: Random): number => reach * (2 * random.uniform() - 1);

/** Up to `most` faults, from none at all; one seed, one list, in order of time. */
export const drawFaults = (window: FaultWindow, random: Random): Fault[] => {
  if (window.kinds.length === 0) return [];
  const count = Math.floor((window.most + 1) * random.uniform());
  const faults = Array.from({ length: count }, (_, index) => {
    const own = random.fork(`fault-${index}`);
    const atMs = between(window.fromMs, window.untilMs, own);
    return { atMs, ...drawKind(pick(window.kinds, own), window, own) };
  });
  return faults.sort((a, b) => a.atMs - b.atMs);
};

const drawKind = (kind: FaultName, window: FaultWindow, random: Random): FaultKind => {
  const { sysids } = window;
  const sysid = pick(sysids, random);
  switch (kind) {
    case 'kill':
      return { kind, sysid, process: pick(PROCESSES, random) };
    case 'lost-companion':
    case 'reboot':
    case 'camera':
      return { kind, sysid };
    case 'stall':
      return { kind, sysid, byMs: between(100, 5000, random), forMs: between(500, 5000, random) };
    case 'gnss':
      return { kind, sysid, forMs: between(1000, 30_000, random) };
    case 'battery':
      return { kind, sysid, remaining: 0.05 + 0.5 * random.uniform() };
    case 'estimator': {
      const jump = (): number => around(20, random);
      return { kind, sysid, northM: jump(), eastM: jump(), downM: jump() / 4 };
    }
    case 'clock':
      return { kind, sysid, byMs: between(-3_600_000, 3_600_000, random) };
    default:
      return drawRadio(kind, window, random);
  }
};

const drawRadio = (
  kind: 'partition' | 'deaf' | 'fade' | 'jammer',
  { sysids, others, reachM }: FaultWindow,
  random: Random,
): FaultKind => {
  const members = [...sysids, ...others];
  const forMs = between(2000, 40_000, random);
  const a = pick(members, random);
  const b = pick(
    members.filter((one) => one !== a),
    random,
  );
  switch (kind) {
    case 'partition': {
      const groups: [number[], number[]] = [[], []];
      for (const member of members) pick(groups, random).push(member);
      return { kind, groups, forMs };
    }
    case 'deaf':
      return { kind, from: a, to: b, forMs };
    case 'fade':
      return { kind, a, b, profile: pick(['P2', 'P3', 'P4'], random), forMs };
    case 'jammer':
      return {
        kind,
        northM: around(reachM, random),
        eastM: around(reachM, random),
        radiusM: between(20, 150, random),
        forMs,
      };
  }
};
