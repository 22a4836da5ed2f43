import type { ChannelFrame } from '#protocols/channel/frame.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { encodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { companionHeartbeat } from '#protocols/mavlink/heartbeat.ts';
import { velocitySetpoint } from '#protocols/mavlink/setpoint.ts';
import type { StreamRates } from '#protocols/mavlink/stream-request.ts';
import { wrapPi } from '#protocols/units.ts';
import { flightTick } from './act/flight.ts';
import { isFlying, validOrder, type Readings } from './act/flight-core.ts';
import { modeReport } from './act/mode-watch.ts';
import { chargeInFlight } from './estimate/charge.ts';
import type { Estimate } from './estimate/estimate.ts';
import { nearestInWords } from './estimate/traffic.ts';
import { hearChannel, hearVehicle } from './hear.ts';
import type { PilotInbox, PilotOutbox } from './inbox.ts';
import type { Pilot } from './pilot.ts';
import { pilotStatusOf } from './status.ts';

/** 50 Hz. */
export const PILOT_TICK_MS = 20;

/** Ticks between two statuses: 10 Hz, the rate at which the mind's model samples. */
const STATUS_EVERY = 5;

/** Ticks between two looks at whether the memory has changed. */
const REMEMBER_EVERY = 5;

/** A tick that came late moves the setpoint no further than this would. */
const LONGEST_DT_S = 0.1;

/** Streams are asked for again when positions have stayed away for so long. */
const STREAMS_MISSING_MS = 3000;

/** What the pilot reads, Hz by message id; everything else that PX4 would send is turned off. */
export const STREAM_RATES: StreamRates = new Map([
  [32, 20], // LOCAL_POSITION_NED
  [30, 20], // ATTITUDE
  [33, 10], // GLOBAL_POSITION_INT
  [83, 10], // ATTITUDE_TARGET
  [436, 10], // CURRENT_MODE
  [331, 5], // ODOMETRY, for its reset counter
  [330, 5], // OBSTACLE_DISTANCE
  [245, 2], // EXTENDED_SYS_STATE
  [1, 2], // SYS_STATUS
  [147, 1], // BATTERY_STATUS
  [24, 1], // GPS_RAW_INT
  [230, 1], // ESTIMATOR_STATUS
  [242, 0.5], // HOME_POSITION
]);

/**
 * One 20 ms step of the pilot: take in what came, estimate, guard, decide, act. Changes `pilot` and
 * nothing else; the same ticks give the same outboxes byte for byte.
 */
export const pilotTick = (pilot: Pilot, inbox: PilotInbox, nowMs: number): PilotOutbox => {
  const frames: ChannelFrame[] = hearVehicle(pilot, inbox.packets, nowMs);
  hearChannel(pilot, inbox.frames, nowMs);
  const readings = read(pilot, nowMs);
  flightTick(pilot.core, readings);
  const packets = act(pilot, readings);
  if (pilot.ticks % STATUS_EVERY === 0) {
    const status = pilotStatusOf(
      pilot.core,
      readings,
      pilot.follower,
      pilot.yawSetpointRad,
      nearestInWords(pilot.situation.traffic, readings.estimate.positionNed),
      { link: pilot.linkTroubles, clockJumpedMs: pilot.telemetry.clock.jumpedMs },
    );
    frames.push({ type: MESSAGE_TYPE.pilotStatus, payload: encodePilotStatus(status) });
  }
  const memory = pilot.ticks % REMEMBER_EVERY === 0 ? changedMemory(pilot) : undefined;
  pilot.ticks += 1;
  pilot.lastTickMs = nowMs;
  return { packets, frames, memory };
};

/** Estimate and guard for this moment. */
const read = (pilot: Pilot, nowMs: number): Readings => {
  const telemetry = pilot.telemetry.latest;
  const status = pilot.tracker.status(nowMs);
  const estimate = pilot.estimator.at(telemetry, nowMs);
  followShifts(pilot, estimate);
  const { phase } = pilot.core.memory;
  if (isFlying(phase)) pilot.discharge.observe(telemetry.batteryRemaining, nowMs);
  else if (phase !== 'boot') {
    pilot.discharge.restart();
    pilot.core.guard.begin(telemetry.velocityNed);
  }
  pilot.follower.update(nowMs);
  fillSituation(pilot, nowMs, nowMs - status.packetAgeMs);
  const verdict = pilot.core.guard.tick(pilot.situation);
  return {
    nowMs,
    telemetry,
    estimate,
    status,
    mode: modeReport(status, telemetry, nowMs),
    verdict,
    situation: pilot.situation,
    peerTrouble: pilot.peers.trouble(nowMs),
    peersKnown: pilot.peers.hasListened(nowMs),
  };
};

/** A reset of PX4's estimator moves what is kept in its frame: the ground at take-off, a held heading. */
const followShifts = (
  pilot: Pilot,
  { localShiftDownM, headingShiftRad }: Readonly<Estimate>,
): void => {
  pilot.core.memory.groundDownM += localShiftDownM - pilot.shiftDownM;
  pilot.yawSetpointRad = wrapPi(pilot.yawSetpointRad + headingShiftRad - pilot.shiftHeadingRad);
  pilot.shiftDownM = localShiftDownM;
  pilot.shiftHeadingRad = headingShiftRad;
};

const fillSituation = (pilot: Pilot, nowMs: number, vehicleHeardMs: number): void => {
  const { situation, follower, core } = pilot;
  situation.nowMs = nowMs;
  situation.dtS = Math.min(LONGEST_DT_S, Math.max(0, nowMs - pilot.lastTickMs) / 1000);
  situation.planVelocityNed.x = follower.velocityNed.x;
  situation.planVelocityNed.y = follower.velocityNed.y;
  situation.planVelocityNed.z = follower.velocityNed.z;
  // Until OFFBOARD shows, the setpoint must be one that PX4 may take over at any moment: rest.
  const steering = core.memory.phase === 'offboard' || core.memory.phase === 'holding';
  situation.planFresh =
    steering && core.engaged && follower.fresh && validOrder(core)?.kind === 'fly';
  situation.operatorHold = core.authority.standing === 'hold';
  situation.mindHeardMs = pilot.mindHeardMs;
  situation.vehicleHeardMs = vehicleHeardMs;
  situation.operatorHeardMs = pilot.operatorHeardMs;
  const { ratePerS } = pilot.discharge;
  situation.batteryRemaining = chargeInFlight(pilot.telemetry.latest, ratePerS, nowMs);
  situation.dischargePerS = ratePerS;
  situation.neighbours = pilot.neighbours;
  situation.traffic = pilot.traffic.at(nowMs);
};

const act = (pilot: Pilot, readings: Readings): Uint8Array[] => {
  const { core, encoder } = pilot;
  const { nowMs } = readings;
  const packets: Uint8Array[] = [];
  aimYaw(pilot, readings);
  // In the tick that begins a stream the guard has not spoken yet.
  if (core.streaming && core.streamSinceMs < nowMs) {
    const target = { sysid: pilot.sysid, compid: 1 };
    const { yawSetpointRad: yawRad } = pilot;
    const heading = Number.isNaN(yawRad) ? { yawRateRadps: 0 } : { yawRad };
    const velocity = readings.verdict.velocityNedMps;
    const setpoint = velocitySetpoint(target, velocity, heading, nowMs - pilot.startMs);
    packets.push(encoder.encode(setpoint));
    core.lastSetpointMs = nowMs;
  }
  // Only ticks feed it: a pilot that hangs or starves falls silent.
  pilot.watchdog.feed(nowMs);
  if (pilot.watchdog.takeDue(nowMs)) packets.push(encoder.encode(companionHeartbeat()));
  askForStreams(pilot, readings);
  for (const message of core.controls.tick(nowMs, readings.mode)) {
    packets.push(encoder.encode(message));
  }
  return packets;
};

/** The plan's heading while it flies; else the last one, which starts from where the vehicle looks; NaN until that is known. */
const aimYaw = (pilot: Pilot, { telemetry }: Readings): void => {
  const heard = Number.isFinite(telemetry.attitudeAtMs);
  const begins = !pilot.core.streaming || Number.isNaN(pilot.yawSetpointRad);
  if (begins) pilot.yawSetpointRad = heard ? telemetry.yawRad : Number.NaN;
  else if (pilot.core.memory.phase === 'offboard') pilot.yawSetpointRad = pilot.follower.yawRad;
};

/** When the autopilot is there and its positions are not: after our start, and after its own. */
const askForStreams = (pilot: Pilot, { nowMs, telemetry, status }: Readings): void => {
  const heard = status.packetAgeMs < PILOT_TICK_MS * 2;
  const first = pilot.streamsAskedMs === Number.NEGATIVE_INFINITY;
  const missing =
    nowMs - telemetry.localAtMs > STREAMS_MISSING_MS &&
    nowMs - pilot.streamsAskedMs > 2 * STREAMS_MISSING_MS;
  if (!heard || !(first || missing || telemetry.reboots !== pilot.streamsReboots)) return;
  pilot.streamsAskedMs = nowMs;
  pilot.streamsReboots = telemetry.reboots;
  pilot.core.controls.requestStreams(STREAM_RATES);
};

const hasSameParts = <T extends object>(one: T, other: T): boolean => {
  for (const key in one) if (one[key] !== other[key]) return false;
  return true;
};

const changedMemory = (pilot: Pilot): Uint8Array | undefined => {
  const { memory, authority, diedIn } = pilot.core;
  // Of the flight, a pilot that has not looked at its vehicle yet knows nothing better than its
  // predecessor; what an operator says is remembered from the first moment on.
  const phase = memory.phase === 'boot' ? (diedIn ?? 'standby') : memory.phase;
  const flight = { ...memory, phase };
  const { remembered } = pilot;
  if (
    remembered !== undefined &&
    hasSameParts(flight, remembered.flight) &&
    hasSameParts(authority.state, remembered.authority)
  ) {
    return undefined;
  }
  pilot.remembered = { flight, authority: { ...authority.state } };
  const text = JSON.stringify({ version: 3, flight, authority: authority.state });
  if (text === pilot.rememberedText) return undefined;
  pilot.rememberedText = text;
  return new TextEncoder().encode(text);
};
