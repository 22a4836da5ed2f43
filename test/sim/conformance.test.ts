import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { LocalPositionNed } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { describe, expect, it } from 'vitest';
import { decode } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { flightModeOf } from '#protocols/mavlink/modes.ts';
import { scenarioSchema, type ScenarioInput } from '#sim/scenario.ts';
import { Vehicle } from '#sim/vehicle.ts';

/** Recordings of PX4's own simulator; present in the workshop, not in every clone. */
const TRACES = '../shared/px4-traces';

interface Stamped {
  atS: number;
  frame: Frame;
}

/** A .tlog: an 8-byte big-endian time in µs before each packet. */
const recording = (file: string): Stamped[] => {
  const bytes = gunzipSync(readFileSync(file));
  const framer = new Framer();
  const stamped: Stamped[] = [];
  for (let offset = 0; offset + 10 < bytes.length;) {
    const atS = Number(bytes.readBigUInt64BE(offset)) / 1e6;
    const signed = (bytes[offset + 10]! & 1) !== 0;
    const length = bytes[offset + 9]! + 12 + (signed ? 13 : 0);
    framer.push(bytes.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
    const frame = framer.next();
    if (frame !== undefined) stamped.push({ atS, frame });
  }
  return stamped;
};

interface Track {
  modes: { atS: number; mode: string; armed: boolean }[];
  positions: { atS: number; message: LocalPositionNed }[];
}

const note = (track: Track, atS: number, frame: Frame): void => {
  const message = decode(frame);
  if (message instanceof LocalPositionNed) track.positions.push({ atS, message });
  if (!(message instanceof Heartbeat)) return;
  const mode = flightModeOf(message.customMode) ?? 'unknown';
  const armed = (message.baseMode & 0x80) !== 0;
  const last = track.modes.at(-1);
  if (last?.mode !== mode || last.armed !== armed) track.modes.push({ atS, mode, armed });
};

/** Plays what the recorded companion sent to a stand-in with SIH's airframe. */
const replay = (
  name: string,
  sysid: number,
  profile: '1.15' | '1.18',
  leadS: number,
): { real: Track; made: Track } => {
  const fromVehicle = recording(`${TRACES}/${name}.fromfc.tlog.gz`);
  const toVehicle = recording(`${TRACES}/${name}.tofc.tlog.gz`);
  const startS = fromVehicle[0]!.atS;
  const endS = fromVehicle.at(-1)!.atS - startS;
  const input: ScenarioInput = {
    seed: 5,
    profile,
    origin: { latDeg: 47.397743, lonDeg: 8.545594, altAmslM: 489.4 },
    physics: { linearDragNPerMps: 1, quadraticDragNPerMps2: 0 },
    battery: { capacityAh: 100, internalResistanceOhm: 0, initialCharge: 0.5 },
    vehicles: [{ sysid, homeNorthM: 0, homeEastM: 0 }],
  };
  const scenario = scenarioSchema.parse(input);
  const vehicle = new Vehicle(scenario, scenario.vehicles[0]!);
  const real: Track = { modes: [], positions: [] };
  const made: Track = { modes: [], positions: [] };
  for (const { atS, frame } of fromVehicle) {
    if (frame.sysid === sysid && frame.compid === 1) note(real, atS - startS, frame);
  }
  // The stand-in may align later than the recorded vehicle did: it boots that much earlier.
  for (let step = 0; step < leadS * 250; step += 1) vehicle.step();
  const framer = new Framer();
  let next = 0;
  for (let atS = 0; atS < endS; atS += 0.004) {
    while (next < toVehicle.length && toVehicle[next]!.atS - startS <= atS) {
      vehicle.receive([toVehicle[next]!.frame]);
      next += 1;
    }
    for (const datagram of vehicle.step()) framer.push(datagram);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      note(made, atS, frame);
    }
  }
  return { real, made };
};

/** Root mean square of the velocity difference, each sample against the other's latest. */
const velocityDifference = (real: Track, made: Track, fromS: number, toS: number): number => {
  let index = 0;
  let squares = 0;
  let count = 0;
  for (const { atS, message } of real.positions) {
    if (atS < fromS || atS > toS) continue;
    while (index + 1 < made.positions.length && made.positions[index + 1]!.atS <= atS) index += 1;
    const other = made.positions[index]!.message;
    squares +=
      (message.vx - other.vx) ** 2 + (message.vy - other.vy) ** 2 + (message.vz - other.vz) ** 2;
    count += 1;
  }
  return Math.sqrt(squares / count);
};

/** The order of modes; both must pass through the same ones at the same time, give or take. */
const compareModes = (real: Track, made: Track, toleranceS: number): void => {
  const names = (track: Track): string[] =>
    track.modes.map(({ mode, armed }) => `${mode}${armed ? '' : ' disarmed'}`);
  expect(names(made)).toEqual(names(real));
  const gaps = real.modes.map(({ atS }, index) => Math.abs(atS - made.modes[index]!.atS));
  expect(Math.max(...gaps)).toBeLessThan(toleranceS);
};

describe.skipIf(!existsSync(TRACES))('against recordings of PX4', () => {
  it('1.18: take-off, offboard velocities, positions and circle, land', () => {
    const { real, made } = replay('v1.18beta-arm-takeoff-offboard-flight', 1, '1.18', 3);
    compareModes(real, made, 2.5);
    expect(velocityDifference(real, made, 18, 130)).toBeLessThan(0.55);
  });

  it('1.18: the stream stops, RTL; it resumes, OFFBOARD again', () => {
    const { real, made } = replay('v1.18beta-offboard-loss-default', 3, '1.18', 3);
    compareModes(real, made, 3.5);
    expect(velocityDifference(real, made, 22, 80)).toBeLessThan(0.9);
  });

  it('1.15: the stream stops, POSCTL sinks; it resumes', () => {
    const { real, made } = replay('offboard-loss-act0-position-default', 2, '1.15', 3);
    const moments = (track: Track): string[] =>
      track.modes.filter(({ armed }) => armed).map(({ mode }) => mode);
    expect(moments(made)).toEqual(moments(real));
    expect(velocityDifference(real, made, 52, 80)).toBeLessThan(0.5);
  });
});
