import type { DroneTruth, SwarmTruth } from '../checker/swarm-truth.ts';

const fliesMission = ({ mode, armed, onGround }: DroneTruth): boolean =>
  armed && !onGround && mode === 'OFFBOARD';

/** How long an abort takes to reach the drones that fly the mission when it is given and have a usable path all along. */
export class AbortDelays {
  /** One for each drone and abort that it obeyed, ms. */
  readonly delaysMs: number[] = [];
  #abortedMs: number | undefined;
  readonly #due = new Set<number>();

  observe({ nowMs, abortedMs, drones, reachable }: SwarmTruth): void {
    if (abortedMs !== this.#abortedMs) {
      this.#abortedMs = abortedMs;
      this.#due.clear();
      if (abortedMs === undefined) return;
      for (const drone of drones) if (fliesMission(drone)) this.#due.add(drone.sysid);
    }
    if (abortedMs === undefined || this.#due.size === 0) return;
    for (const drone of drones) {
      if (!this.#due.has(drone.sysid)) continue;
      const isReachable = reachable.has(drone.sysid) && drone.pilotSinceMs !== undefined;
      if (isReachable && fliesMission(drone)) continue;
      this.#due.delete(drone.sysid);
      if (isReachable) this.delaysMs.push(nowMs - abortedMs);
    }
  }
}
