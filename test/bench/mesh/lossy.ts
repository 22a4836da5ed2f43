import { seededRandom } from '#protocols/random.ts';
import type { MeshKind } from '../../net/member-process.ts';
import { quantile } from '../bench.ts';
import { Flight, IN_FLIGHT, LOSS } from './flight.ts';
import type { Part } from './parts.ts';
import { shareOf } from './share.ts';

const PROMPT_MS = 100;
/** What lasts is waited for; what was not heard by then counts as this late. */
const PATIENCE_MS = 20_000;

const lossyOf = (kind: MeshKind, gossipOnly: boolean, seed: number, forMs: number) =>
  Flight.during({ drones: 6, seed, kind, gossipOnly }, async (flight) => {
    const { swarm, drones, ledger } = flight;
    swarm.network.lose(LOSS);
    await flight.pass(3000);
    const span = await flight.pass(forMs);
    await swarm.speak({ ...IN_FLIGHT, claimHz: 0 });
    await flight.until(PATIENCE_MS, () => Number.isFinite(ledger.completeMs('claim', span)));
    const blocks = [];
    for (let fromMs = span.fromMs; fromMs < span.toMs; fromMs += 1000) {
      const delays = ledger.delays('intent', { fromMs, toMs: fromMs + 1000 }, [...drones]);
      const hits = delays.filter((delay) => delay <= PROMPT_MS).length;
      if (delays.length > 0) blocks.push({ hits, of: delays.length });
    }
    const intents = ledger.delays('intent', span, [...drones]);
    const claims = ledger.delays('claim', span);
    return {
      prompt: shareOf(blocks, seededRandom(seed)),
      intents: intents.length,
      intentsHeard: intents.filter(Number.isFinite).length / intents.length,
      intentP50Ms: quantile(intents, 0.5),
      claims: claims.length,
      claimsHeard: claims.filter(Number.isFinite).length / claims.length,
      durableP99S: Math.min(PATIENCE_MS, quantile(claims, 0.99)) / 1000,
    };
  });

/** Every receiver loses 30 % of its packets. */
export const lossyPart: Part = async ({ short, seed, tell }) => {
  const forMs = short ? 10_000 : 60_000;
  const rows = [];
  for (const [mesh, kind, gossipOnly] of [
    ['skein', 'skein', false],
    ['skein, gossip only', 'skein', true],
    ['stock gossipsub D=6, TCP', 'stock', true],
  ] as const) {
    const { prompt, ...rest } = await lossyOf(kind, gossipOnly, seed, forMs);
    rows.push({ mesh, within100ms: prompt.share, low: prompt.low, high: prompt.high, ...rest });
    tell(`${mesh}: ${(100 * prompt.share).toFixed(2)} % of intents within ${PROMPT_MS} ms`);
  }
  const ours = rows[0]!;
  return {
    intentsWithin100msAt30Loss: ours.within100ms,
    intentsWithin100msAt30LossLow: ours.low,
    intentsWithin100msAt30LossHigh: ours.high,
    durableP99SecondsAt30Loss: ours.durableP99S,
    durableHeardAt30Loss: ours.claimsHeard,
    lossy: rows,
  };
};
