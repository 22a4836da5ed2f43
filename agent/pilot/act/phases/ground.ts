import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { insideFence, limitsOf } from '../../guard/limits.ts';
import { enter, letGo, validOrder } from '../flight-core.ts';
import type { FlightCore, Readings } from '../flight-core.ts';
import type { WantedParameter } from '../parameter-set.ts';

/** After a refusal by the autopilot or a failed parameter, ms. */
const RETRY_MS = 4000;

/** Health bits follow the mode by a second or two; longer means a fault that time will not mend. */
const READY_WITHIN_MS = 30_000;

/** On top of the reserve: taking off only to return at once helps nobody. */
const LEAST_ABOVE_RESERVE = 0.1;

/** Lower than this a take-off is none, m; nearer than this below the ceiling it would break it. */
const LEAST_HEIGHT_M = 1.5;

/** One standard deviation; beyond, homes 10 m apart cannot be told apart. */
const VAGUEST_START_M = 2;

/** Why the drone may not take off now; undefined when it may. */
const refusal = (core: FlightCore, readings: Readings): string | undefined => {
  const { status, telemetry, estimate, verdict, nowMs } = readings;
  const { authority, memory } = core;
  if (!memory.owned) return 'control was taken away: resume or a newer goal';
  if (authority.latched) return 'aborted: needs a newer goal';
  if (authority.state.standing !== 'none') return `operator says ${authority.state.standing}`;
  const safety = authority.safety;
  if (validOrder(core) === undefined || safety === undefined) return 'no limits for this goal';
  if (!safety.fleet.includes(core.sysid)) return 'not of this fleet';
  if (nowMs < core.retryMs) return memory.reason;
  if (!status.connected) return 'autopilot silent';
  if (!estimate.valid || estimate.ageMs > 500) return 'no position';
  if (estimate.positionStdM > VAGUEST_START_M) return 'position too vague';
  const { x, y } = estimate.positionNed;
  if (!insideFence(limitsOf(safety), x, y)) return 'outside the fence';
  const topM = memory.order!.heightM - estimate.positionNed.z;
  if (!(memory.order!.heightM >= LEAST_HEIGHT_M && topM <= safety.maxHeightM - LEAST_HEIGHT_M)) {
    return 'take-off height outside the limits';
  }
  if (!(telemetry.batteryRemaining >= safety.batteryReserve + LEAST_ABOVE_RESERVE)) {
    return 'battery too low';
  }
  // What would send it home at once keeps it here.
  const doomed = verdict.action === 'return' || verdict.action === 'land';
  return doomed ? (verdict.reasons[0] ?? verdict.action) : undefined;
};

/** standby and landed: wait for an order to fly. */
export const onGround = (core: FlightCore, readings: Readings): void => {
  const { status, nowMs } = readings;
  const { memory } = core;
  if (core.released) {
    core.released = false;
    memory.owned = true;
  }
  core.directed = false;
  if (status.armed) {
    if (memory.owned) letGo(core, readings, 'armed by another');
    return;
  }
  const { order } = memory;
  if (order?.kind !== 'fly' || order.number <= memory.spentOrder) return;
  const why = refusal(core, readings);
  if (why !== undefined) {
    memory.reason = why;
    return;
  }
  core.controls.resetActions();
  core.controls.setParameters(parametersFor(core, core.authority.safety!, order.heightM));
  core.armedSeen = false;
  enter(core, 'arming', '', nowMs);
};

/** What PX4 does by itself must suit the mission (PX4 parameter reference). */
const parametersFor = (
  core: FlightCore,
  safety: SafetyEnvelope,
  heightM: number,
): WantedParameter[] => {
  const layer = safety.fleet.indexOf(core.sysid);
  return [
    { name: 'COM_OBL_RC_ACT', value: 3 },
    { name: 'COM_OF_LOSS_T', value: 1 },
    { name: 'COM_LOW_BAT_ACT', value: 3 },
    { name: 'NAV_DLL_ACT', value: 0 },
    {
      name: 'RTL_RETURN_ALT',

      value: safety.rtlBaseHeightM + layer * safety.rtlLayerM,
    },
    { name: 'MIS_TAKEOFF_ALT', value: heightM },
  ];
};

const giveUp = (core: FlightCore, readings: Readings, why: string): void => {
  core.retryMs = readings.nowMs + RETRY_MS;
  if (core.controls.armState !== 'none') core.controls.disarm();
  core.controls.forgetMode();
  core.controls.resetActions();
  enter(core, 'standby', why, readings.nowMs);
};

/** Parameters, then a mode that can arm, then arm, then take off. */
export const arming = (core: FlightCore, readings: Readings): void => {
  const { nowMs, telemetry, mode, status } = readings;
  const { controls } = core;
  if (validOrder(core)?.kind !== 'fly' || core.authority.state.standing !== 'none') {
    giveUp(core, readings, 'order withdrawn');
    return;
  }
  const progress = controls.parameterProgress(nowMs);
  if (progress === 'busy') return;
  if (progress !== 'settled') {
    giveUp(core, readings, `parameter ${progress.failed}`);
    return;
  }
  if (controls.armState === 'none') {
    if (mode.mode !== 'AUTO_LOITER') controls.wantMode('AUTO_LOITER', nowMs);
    if (controls.modeState === 'failed') giveUp(core, readings, 'no mode to arm in');
    else if (mode.mode === 'AUTO_LOITER' && telemetry.readyToArm) {
      core.memory.groundDownM = telemetry.localPositionNed.z;
      controls.arm();
    } else if (nowMs - core.phaseSinceMs > READY_WITHIN_MS)
      giveUp(core, readings, 'not ready to arm');
  } else if (controls.armState === 'failed') {
    giveUp(core, readings, 'arming refused');
  } else if (controls.armState === 'done') {
    launch(core, readings, status.armed);
  }
};

const launch = (core: FlightCore, readings: Readings, armed: boolean): void => {
  const { controls } = core;
  core.armedSeen ||= armed;
  if (controls.takeoffState === 'none') controls.takeoff();
  else if (controls.takeoffState === 'failed') giveUp(core, readings, 'take-off refused');
  else if (controls.takeoffState === 'done') {
    core.guard.begin(readings.telemetry.velocityNed);
    core.engageFrom = readings.mode.mode;
    enter(core, 'takeoff', '', readings.nowMs);
  }
};
