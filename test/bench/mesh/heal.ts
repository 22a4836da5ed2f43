import { seededRandom, type Random } from '#protocols/random.ts';

import { completionsOf, type Completions } from '../../net/completions.ts';
import type { Span } from '../../net/ledger.ts';
import type { Figure } from '../bench.ts';
import { Flight, IN_FLIGHT, nowMs } from './flight.ts';
import type { Part, PartRun } from './parts.ts';

const PATIENCE_MS = 60_000;
/** Words that were on their way when the links were cut. */
const MARGIN_MS = 500;
/** Each side of a cut completes tasks of the same list. */
const LOAD = { ...IN_FLIGHT, doneHz: 0.1 };

interface Heal {
  groups: string;
  cutS: number;
  healS: number;
  recordsLost: number;
  heldAlike: number;
}

const halves = (hosts: readonly number[], random: Random | undefined): number[][] => {
  if (random === undefined) return [hosts.slice(0, 3), hosts.slice(3)].map((some) => [...some]);
  const sides = hosts.map(() => random.uniform() < 0.5);
  // Never all on one side.
  sides[0] = true;
  sides[1 + Math.floor(random.uniform() * (hosts.length - 1))] = false;
  return [hosts.filter((_, index) => sides[index]), hosts.filter((_, index) => !sides[index])];
};

/** From the links' carrying packets again to the last member's having all that was said meanwhile. */
const healOnce = async (flight: Flight, groups: number[][], cutMs: number): Promise<Heal> => {
  const { swarm, ledger } = flight;
  const fromMs = nowMs();
  swarm.network.partition(...groups);
  await flight.pass(cutMs);
  const healMs = nowMs();
  swarm.network.heal();
  const split = { fromMs: fromMs + MARGIN_MS, toMs: healMs };
  await flight.until(PATIENCE_MS, () => Number.isFinite(ledger.completeMs('claim', split)));
  const completeMs = ledger.completeMs('claim', split);
  const lost = ledger.delays('claim', split).filter((delay) => delay === Infinity).length;
  // Whoever was cut off speaks no more, so that what all hold can be compared.
  await swarm.speak({ intentHz: 5, claimHz: 0 });
  const isAlike = await heldAlike(flight);
  await swarm.speak(LOAD);
  return {
    groups: groups.map((group) => group.join(',')).join(' | '),
    cutS: cutMs / 1000,
    healS: (Math.min(completeMs, healMs + PATIENCE_MS) - healMs) / 1000,
    recordsLost: lost,
    heldAlike: Number(isAlike),
  };
};

/**
 * Whether all come to hold the same of what lasts within ten seconds, and to name the same drone for each
 * completed task; nobody may speak meanwhile.
 */
export const heldAlike = async (flight: Flight): Promise<boolean> => {
  const deadlineMs = nowMs() + 10_000;
  for (;;) {
    const accounts = await flight.swarm.accounts();
    flight.ledger.add(accounts);
    const held = new Set(
      [...accounts.values()].map((account) => [...account.held, ...account.completed].join()),
    );
    if (held.size === 1) return true;
    if (nowMs() > deadlineMs) return false;
  }
};

interface Cuts {
  count: number;
  cutMs: number;
}

interface Healed {
  heals: Heal[];
  completions: Completions;
}

/** The first cut is three from the rest, the others are at random. */
const healsAfter = async (
  { count, cutMs }: Cuts,
  { seed, tell }: Pick<PartRun, 'seed' | 'tell'>,
): Promise<Healed> => {
  const random = seededRandom(seed);
  return Flight.during({ drones: 6, seed, load: LOAD }, async (flight) => {
    const heals: Heal[] = [];
    const spans: Span[] = [];
    const { hosts } = flight.swarm.network;
    for (let cut = 0; cut < count; cut += 1) {
      const groups = halves(hosts, cut === 0 ? undefined : random);
      const fromMs = nowMs();
      const heal = await healOnce(flight, groups, cutMs);
      spans.push({ fromMs, toMs: fromMs + cutMs });
      heals.push(heal);
      const { groups: text, healS, recordsLost } = heals.at(-1)!;
      tell(`${text}: ${healS.toFixed(2)} s, ${recordsLost} lost`);
    }
    return { heals, completions: completionsOf(flight.ledger, spans) };
  });
};

const figuresOf = (name: string, { heals, completions }: Healed): Record<string, Figure> => ({
  [`${name}SecondsMax`]: Math.max(...heals.map(({ healS }) => healS)),
  [`${name}RecordsLost`]: heals.reduce((sum, { recordsLost }) => sum + recordsLost, 0),
  [`${name}HeldAlike`]: Math.min(...heals.map(({ heldAlike: isAlike }) => isAlike)),
  [`${name}Completions`]: completions as never,
  [`${name}s`]: heals as never,
});

/** Partitions of six drones and their operator, and how long the mesh needs to agree afterwards. */
export const healPart: Part = async (run) => {
  const cuts = run.short ? { count: 2, cutMs: 8000 } : { count: 6, cutMs: 20_000 };
  return figuresOf('heal', await healsAfter(cuts, run));
};

/** The same after five minutes apart. */
export const healLongPart: Part = async (run) => {
  const cuts = run.short ? { count: 1, cutMs: 30_000 } : { count: 2, cutMs: 300_000 };
  return figuresOf('healLong', await healsAfter(cuts, run));
};
