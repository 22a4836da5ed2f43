import type { DroneTruth, SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** I7's bound for every drone, ms; the 95th percentile of 2 s is for whoever sums episodes up. */
const ABORT_MS = 5000;

const comesHome = ({ mode, armed, onGround }: DroneTruth): boolean =>
  !armed || onGround || mode !== 'OFFBOARD';

/** I7: an operator's abort has reached every drone with a usable path within five seconds. */
export const checkAbort = (
  { drones, nowMs, abortedMs, reachable }: SwarmTruth,
  report: Report,
): void => {
  if (abortedMs === undefined || nowMs - abortedMs < ABORT_MS) return;
  for (const drone of drones) {
    const { sysid, pilotSinceMs } = drone;
    if (!reachable.has(sysid) || comesHome(drone)) continue;
    // A pilot that began meanwhile has the whole time from then on.
    if (pilotSinceMs === undefined || nowMs - pilotSinceMs < ABORT_MS) continue;
    report([sysid], `still in OFFBOARD ${nowMs - abortedMs} ms after the abort`);
  }
};

/**
 * I8: a drone that knows of an abort, and has ended its flight or was not on one, does not fly its mission
 * again without a newer goal. One that has never heard of the abort may: a return that PX4 began by itself,
 * or motors that were off, are no obedience.
 */
export class ResumeCheck {
  #abortedMs: number | undefined;
  readonly #obeyed = new Set<number>();

  readonly check = ({ drones, abortedMs }: SwarmTruth, report: Report): void => {
    if (abortedMs !== this.#abortedMs) {
      this.#abortedMs = abortedMs;
      this.#obeyed.clear();
    }
    if (abortedMs === undefined) return;
    for (const drone of drones) {
      const { sysid, knowsAbort } = drone;
      if (comesHome(drone)) {
        if (knowsAbort) this.#obeyed.add(sysid);
      } else if (this.#obeyed.has(sysid)) {
        report([sysid], 'flies in OFFBOARD again after an abort');
      }
    }
  };
}
