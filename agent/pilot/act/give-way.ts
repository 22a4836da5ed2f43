import { enter, type FlightCore, type Readings } from './flight-core.ts';
import { wayHome } from './way-home.ts';

/** Clear for so long, the way home goes on, ms. */
const CLEAR_MS = 600;
/**
 * Waiting for longer helps nobody: batteries end, and who stands in the way does so for good. Of several that
 * wait for each other, the first of the fleet goes on first, ms.
 */
const MOST_MS = 12_000;
const MOST_STEP_MS = 5000;
const MOST_STEPS = 6;
/** After that it goes on past everybody for so long, ms. */
const PAST_MS = 10_000;

/** From asking until PX4 brakes, and as it brakes (MPC_ACC_UP_MAX, MPC_ACC_DOWN_MAX), s and m/s². */
const REACTION_S = 0.3;
const BRAKING_MPS2 = 3;

/**
 * On its way home a drone waits in LOITER while it is to give way to another (guard/giving-way.ts), and
 * then goes on. Over its home it comes down by LAND: RTL would climb to its layer again.
 */
export const giveWay = (core: FlightCore, readings: Readings): void => {
  const { nowMs, situation, verdict } = readings;
  const { controls } = core;
  if (controls.modeState === 'pending') return;
  const way = wayHome(core, readings);
  // A battery that ends waits for nobody; a place that is not believed is nothing to reckon with.
  const isPressed = verdict.action === 'land' || verdict.reasons.includes('battery');
  const mayWait = way !== undefined && !isPressed;
  const member =
    mayWait && nowMs >= core.pastUntilMs ? core.givingWay.to(situation, way) : undefined;
  if (core.waitsFor === undefined) {
    if (member === undefined || controls.wantedMode === undefined) return;
    core.waitsFor = member;
    core.waitsSinceMs = nowMs;
    core.clearSinceMs = Number.POSITIVE_INFINITY;
    askFor(core, 'AUTO_LOITER', readings);
    const { global } = readings.telemetry;
    controls.holdAtAltitude(global.altAmslM + restM(-readings.estimate.velocityNed.z));
    return;
  }
  if (member === undefined) core.clearSinceMs = Math.min(core.clearSinceMs, nowMs);
  else {
    core.clearSinceMs = Number.POSITIVE_INFINITY;
    core.waitsFor = member;
  }
  const isLong = nowMs - core.waitsSinceMs > mostMs(core);
  if (nowMs - core.clearSinceMs < CLEAR_MS && !isLong) return;
  if (isLong) core.pastUntilMs = nowMs + PAST_MS;
  core.waitsFor = undefined;
  const comesDown = way !== undefined && way.stage === 'descend' && way.isOverHome;
  askFor(core, comesDown ? 'AUTO_LAND' : 'AUTO_RTL', readings);
};

const mostMs = ({ authority, sysid }: FlightCore): number => {
  const place = authority.safety?.fleet.indexOf(sysid) ?? 0;
  return MOST_MS + MOST_STEP_MS * Math.min(MOST_STEPS, Math.max(0, place));
};

/** Further up, where a climb at this speed comes to rest, m. */
const restM = (climbMps: number): number =>
  climbMps * REACTION_S + (climbMps * Math.abs(climbMps)) / (2 * BRAKING_MPS2);

const askFor = (
  core: FlightCore,
  mode: 'AUTO_LOITER' | 'AUTO_RTL' | 'AUTO_LAND',
  { mode: shown, nowMs }: Readings,
): void => {
  core.engageFrom = shown.mode;
  core.controls.wantMode(mode, nowMs);
  enter(core, core.memory.phase, core.memory.reason, nowMs);
};
