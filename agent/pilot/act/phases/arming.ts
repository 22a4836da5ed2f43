import { armingRefusal, missionChanges } from '../arming-checks.ts';
import { enter, letGo, validOrder, type FlightCore, type Readings } from '../flight-core.ts';
import { PREFLIGHT_PARAMETERS } from '../../preflight/preflight.ts';
import type { ParameterReading } from '../../preflight/input.ts';

/** After a refusal by the autopilot, by a check or for a failed parameter, ms. */
const RETRY_MS = 4000;

/** After a refusal for what comes with time: a home, an aligned estimator. */
const RETRY_SOON_MS = 1000;

/** Health bits follow the mode by a second or two; longer means a fault that time will not mend. */
const READY_WITHIN_MS = 30_000;

/** SYS_STATUS comes at 2 Hz: what it said before this is not so now. */
const READY_AGE_MS = 2000;

/** Begins an attempt: everything that the checks look at is read anew. */
export const beginArming = (core: FlightCore, readings: Readings): void => {
  core.controls.resetActions();
  core.controls.readParameters(PREFLIGHT_PARAMETERS);
  core.controls.requestVersion();
  core.armedSeen = false;
  core.engageFrom = readings.mode.mode;
  core.checked = undefined;
  // The reason of the last attempt stays until this one has an answer.
  enter(core, 'arming', core.memory.reason, readings.nowMs);
};

/** Read, set what is the mission's to say, check, then a mode that can arm, then arm, then take off. */
export const arming = (core: FlightCore, readings: Readings): void => {
  const { controls } = core;
  if (validOrder(core)?.kind !== 'fly' || core.authority.standing !== 'none') {
    core.refusals = [];
    backOut(core, readings, 'order withdrawn');
  } else if (core.armedSeen && !readings.status.armed) {
    letGo(core, readings, 'motors stopped by another');
  } else if (isTaken(core, readings)) {
    letGo(core, readings, `mode ${readings.mode.mode} not asked for`);
  } else if (readings.peerTrouble !== undefined && controls.armState === 'none') {
    giveUp(core, readings, readings.peerTrouble);
  } else if (core.checked === undefined) {
    readAndSet(core, readings);
  } else if (controls.armState === 'none') {
    armWhenReady(core, readings, core.checked);
  } else if (controls.armState === 'failed' || controls.armState === 'unanswered') {
    giveUp(core, readings, inWords('arming refused', controls.refusal));
  } else if (controls.armState === 'done') {
    launch(core, readings, readings.status.armed);
  }
};

/** A mode that is neither the one to arm in nor the take-off that was asked for. */
const isTaken = (core: FlightCore, { mode }: Readings): boolean => {
  const { controls } = core;
  if (mode.atMs <= core.phaseSinceMs || mode.mode === 'AUTO_LOITER') return false;
  if (mode.mode === 'AUTO_TAKEOFF' && controls.takeoffState !== 'none') return false;
  return mode.mode !== core.engageFrom || controls.modeState === 'done';
};

const readAndSet = (core: FlightCore, readings: Readings): void => {
  const read = core.controls.parametersRead;
  if (read === 'busy') return;
  if (read === 'silent') {
    giveUp(core, readings, 'pre-flight: no parameter answered');
    return;
  }
  const changes = missionChanges(core, readings, read);
  const parameters = new Map<string, ParameterReading>(read);
  for (const { name, value } of changes) parameters.set(name, value);
  if (!mayArm(core, readings, parameters)) return;
  core.controls.setParameters(changes);
  core.checked = parameters;
};

const armWhenReady = (
  core: FlightCore,
  readings: Readings,
  parameters: NonNullable<FlightCore['checked']>,
): void => {
  const { nowMs, telemetry, estimate } = readings;
  const { controls } = core;
  const progress = controls.parameterProgress(nowMs);
  if (progress === 'busy') return;
  if (progress !== 'settled') {
    giveUp(core, readings, `parameter ${progress.failed}`);
    return;
  }
  if (controls.modeState === 'none') controls.wantMode('AUTO_LOITER', nowMs);
  if (controls.modeState === 'failed') giveUp(core, readings, 'no mode to arm in');
  else if (controls.modeState === 'done' && nowMs - telemetry.readyAtMs < READY_AGE_MS) {
    // Once more: half a minute may have passed since.
    if (!mayArm(core, readings, parameters)) return;
    core.memory.groundDownM = telemetry.localPositionNed.z;
    core.standingDownM = estimate.valid ? estimate.positionNed.z : Number.NaN;
    controls.arm();
  } else if (nowMs - core.phaseSinceMs > READY_WITHIN_MS) {
    giveUp(core, readings, 'not ready to arm');
  }
};

/** False when a check refused, and the attempt is over. */
const mayArm = (
  core: FlightCore,
  readings: Readings,
  parameters: NonNullable<FlightCore['checked']>,
): boolean => {
  const refusal = armingRefusal(core, readings, parameters);
  core.refusals = refusal?.troubles ?? [];
  if (refusal === undefined) return true;
  giveUp(core, readings, refusal.why, refusal.passing ? RETRY_SOON_MS : RETRY_MS);
  return false;
};

const inWords = (what: string, words: string): string =>
  words === '' ? what : `${what}: ${words}`;

const giveUp = (
  core: FlightCore,
  readings: Readings,
  why: string,
  retryAfterMs = RETRY_MS,
): void => {
  core.retryMs = readings.nowMs + retryAfterMs;
  if (core.controls.armState !== 'none') core.controls.disarm();
  core.controls.forgetMode();
  core.controls.resetActions();
  enter(core, 'standby', why, readings.nowMs);
};

const launch = (core: FlightCore, readings: Readings, armed: boolean): void => {
  const { controls } = core;
  core.armedSeen ||= armed;
  if (controls.takeoffState === 'none') controls.takeoff();
  else if (controls.takeoffState === 'failed')
    giveUp(core, readings, inWords('take-off refused', controls.refusal));
  else if (controls.takeoffState === 'unanswered') backOut(core, readings, 'take-off unanswered');
  else if (controls.takeoffState === 'done') climb(core, readings);
};

const climb = (core: FlightCore, readings: Readings): void => {
  core.guard.begin(readings.telemetry.velocityNed);
  core.engageFrom = readings.mode.mode;
  core.takeoffShown = false;
  enter(core, 'takeoff', '', readings.nowMs);
};

/** Younger than this the vehicle's word tells whether it has begun to climb. */
const HEARD_MS = 500;

/**
 * What has begun to climb cannot be given up any more: the climb's own rules bring it home, or finish
 * it. Into silence nothing can be decided.
 */
const backOut = (core: FlightCore, readings: Readings, why: string): void => {
  const { takeoffState } = core.controls;
  if (takeoffState === 'none' || takeoffState === 'failed') giveUp(core, readings, why);
  else if (takeoffState !== 'unanswered') climb(core, readings);
  else if (readings.status.packetAgeMs < HEARD_MS) {
    const { landed } = readings.telemetry;
    const climbs = readings.mode.mode === 'AUTO_TAKEOFF' || landed !== 'ON_GROUND';
    if (climbs) climb(core, readings);
    else giveUp(core, readings, why);
  }
};
