import { setTimeout as sleep } from 'node:timers/promises';

import { quantile } from '../bench.ts';
import { Flight, IN_FLIGHT, nowMs } from './flight.ts';
import type { Part } from './parts.ts';

const PATIENCE_MS = 30_000;

/** A drone whose mesh process is killed and starts again under the same id. Counted from its listening. */
export const rebootPart: Part = ({ short, seed, tell }) =>
  Flight.during({ drones: 6, seed }, async (flight) => {
    const { swarm, ledger, drones } = flight;
    const firstS: number[] = [];
    const wholeS: number[] = [];
    for (let tried = 0; tried < (short ? 2 : 10); tried += 1) {
      const drone = drones[tried % drones.length]!;
      await swarm.kill(drone);
      const missed = { fromMs: nowMs() + 100, toMs: nowMs() + 1500 };
      await sleep(1500);
      await swarm.boot(drone);
      const bootMs = nowMs();
      await swarm.tell(drone, { do: 'load', load: IN_FLIGHT });
      const words = (): { first: number; whole: number } => {
        const said = ledger.said('intent', { fromMs: bootMs, toMs: nowMs(), author: drone });
        const heardMs = said.map(({ atMs }) =>
          drones
            .filter((one) => one !== drone)
            .map(
              (one) =>
                atMs +
                ledger.delays('intent', { fromMs: atMs, toMs: atMs + 0.001, author: drone }, [
                  one,
                ])[0]!,
            ),
        );
        const missedMs = ledger
          .said('claim', missed)
          .map(
            ({ atMs, author }) =>
              atMs +
              ledger.delays('claim', { fromMs: atMs, toMs: atMs + 0.001, author }, [drone])[0]!,
          );
        const everywhere = heardMs.map((times) => Math.max(...times));
        return {
          first: Math.min(Infinity, ...heardMs.flat()) - bootMs,
          whole: Math.max(Math.min(Infinity, ...everywhere), ...missedMs) - bootMs,
        };
      };
      await flight.until(PATIENCE_MS, () => Number.isFinite(words().whole));
      const { first, whole } = words();
      firstS.push(Math.min(PATIENCE_MS, first) / 1000);
      wholeS.push(Math.min(PATIENCE_MS, whole) / 1000);
      tell(
        `drone ${drone}: first word ${firstS.at(-1)!.toFixed(2)} s, whole ${wholeS.at(-1)!.toFixed(2)} s`,
      );
    }
    return {
      rebootFirstWordSecondsMax: quantile(firstS, 1),
      rebootWholeSecondsMax: quantile(wholeS, 1),
    };
  });
