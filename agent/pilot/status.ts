import {
  emptyPilotStatus,
  STANDING_DIRECTIVES,
  type PilotStatus,
} from '#protocols/channel/pilot-status.ts';
import { geodeticFromNed } from '#protocols/frames.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { FLIGHT_MODES } from '#protocols/mavlink/modes.ts';
import { troubleText, type Trouble } from '#protocols/trouble.ts';
import { PLAN_SOURCES } from '#protocols/trajectory.ts';
import type { FlightCore, Readings } from './act/flight-core.ts';
import type { Follower } from './act/follower.ts';
import { guardActionCode } from './guard/action.ts';
import { troublesOf } from './troubles.ts';

type Values = PilotStatus['values'];

/** The pilot's word to its own drone; see channel/pilot-status.ts for units and frames. */
export const pilotStatusOf = (
  core: FlightCore,
  readings: Readings,
  follower: Follower,
  yawSetpointRad: number,
  trafficWords: string,
  troubles: { link: readonly Trouble[]; clockJumpedMs: number },
): PilotStatus => {
  const status = emptyPilotStatus();
  const { values } = status;
  values.nowMs = readings.nowMs;
  tellVehicle(values, readings);
  tellPosition(values, core, readings);
  tellFlight(values, core, follower);
  values.guardAction = guardActionCode(readings.verdict.action);
  values.guardModified = readings.verdict.modified ? 1 : 0;
  if (core.streaming) {
    values.setpointNorthMps = readings.verdict.velocityNedMps.x;
    values.setpointEastMps = readings.verdict.velocityNedMps.y;
    values.setpointDownMps = readings.verdict.velocityNedMps.z;
    values.setpointYawRad = yawSetpointRad;
  }
  const { phase, reason } = core.memory;
  status.reason = reason === 'traffic' ? `traffic: ${trafficWords}` : reason;
  if (core.waitsFor !== undefined)
    status.reason = `${reason}, waits for drone ${core.waitsFor} to pass`;
  status.troubles = troublesOf(troubles.link, core, troubles.clockJumpedMs, readings.nowMs);
  if (phase === 'boot') {
    const [gravest] = troubles.link.filter(({ grave }) => grave).map(troubleText);
    status.reason = readings.peerTrouble ?? gravest ?? 'autopilot silent';
  }
  return status;
};

const tellVehicle = (values: Values, { telemetry, status, mode, nowMs }: Readings): void => {
  values.mode = mode.mode === undefined ? -1 : FLIGHT_MODES.indexOf(mode.mode);
  values.armed = status.armed ? 1 : 0;
  if (telemetry.landed !== 'UNDEFINED') values.landed = telemetry.landed === 'ON_GROUND' ? 1 : 0;
  values.linkAgeMs = status.packetAgeMs;
  if (nowMs - telemetry.attitudeAtMs < 1000) {
    values.rollRad = telemetry.rollRad;
    values.pitchRad = telemetry.pitchRad;
    values.yawRad = telemetry.yawRad;
    values.rollRateRadps = telemetry.ratesRadps.x;
    values.pitchRateRadps = telemetry.ratesRadps.y;
    values.yawRateRadps = telemetry.ratesRadps.z;
  }
  values.thrust = telemetry.thrust;
  values.batteryVoltageV = telemetry.batteryVoltageV;
  values.batteryCurrentA = telemetry.batteryCurrentA;
  values.batteryRemaining = telemetry.batteryRemaining;
  if (Number.isFinite(telemetry.globalAtMs)) {
    values.latDeg = telemetry.global.latDeg;
    values.lonDeg = telemetry.global.lonDeg;
    values.altAmslM = telemetry.global.altAmslM;
  }
};

const tellPosition = (values: Values, core: FlightCore, { estimate }: Readings): void => {
  const origin = core.authority.safety?.origin;
  if (!estimate.valid || origin === undefined) return;
  const { positionNed: p, velocityNed: v } = estimate;
  values.northM = p.x;
  values.eastM = p.y;
  values.downM = p.z;
  values.velocityNorthMps = v.x;
  values.velocityEastMps = v.y;
  values.velocityDownMps = v.z;
  values.positionStdM = estimate.positionStdM;
  // Said by the same estimate, so that nobody sees two places for one drone.
  const geodetic = geodeticFromNed(origin, p);
  values.latDeg = geodetic.latDeg;
  values.lonDeg = geodetic.lonDeg;
  values.altAmslM = geodetic.altAmslM;
  if (!estimate.homeKnown) return;
  values.homeNorthM = estimate.home.x;
  values.homeEastM = estimate.home.y;
  values.homeDownM = estimate.home.z;
};

const tellFlight = (values: Values, core: FlightCore, follower: Follower): void => {
  const { authority, memory } = core;
  values.phase = FLIGHT_PHASES.indexOf(memory.phase);
  values.engaged = core.engaged ? 1 : 0;
  values.latched = authority.latched ? 1 : 0;
  values.standing = STANDING_DIRECTIVES.indexOf(authority.standing);
  values.rosterEpoch = authority.rosterEpoch ?? Number.NaN;
  const plan = follower.fresh ? follower.current : undefined;
  if (plan !== undefined) {
    values.planId = plan.planId;
    values.planSource = PLAN_SOURCES.indexOf(plan.source);
  }
  if (authority.safety !== undefined) {
    const { issuer, epoch, sequence } = authority.safety.goalId;
    values.goalIssuer = issuer;
    values.goalEpoch = epoch;
    values.goalSequence = sequence;
  }
  if (authority.state.lastIssuer >= 0) {
    values.directiveIssuer = authority.state.lastIssuer;
    values.directiveNumber = authority.state.lastNumber;
  }
  if (memory.order !== null) values.orderNumber = memory.order.number;
};
