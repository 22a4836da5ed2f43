import { quantile } from '../bench.ts';
import { Flight } from './flight.ts';
import type { Part } from './parts.ts';

const KBIT_PER_S = 250;
const PATIENCE_MS = 30_000;

/** Twelve nodes, 250 kbit/s each, no datagrams: the fallback where there is no multicast. */
export const narrowPart: Part = ({ short, seed, tell }) =>
  Flight.during(
    { drones: 11, seed, gossipOnly: true, load: { intentHz: 1, claimHz: 0.2 } },
    async (flight) => {
      const { swarm, ledger, drones } = flight;
      swarm.network.limit(KBIT_PER_S);
      await flight.pass(5000);
      const before = swarm.network.carried();
      const span = await flight.pass(short ? 15_000 : 60_000);
      const after = swarm.network.carried();
      await swarm.speak({ intentHz: 1, claimHz: 0 });
      await flight.until(PATIENCE_MS, () => Number.isFinite(ledger.completeMs('claim', span)));
      const ages = ledger.ages('intent', span);
      const claims = ledger.delays('claim', span);
      const sent = drones.map((drone) => {
        const host = swarm.hostOf(drone);
        return after.get(host)!.sentBytes - before.get(host)!.sentBytes;
      });
      const seconds = (span.toMs - span.fromMs) / 1000;
      const figures = {
        narrowIntentHz: 1,
        narrowIntentAgeP50S: quantile(ages, 0.5) / 1000,
        narrowIntentAgeP95S: quantile(ages, 0.95) / 1000,
        narrowDurableP99S: Math.min(PATIENCE_MS, quantile(claims, 0.99)) / 1000,
        narrowDurableHeard: claims.filter(Number.isFinite).length / claims.length,
        narrowKbitPerSMax: (Math.max(...sent) * 8) / 1000 / seconds,
      };
      tell(`newest intents are ${figures.narrowIntentAgeP95S.toFixed(2)} s old at most in 95 %`);
      return figures;
    },
  );
