import { setTimeout as sleep } from 'node:timers/promises';

import { systemClock } from '#protocols/system-clock.ts';
import { Ledger, type Span } from '../../net/ledger.ts';
import type { Load } from '../../net/member/orders.ts';
import { Swarm, type SwarmOptions } from '../../net/swarm.ts';

/** What six drones in flight say of themselves. */
export const IN_FLIGHT: Load = { intentHz: 5, claimHz: 0.5 };
export const LOSS = 0.3;
/** Until gossip has built its mesh, and rates are steady. */
const SETTLE_MS = 3000;
const COLLECT_MS = 2000;

export const nowMs = (): number => systemClock.monotonicMs();

/** A swarm of processes that speaks, and the ledger of it. */
export class Flight {
  readonly swarm: Swarm;
  readonly ledger: Ledger;

  private constructor(swarm: Swarm) {
    this.swarm = swarm;
    this.ledger = new Ledger(swarm.members);
  }

  /** Starts, joins, sets a goal and speaks; ends everything when `work` is over or fails. */
  static async during<T>(
    options: Omit<SwarmOptions, 'operator'> & { load?: Load },
    work: (flight: Flight) => Promise<T>,
  ): Promise<T> {
    const swarm = await Swarm.start({ ...options, operator: true });
    try {
      const flight = new Flight(swarm);
      await swarm.untilJoined();
      await swarm.tell(flight.operator, { do: 'goal', number: 1 });
      await swarm.speak(options.load ?? IN_FLIGHT);
      await sleep(SETTLE_MS);
      return await work(flight);
    } finally {
      await swarm.end();
    }
  }

  get operator(): number {
    return this.swarm.members.at(-1)!;
  }

  get drones(): readonly number[] {
    return this.swarm.members.slice(0, -1);
  }

  async collect(): Promise<void> {
    this.ledger.add(await this.swarm.accounts());
  }

  /** Lets time pass, and returns the span of it. */
  async pass(forMs: number): Promise<Span> {
    const fromMs = nowMs();
    for (;;) {
      const leftMs = fromMs + forMs - nowMs();
      if (leftMs <= 0) break;
      await sleep(Math.min(leftMs, COLLECT_MS));
      await this.collect();
    }
    return { fromMs, toMs: nowMs() };
  }

  /** Waits until `isSo`, at most `timeoutMs`; false when it did not come to be. */
  async until(timeoutMs: number, isSo: () => boolean): Promise<boolean> {
    const deadlineMs = nowMs() + timeoutMs;
    for (;;) {
      await this.collect();
      if (isSo()) return true;
      if (nowMs() > deadlineMs) return false;
      await sleep(200);
    }
  }
}
