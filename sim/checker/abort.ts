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

/** I8: a drone that has obeyed an abort does not fly its mission again without a newer goal. */
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
      const { sysid, mode, armed, onGround } = drone;
      const isReturning = mode === 'AUTO_RTL' || mode === 'AUTO_LAND';
      if (!armed || isReturning) this.#obeyed.add(sysid);
      else if (this.#obeyed.has(sysid) && mode === 'OFFBOARD' && !onGround) {
        report([sysid], 'flies in OFFBOARD again after an abort');
      }
    }
  };
}
