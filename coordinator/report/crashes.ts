import { destroysVehicle, drillText, type Drill } from '#sim/swarm/drill.ts';
import type { TruthSummary } from '#sim/truth.ts';

/**
 * The downward speed up to which a touchdown is a landing. PX4 comes down at MPC_LAND_SPEED, 0.7 m/s by
 * default; twice that, for gusts and an estimate of height that is off, is a fall from 0.11 m.
 */
export const SOFTEST_CRASH_MPS = 1.5;

/** A vehicle that hit the ground. */
export interface Crash {
  sysid: number;
  /** Downward, at the contact, by the simulation's truth. */
  speedMps: number;
  /** The drill that meant it to; null when nothing did. */
  drill: string | null;
}

export const crashesOf = (truth: TruthSummary, drills: readonly Drill[]): Crash[] =>
  truth.vehicles.flatMap(({ sysid, touchdownSpeedMps }) => {
    if (touchdownSpeedMps === null || touchdownSpeedMps <= SOFTEST_CRASH_MPS) return [];
    const meant = drills.find((drill) => drill.sysid === sysid && destroysVehicle(drill));
    const drill = meant === undefined ? null : drillText(meant);
    return [{ sysid, speedMps: touchdownSpeedMps, drill }];
  });

/** One sentence for a person, without its end. */
export const crashText = ({ sysid, speedMps, drill }: Crash): string => {
  const fell = `drone ${sysid} hit the ground at ${speedMps.toFixed(1)} m/s`;
  return drill === null
    ? `${fell} (a landing is ${SOFTEST_CRASH_MPS} m/s at most)`
    : `${fell}: destroyed by the drill ${drill}`;
};
