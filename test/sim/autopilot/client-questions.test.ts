import {
  ActuatorOutputStatus,
  CommandInt,
  FlightInformation,
  GpsGlobalOrigin,
  HilStateQuaternion,
  HomePosition,
  LocalPositionNed,
  MavCmd,
  MavFrame,
  ScaledImu,
  SetGpsGlobalOrigin,
  StatusText,
  SysStatus,
  VfrHud,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { describe, expect, it } from 'vitest';
import { Companion } from '../companion.ts';

const REQUEST_MESSAGE = 512;
const SET_MESSAGE_INTERVAL = 511;
const ORIGIN = { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 488 };

const readyVehicle = (yawDeg = 0): Companion => {
  const companion = new Companion({ vehicle: { yawDeg } });
  companion.groundStation = true;
  companion.run(9);
  return companion;
};

const ask = <T extends MavLinkData>(companion: Companion, kind: new () => T, id: number): T => {
  expect(companion.command(REQUEST_MESSAGE, id)).toBe(0);
  return companion.heard(kind).at(-1)!;
};

describe('what clients ask for besides the streams', () => {
  it('tells when the flight began, and 0 before it has', () => {
    const companion = readyVehicle();
    expect(ask(companion, FlightInformation, 264)).toMatchObject({
      armingTimeUtc: 0n,
      takeoffTimeUtc: 0n,
    });
    companion.takeOff();
    const { armingTimeUtc, takeoffTimeUtc, timeBootMs } = ask(companion, FlightInformation, 264);
    expect(takeoffTimeUtc).toBeGreaterThan(armingTimeUtc);
    expect(armingTimeUtc).toBeGreaterThan(8_000_000n);
    expect(takeoffTimeUtc).toBeLessThan(BigInt(timeBootMs) * 1000n);
  });

  it('shows its sensors scaled: a g downwards is −1000 thousandths at rest', () => {
    const companion = readyVehicle();
    companion.command(SET_MESSAGE_INTERVAL, 26, 20_000);
    companion.run(2);
    const heard = companion.heard(ScaledImu);
    expect(heard.length).toBeGreaterThan(90);
    const mean = heard.reduce((sum, { zacc }) => sum + zacc, 0) / heard.length;
    expect(mean).toBeCloseTo(-1000, -2);
    expect(heard.at(-1)!.xmag).toBeCloseTo(210, -1);
  });

  it('shows its outputs as SERVO_OUTPUT_RAW does', () => {
    const companion = readyVehicle();
    expect(ask(companion, ActuatorOutputStatus, 375)).toMatchObject({ active: 16 });
    expect(companion.heard(ActuatorOutputStatus).at(-1)!.actuator.slice(0, 5)).toEqual([
      900, 900, 900, 900, 900,
    ]);
    companion.takeOff();
    const [first, , , , fifth, last] = ask(companion, ActuatorOutputStatus, 375).actuator;
    expect(first).toBeGreaterThan(1200);
    expect([fifth, last]).toEqual([900, 900]);
  });

  it('tells the truth of its simulator, which the estimate follows but is not', () => {
    const companion = readyVehicle();
    companion.takeOff();
    const truth = ask(companion, HilStateQuaternion, 115);
    const estimate = companion.heard(GlobalPositionInt).at(-1)!;
    const { quadrotor } = companion.vehicle;
    expect(truth.alt / 1000).toBeCloseTo(ORIGIN.altAmslM - quadrotor.positionNed.z, 1);
    expect(Math.abs(truth.alt - estimate.alt)).toBeLessThan(2500);
    expect(truth.attitudeQuaternion[0]).toBeCloseTo(quadrotor.attitude.w, 2);
  });

  it('never shows a heading of 360°', () => {
    const companion = readyVehicle(359.9);
    companion.run(20);
    const headings = companion.heard(VfrHud).map(({ heading }) => heading);
    expect(Math.max(...headings)).toBe(359);
    expect(Math.min(...headings)).toBeGreaterThanOrEqual(0);
  });

  it('says in SYS_STATUS that there is nothing to recover from', () => {
    const { onboardControlSensorsHealthExtended } = readyVehicle().heard(SysStatus).at(-1)!;
    expect(onboardControlSensorsHealthExtended).toBe(1);
  });
});

describe('SET_GPS_GLOBAL_ORIGIN', () => {
  const move = (companion: Companion): void => {
    const message = new SetGpsGlobalOrigin();
    message.targetSystem = 7;
    message.latitude = Math.round((ORIGIN.latDeg + 0.001) * 1e7);
    message.longitude = Math.round(ORIGIN.lonDeg * 1e7);
    message.altitude = 480_000;
    companion.send(message);
    companion.run(2.5);
  };

  it('moves the local frame on the ground; place on earth and home stay', () => {
    const companion = readyVehicle();
    const before = companion.heard(GlobalPositionInt).at(-1)!;
    move(companion);
    const origin = companion.heard(GpsGlobalOrigin).at(-1)!;
    expect(origin.latitude / 1e7).toBeCloseTo(ORIGIN.latDeg + 0.001, 6);
    expect(origin.altitude).toBeCloseTo(480_000, -1);
    const local = companion.heard(LocalPositionNed).at(-1)!;
    expect(local.x).toBeCloseTo(-111, -0.5);
    expect(local.z).toBeCloseTo(-8, -0.5);
    const after = companion.heard(GlobalPositionInt).at(-1)!;
    expect(Math.abs(after.lat - before.lat)).toBeLessThan(100);
    expect(Math.abs(after.alt - before.alt)).toBeLessThan(1000);
    const home = companion.heard(HomePosition).at(-1)!;
    expect(Math.abs(home.latitude - after.lat)).toBeLessThan(100);
    expect(Math.abs(home.altitude - after.alt)).toBeLessThan(2000);
  });

  it('does nothing in the air but tell the origin', () => {
    const companion = readyVehicle();
    companion.takeOff();
    const before = companion.heard(GpsGlobalOrigin).length;
    const { x } = companion.heard(LocalPositionNed).at(-1)!;
    move(companion);
    expect(companion.heard(GpsGlobalOrigin).length).toBe(before + 1);
    expect(companion.heard(GpsGlobalOrigin).at(-1)!.latitude / 1e7).toBeCloseTo(ORIGIN.latDeg, 4);
    expect(companion.heard(LocalPositionNed).at(-1)!.x).toBeCloseTo(x, 0);
  });
});

describe('STATUSTEXT', () => {
  it('is numbered, and a long text comes whole in chunks of one number', () => {
    const companion = readyVehicle();
    companion.takeOff();
    const { notices } = companion.vehicle.autopilot.situation;
    notices.complain('x'.repeat(49).concat('and the rest of it'));
    companion.run(0.1);
    const texts = companion.heard(StatusText);
    const [head, tail] = texts.slice(-2);
    expect([head!.chunkSeq, tail!.chunkSeq]).toEqual([0, 1]);
    expect(tail!.id).toBe(head!.id);
    expect(`${head!.text}${tail!.text}`.trimEnd()).toBe(`${'x'.repeat(49)}and the rest of it`);
    const ids = texts.filter(({ chunkSeq }) => chunkSeq === 0).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, at) => at));
  });
});

describe('DO_ORBIT as MAVSDK sends it', () => {
  it('counts the altitude from mean sea level, though the frame says above home', () => {
    const companion = readyVehicle();
    companion.takeOff();
    const { lat, lon, alt } = companion.heard(GlobalPositionInt).at(-1)!;
    const message = new CommandInt();
    message.targetSystem = 7;
    message.targetComponent = 1;
    message.command = MavCmd.DO_ORBIT;
    message.frame = MavFrame.GLOBAL_RELATIVE_ALT;
    message._param1 = 6;
    message._param2 = 2;
    message._param4 = Number.NaN;
    message._param5 = lat;
    message._param6 = lon;
    message._param7 = alt / 1000;
    companion.send(message);
    companion.run(15);
    expect(companion.mode).toBe('ORBIT');
    const after = companion.heard(GlobalPositionInt).at(-1)!;
    expect(Math.abs(after.alt - alt)).toBeLessThan(1500);
  });
});
