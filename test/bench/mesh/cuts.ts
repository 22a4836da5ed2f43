import { seededRandom, type Random } from '#protocols/random.ts';
import { completionsOf } from '../../net/completions.ts';
import type { Span } from '../../net/ledger.ts';
import { quantile } from '../bench.ts';
import { Flight, nowMs } from './flight.ts';
import { heldAlike } from './heal.ts';
import type { Part } from './parts.ts';

const PATIENCE_MS = 60_000;
/** Words that were on their way when the links were cut. */
const MARGIN_MS = 500;
/** Of a hundred seconds and eleven drones, forty completions: a mind's book holds 512 tasks. */
const LOAD = { intentHz: 1, claimHz: 0.2, doneHz: 0.04 };
const CUT_MS = { least: 1000, most: 5000 };

type Pair = readonly [number, number];

const pairsOf = (hosts: readonly number[]): Pair[] =>
  hosts.flatMap((a) => hosts.filter((b) => b > a).map((b) => [a, b] as const));

/** Groups that hear nothing of each other, some pairs that do not, or some that hear one way only. */
const cutAtRandom = ({ swarm }: Flight, random: Random): void => {
  const { network } = swarm;
  const { hosts } = network;
  const kind = random.uniform();
  if (kind < 0.5) {
    const groups = 2 + Math.floor(2 * random.uniform());
    const sides = hosts.map(() => Math.floor(groups * random.uniform()));
    network.partition(
      ...Array.from({ length: groups }, (_, side) =>
        hosts.filter((__, index) => sides[index] === side),
      ),
    );
    return;
  }
  const pairs = pairsOf(hosts).filter(() => random.uniform() < 0.4);
  if (kind < 0.8) network.cut(...pairs);
  else {
    for (const [a, b] of pairs) {
      if (random.uniform() < 0.5) network.deafen(a, b);
      else network.deafen(b, a);
    }
  }
};

/** Eleven drones and an operator, cut at random over and over, with claims on their way all the time. */
export const cutsPart: Part = ({ short, seed, tell }) =>
  Flight.during({ drones: 11, seed, load: LOAD }, async (flight) => {
    const { swarm, ledger } = flight;
    const random = seededRandom(seed).fork('cuts');
    const healS: number[] = [];
    const spans: Span[] = [];
    let lost = 0;
    const cuts = short ? 4 : 200;
    for (let cut = 1; cut <= cuts; cut += 1) {
      const fromMs = nowMs();
      cutAtRandom(flight, random);
      await flight.pass(CUT_MS.least + (CUT_MS.most - CUT_MS.least) * random.uniform());
      swarm.network.heal();
      const healMs = nowMs();
      spans.push({ fromMs, toMs: healMs });
      const split = { fromMs: fromMs + MARGIN_MS, toMs: healMs };
      await flight.until(PATIENCE_MS, () => Number.isFinite(ledger.completeMs('claim', split)));
      const lastMs = Math.min(ledger.completeMs('claim', split), healMs + PATIENCE_MS);
      healS.push(Math.max(0, lastMs - healMs) / 1000);
      lost += ledger.delays('claim', split).filter((delay) => delay === Infinity).length;
      if (cut % 20 === 0) tell(`${cut} cuts, p95 ${quantile(healS, 0.95).toFixed(2)} s`);
    }
    await swarm.speak({ intentHz: 1, claimHz: 0 });
    return {
      cuts,
      cutsHealP95Seconds: quantile(healS, 0.95),
      cutsHealMaxSeconds: quantile(healS, 1),
      cutsRecordsLost: lost,
      cutsHeldAlike: Number(await heldAlike(flight)),
      cutsCompletions: completionsOf(ledger, spans) as never,
    };
  });
