import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { Mission } from '../mission/mission.ts';
import type { OffboardStream } from '../offboard-stream.ts';
import { BlindDescent } from './blind-descent.ts';
import { Land } from './land.ts';
import { Loiter } from './loiter.ts';
import { MissionMode } from './mission.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';
import { Offboard } from './offboard.ts';
import { Orbit } from './orbit.ts';
import { ReturnPlanner } from './return-plan.ts';
import { Rtl } from './rtl.ts';
import { Takeoff } from './takeoff.ts';

export interface FlightModes {
  readonly takeoff: Takeoff;
  readonly loiter: Loiter;
  readonly orbit: Orbit;
  readonly descend: BlindDescent;
  /** How each mode flies; one that is missing flies as {@link FlightModes.loiter}. */
  readonly behaviours: ReadonlyMap<FlightMode, ModeBehaviour>;
}

interface FlightModeParts {
  trajectory: AutoTrajectory;
  stream: OffboardStream;
  mission: Mission;
  /** Carries out NAV_RETURN_TO_LAUNCH. */
  returnHome: () => void;
}

/** All modes of one vehicle; the automatic ones share its trajectory. */
export const flightModes = (parts: FlightModeParts): FlightModes => {
  const { trajectory, stream, mission, returnHome } = parts;
  const takeoff = new Takeoff(trajectory);
  const loiter = new Loiter(trajectory);
  const orbit = new Orbit(trajectory);
  const land = new Land(trajectory);
  const descend = new BlindDescent();
  const behaviours = new Map<FlightMode, ModeBehaviour>([
    ['AUTO_TAKEOFF', takeoff],
    // A multicopter takes off like any other time.
    ['AUTO_VTOL_TAKEOFF', takeoff],
    ['AUTO_LOITER', loiter],
    // Nobody is there to be followed.
    ['AUTO_FOLLOW', loiter],
    ['AUTO_LAND', land],
    // No beacon is seen: it lands where it is.
    ['AUTO_PRECLAND', land],
    ['AUTO_MISSION', new MissionMode(trajectory, mission, returnHome)],
    ['AUTO_RTL', new Rtl(trajectory, new ReturnPlanner(mission))],
    ['ORBIT', orbit],
    ['OFFBOARD', new Offboard(stream)],
    ['MANUAL', descend],
    ['STABILIZED', descend],
    ['ALTCTL', descend],
    ['POSCTL', descend],
  ]);
  return { takeoff, loiter, orbit, descend, behaviours };
};
