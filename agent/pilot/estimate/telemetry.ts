import {
  Attitude,
  AttitudeTarget,
  BatteryStatus,
  CurrentMode,
  EstimatorStatus,
  ExtendedSysState,
  GpsGlobalOrigin,
  GpsRawInt,
  HomePosition,
  LocalPositionNed,
  Odometry,
  SysStatus,
  SystemTime,
  TimeSync,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { AutopilotVersion, GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import type { Geodetic } from '#protocols/frames.ts';
import type { Numbers } from '#protocols/mavlink/field-view.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { landedStateOf, PREARM_CHECK_BIT, type LandedState } from '#protocols/mavlink/modes.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { BootClock, isOvertaken } from './boot-clock.ts';
import { Charges, SYSTEM } from './charge.ts';
import { gpsStdOf } from './gps-accuracy.ts';
import { HOT } from './hot-messages.ts';

const NEVER_MS = Number.NEGATIVE_INFINITY;

/** UINT16_MAX, UINT8_MAX and INT8 −1: MAVLink's "not known". */
const UNKNOWN_U16 = 65_535;
const UNKNOWN_U8 = 255;

/**
 * What the autopilot last said, in SI units; every time is monotonic ms of this machine, −∞ = never.
 * Values are checked as they come in: nothing here is NaN unless its comment says so.
 */
export interface Telemetry {
  /** PX4's local NED frame, whose origin is its own. */
  localAtMs: number;
  /** The autopilot's own time of it, ms since its boot. */
  localBootMs: number;
  localPositionNed: Vector3;
  velocityNed: Vector3;
  globalAtMs: number;
  global: Geodetic;
  attitudeAtMs: number;
  attitudeBootMs: number;
  rollRad: number;
  pitchRad: number;
  yawRad: number;
  /** Body rates, FRD. */
  ratesRadps: Vector3;
  thrust: number;
  landed: LandedState;
  landedAtMs: number;
  home: Geodetic;
  homeAtMs: number;
  /** One standard deviations as PX4's estimator and the receiver give them; NaN = not said. */
  estimatorStdM: number;
  estimatorHeightStdM: number;
  estimatorAtMs: number;
  estimatorFlags: number;
  /** The receiver's own place, apart from the estimator's opinion; its altitude is not read. */
  gps: Geodetic;
  gpsStdM: number;
  gpsFixType: number;
  /** NaN = not said. */
  satellites: number;
  gpsAtMs: number;
  /** NaN = not known. */
  batteryVoltageV: number;
  batteryCurrentA: number;
  /** Of the emptiest, when its charge was last known. */
  batteryRemaining: number;
  batteryAtMs: number;
  /** When PX4 last said that it would arm in the present mode; −∞ when it said no since. */
  readyAtMs: number;
  /** SYS_STATUS: what PX4 uses, and what of it works. */
  sensorsEnabled: number;
  sensorsHealthy: number;
  /** AUTOPILOT_VERSION: major, minor, patch, type, a byte each; 0 = not said. */
  flightSwVersion: number;
  /** HEARTBEAT.custom_mode of CURRENT_MODE, and the mode last asked for by anyone. */
  currentCustomMode: number;
  intendedCustomMode: number;
  currentModeAtMs: number;
  /** How often the flight controller's clock began anew. */
  reboots: number;
  /** Newest time since its boot that it told, ms, and when that came; NaN before the first. */
  bootMs: number;
  bootAtMs: number;
  /** How often ODOMETRY.reset_counter or GPS_GLOBAL_ORIGIN said something else than before. */
  estimatorResets: number;
}

const emptyTelemetry = (): Telemetry => ({
  localAtMs: NEVER_MS,
  localBootMs: NEVER_MS,
  localPositionNed: vector3(0, 0, 0),
  velocityNed: vector3(0, 0, 0),
  globalAtMs: NEVER_MS,
  global: { latDeg: 0, lonDeg: 0, altAmslM: 0 },
  attitudeAtMs: NEVER_MS,
  attitudeBootMs: NEVER_MS,
  rollRad: 0,
  pitchRad: 0,
  yawRad: 0,
  ratesRadps: vector3(0, 0, 0),
  thrust: 0,
  landed: 'UNDEFINED',
  landedAtMs: NEVER_MS,
  home: { latDeg: 0, lonDeg: 0, altAmslM: 0 },
  homeAtMs: NEVER_MS,
  estimatorStdM: Number.NaN,
  estimatorHeightStdM: Number.NaN,
  estimatorAtMs: NEVER_MS,
  estimatorFlags: 0,
  gps: { latDeg: 0, lonDeg: 0, altAmslM: 0 },
  gpsStdM: Number.NaN,
  gpsFixType: 0,
  satellites: Number.NaN,
  gpsAtMs: NEVER_MS,
  batteryVoltageV: Number.NaN,
  batteryCurrentA: Number.NaN,
  batteryRemaining: Number.NaN,
  batteryAtMs: NEVER_MS,
  readyAtMs: NEVER_MS,
  sensorsEnabled: Number.NaN,
  sensorsHealthy: Number.NaN,
  flightSwVersion: 0,
  currentCustomMode: 0,
  intendedCustomMode: 0,
  currentModeAtMs: NEVER_MS,
  reboots: 0,
  bootMs: Number.NaN,
  bootAtMs: NEVER_MS,
  estimatorResets: 0,
});

/** Of six single-precision floats: what is not finite shows in the sum, which cannot overflow. */
const areFinite = (a: number, b: number, c: number, d: number, e: number, f: number): boolean =>
  Number.isFinite(a + b + c + d + e + f);

/** Keeps {@link Telemetry} up to date from decoded messages of the one autopilot. */
export class TelemetryStore {
  readonly latest: Telemetry = emptyTelemetry();
  readonly clock = new BootClock();
  readonly #charges = new Charges();
  #resetCounter: number | undefined;
  #ekfOrigin: string | undefined;

  /** Takes a packet of a hot message (`isHot`), as {@link update} would its message, and leaves no garbage. */
  hear({ msgid, payload }: Pick<Frame, 'msgid' | 'payload'>, nowMs: number): void {
    if (msgid === HOT.local.msgid) this.#local(HOT.local.read(payload), nowMs);
    else if (msgid === HOT.attitude.msgid) this.#attitude(HOT.attitude.read(payload), nowMs);
    else if (msgid === HOT.global.msgid) this.#global(HOT.global.read(payload), nowMs);
    else if (msgid === HOT.attitudeTarget.msgid) this.#thrust(HOT.attitudeTarget.read(payload));
    else if (msgid === HOT.currentMode.msgid) this.#mode(HOT.currentMode.read(payload), nowMs);
    else if (msgid === HOT.odometry.msgid) this.#resets(HOT.odometry.read(payload));
  }

  /** Takes any message; those that say nothing here are ignored. */
  update(message: MavLinkData, nowMs: number): void {
    if (message instanceof LocalPositionNed) this.#local(message, nowMs);
    else if (message instanceof GlobalPositionInt) this.#global(message, nowMs);
    else if (message instanceof Attitude) this.#attitude(message, nowMs);
    else if (message instanceof AttitudeTarget) this.#thrust(message);
    else if (message instanceof ExtendedSysState) {
      this.latest.landed = landedStateOf(message.landedState);
      this.latest.landedAtMs = nowMs;
    } else if (message instanceof CurrentMode) this.#mode(message, nowMs);
    else if (message instanceof Odometry) this.#resets(message);
    else if (message instanceof GpsGlobalOrigin) this.#ekfOriginSays(message);
    else this.#slow(message, nowMs);
  }

  #mode({ customMode, intendedCustomMode }: Numbers<CurrentMode>, nowMs: number): void {
    this.latest.currentCustomMode = customMode;
    this.latest.intendedCustomMode = intendedCustomMode;
    this.latest.currentModeAtMs = nowMs;
  }

  /** Only the counter: the motion itself comes by LOCAL_POSITION_NED, in the frame that we fly in. */
  #resets({ resetCounter }: Numbers<Odometry>): void {
    if (this.#resetCounter !== undefined && resetCounter !== this.#resetCounter) {
      this.latest.estimatorResets += 1;
    }
    this.#resetCounter = resetCounter;
  }

  /** Not used for conversion: PX4 projects on a sphere, and only its global position says what it means. */
  #ekfOriginSays({ latitude, longitude, altitude }: GpsGlobalOrigin): void {
    const origin = `${latitude} ${longitude} ${altitude}`;
    if (this.#ekfOrigin !== undefined && origin !== this.#ekfOrigin) {
      this.latest.estimatorResets += 1;
    }
    this.#ekfOrigin = origin;
  }

  #slow(message: MavLinkData, nowMs: number): void {
    const latest = this.latest;
    if (message instanceof SystemTime) this.#stamp(message.timeBootMs, nowMs);
    else if (message instanceof TimeSync) this.#timesync(message, nowMs);
    else if (message instanceof HomePosition) {
      latest.home.latDeg = message.latitude / 1e7;
      latest.home.lonDeg = message.longitude / 1e7;
      latest.home.altAmslM = message.altitude / 1000;
      latest.homeAtMs = nowMs;
    } else if (message instanceof EstimatorStatus) {
      latest.estimatorStdM = message.posHorizAccuracy > 0 ? message.posHorizAccuracy : Number.NaN;
      latest.estimatorHeightStdM =
        message.posVertAccuracy > 0 ? message.posVertAccuracy : Number.NaN;
      latest.estimatorFlags = message.flags;
      latest.estimatorAtMs = nowMs;
    } else if (message instanceof GpsRawInt) {
      latest.gps.latDeg = message.lat / 1e7;
      latest.gps.lonDeg = message.lon / 1e7;
      latest.gpsStdM = gpsStdOf(message);
      latest.gpsFixType = message.fixType;
      latest.satellites =
        message.satellitesVisible === UNKNOWN_U8 ? Number.NaN : message.satellitesVisible;
      latest.gpsAtMs = nowMs;
    } else if (message instanceof BatteryStatus) {
      latest.batteryCurrentA =
        message.currentBattery < 0 ? latest.batteryCurrentA : message.currentBattery / 100;
      this.#charges.hear(latest, message.id, message.batteryRemaining, nowMs);
    } else if (message instanceof AutopilotVersion) {
      latest.flightSwVersion = message.flightSwVersion;
    } else if (message instanceof SysStatus) {
      latest.sensorsEnabled = message.onboardControlSensorsEnabled;
      latest.sensorsHealthy = message.onboardControlSensorsHealth;
      latest.readyAtMs = (latest.sensorsHealthy & PREARM_CHECK_BIT) !== 0 ? nowMs : NEVER_MS;
      this.#charges.hear(latest, SYSTEM, message.batteryRemaining, nowMs);
      if (message.voltageBattery !== UNKNOWN_U16) {
        latest.batteryVoltageV = message.voltageBattery / 1000;
      }
      if (message.currentBattery >= 0) latest.batteryCurrentA = message.currentBattery / 100;
    }
  }

  #stamp(bootMs: number, nowMs: number): number {
    const atMs = this.clock.monotonicMs(bootMs, nowMs);
    const { latest } = this;
    latest.reboots = this.clock.reboots;
    latest.bootMs = this.clock.newestBootMs;
    if (bootMs === latest.bootMs) latest.bootAtMs = nowMs;
    return atMs;
  }

  /** PX4 asks with its own time, ns since its boot; an answer would hold ours. */
  #timesync({ tc1, ts1 }: TimeSync, nowMs: number): void {
    if (tc1 === 0n && ts1 > 0n) this.#stamp(Number(ts1 / 1_000_000n), nowMs);
  }

  #local(message: Numbers<LocalPositionNed>, nowMs: number): void {
    const { x, y, z, vx, vy, vz } = message;
    if (!areFinite(x, y, z, vx, vy, vz)) return;
    const latest = this.latest;
    const atMs = this.#stamp(message.timeBootMs, nowMs);
    if (isOvertaken(message.timeBootMs, latest.localBootMs)) return;
    latest.localAtMs = atMs;
    latest.localBootMs = message.timeBootMs;
    setVector(latest.localPositionNed, x, y, z);
    setVector(latest.velocityNed, vx, vy, vz);
  }

  #global(message: Numbers<GlobalPositionInt>, nowMs: number): void {
    const latest = this.latest;
    latest.globalAtMs = this.#stamp(message.timeBootMs, nowMs);
    latest.global.latDeg = message.lat / 1e7;
    latest.global.lonDeg = message.lon / 1e7;
    latest.global.altAmslM = message.alt / 1000;
  }

  #attitude(message: Numbers<Attitude>, nowMs: number): void {
    const { roll, pitch, yaw, rollspeed, pitchspeed, yawspeed } = message;
    if (!areFinite(roll, pitch, yaw, rollspeed, pitchspeed, yawspeed)) return;
    const latest = this.latest;
    const atMs = this.#stamp(message.timeBootMs, nowMs);
    if (isOvertaken(message.timeBootMs, latest.attitudeBootMs)) return;
    latest.attitudeAtMs = atMs;
    latest.attitudeBootMs = message.timeBootMs;
    latest.rollRad = roll;
    latest.pitchRad = pitch;
    latest.yawRad = yaw;
    setVector(latest.ratesRadps, rollspeed, pitchspeed, yawspeed);
  }

  #thrust({ thrust }: Numbers<AttitudeTarget>): void {
    if (Number.isFinite(thrust)) this.latest.thrust = thrust;
  }
}

const setVector = (target: Vector3, x: number, y: number, z: number): void => {
  target.x = x;
  target.y = y;
  target.z = z;
};
