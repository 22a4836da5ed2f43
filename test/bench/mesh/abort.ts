import { setTimeout as sleep } from 'node:timers/promises';

import { quantile } from '../bench.ts';
import { Flight, LOSS, nowMs } from './flight.ts';
import type { Part } from './parts.ts';

const PATIENCE_MS = 20_000;

/** From the operator's word to the last drone's hearing it, at 30 % loss. */
export const abortPart: Part = ({ short, seed, tell }) =>
  Flight.during({ drones: 6, seed }, async (flight) => {
    const { swarm, ledger, operator } = flight;
    swarm.network.lose(LOSS);
    await flight.pass(3000);
    const secondsToAll: number[] = [];
    let unheard = 0;
    const tries = short ? 15 : 200;
    for (let number = 1; number <= tries; number += 1) {
      const fromMs = nowMs();
      await swarm.tell(operator, { do: 'directive', kind: 'abort', number });
      const span = { fromMs, toMs: nowMs() };
      await sleep(500);
      const isHeard = await flight.until(PATIENCE_MS, () =>
        Number.isFinite(ledger.completeMs('directive', span)),
      );
      if (!isHeard) unheard += 1;
      const said = ledger.said('directive', span)[0]!;
      const lastMs = Math.min(ledger.completeMs('directive', span), fromMs + PATIENCE_MS);
      secondsToAll.push((lastMs - said.atMs) / 1000);
      if (number % 20 === 0)
        tell(`${number} aborts, p95 ${quantile(secondsToAll, 0.95).toFixed(2)} s`);
    }
    return {
      abortTries: tries,
      abortP50SecondsAt30Loss: quantile(secondsToAll, 0.5),
      abortP95SecondsAt30Loss: quantile(secondsToAll, 0.95),
      abortMaxSecondsAt30Loss: quantile(secondsToAll, 1),
      abortsUnheardIn20S: unheard,
    };
  });
