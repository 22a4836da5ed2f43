import {
  Attitude,
  CommandLong,
  GpsRawInt,
  LocalPositionNed,
  SysStatus,
} from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { expect, test } from 'vitest';

import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { vector3 } from '#protocols/vector.ts';
import { airborne, Sortie } from './sortie.ts';

const encoder = new Encoder(1, 1);

const framed = (message: Parameters<Encoder['encode']>[0]): Frame => {
  const framer = new Framer();
  framer.push(encoder.encode(message));
  return framer.next()!;
};

const ordered = (): Sortie => {
  const sortie = new Sortie();
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  sortie.mind = (one) => {
    one.order('fly', 1);
    one.plan(vector3(0, 0, 0));
    one.hearMesh();
  };
  return sortie;
};

const commands = (sortie: Sortie): number[] =>
  sortie.sent.flatMap(({ frame }) => {
    const message = decode(frame);
    return message instanceof CommandLong ? [message.command] : [];
  });

test('ArduPilot is refused, with what is missing, and gets no command that moves it', () => {
  const sortie = ordered();
  sortie.onTheWay = (frame) => {
    const message = decode(frame);
    if (!(message instanceof Heartbeat)) return frame;
    message.autopilot = MavAutopilot.ARDUPILOTMEGA;
    return framed(message);
  };
  sortie.run(20);
  expect(sortie.phase).toBe('boot');
  expect(sortie.status?.reason).toMatch(/^ArduPilot: PX4 needed/u);
  expect(commands(sortie).filter((command) => command !== 511 && command !== 512)).toEqual([]);
});

test('a silent port is said to be one', () => {
  const sortie = ordered();
  sortie.downlink = false;
  sortie.run(3);
  expect([sortie.phase, sortie.status?.reason]).toEqual(['boot', 'autopilot silent']);
});

test('two autopilots with one system id are named, and neither is armed', () => {
  const sortie = ordered();
  const second: Heartbeat[] = [];
  sortie.onTheWay = (frame) => {
    const message = decode(frame);
    if (message instanceof Heartbeat) second.push(message);
    return frame;
  };
  for (let half = 0; half < 60; half += 1) {
    sortie.run(0.5);
    const [heartbeat] = second.splice(0);
    if (heartbeat !== undefined) sortie.hear(framed(heartbeat));
  }
  expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
  expect(sortie.status?.reason).toBe('two autopilots with system id 1');
  expect(commands(sortie)).not.toContain(400);
});

test('a parameter that this PX4 lacks is named in the status, and nothing arms', () => {
  const sortie = ordered();
  sortie.onTheWay = (frame) =>
    Buffer.from(frame.bytes).includes('COM_WIND_MAX\0') ? undefined : frame;
  sortie.until(() => sortie.status?.troubles.length === 1, 60);
  expect(sortie.status?.troubles).toEqual([
    { code: 'parameter-missing', grave: true, subject: 'COM_WIND_MAX' },
  ]);
  expect(sortie.status?.reason).toBe('pre-flight: COM_WIND_MAX not in this PX4');
  expect(commands(sortie)).not.toContain(400);
  // The module that it belongs to is there now.
  sortie.onTheWay = (frame) => frame;
  sortie.until(() => sortie.phase === 'takeoff', 60);
  expect(sortie.status?.troubles).toEqual([]);
});

test('a second autopilot that appears while the first is being readied keeps it from being armed', () => {
  const sortie = ordered();
  const { mind } = sortie;
  sortie.mind = (one) => one.hearMesh();
  sortie.run(20);
  const heartbeats: Frame[] = [];
  sortie.onTheWay = (frame) => {
    if (frame.msgid === 0) heartbeats.push(frame);
    // Not ready: the arming waits.
    return decode(frame) instanceof SysStatus ? undefined : frame;
  };
  sortie.run(3);
  sortie.mind = mind;
  sortie.run(2);
  expect(sortie.phase).toBe('arming');
  heartbeats.length = 0;
  for (let half = 0; half < 20; half += 1) {
    sortie.run(0.5);
    // With the first one's own numbers: neither losses nor another clock betray it.
    for (const heartbeat of heartbeats.splice(0)) sortie.hear(heartbeat);
  }
  sortie.onTheWay = (frame) => frame;
  sortie.run(0.6);
  expect(commands(sortie)).not.toContain(400);
  expect(sortie.status?.reason).toBe('two autopilots with system id 1');
});

test('a flight controller whose clock jumps ahead is flown on after a rest; backwards counts as a reboot', () => {
  const sortie = airborne(vector3(1, 0, 0));
  let jumpMs = 0;
  sortie.onTheWay = (frame) => {
    const message = decode(frame);
    const stamped =
      message instanceof LocalPositionNed ||
      message instanceof GlobalPositionInt ||
      message instanceof Attitude;
    if (!stamped) return message instanceof GpsRawInt ? undefined : frame;
    message.timeBootMs += jumpMs;
    return framed(message);
  };
  sortie.run(2);
  jumpMs = 100_000;
  sortie.run(3);
  expect(sortie.phase).toBe('offboard');
  expect(sortie.pilot.situation.estimate.ageMs).toBeLessThan(200);
  expect(sortie.status?.troubles.map(({ code }) => code)).toEqual(['clock-jumped']);
  jumpMs = 0;
  sortie.run(1);
  expect(sortie.pilot.core.memory.lostBy).toBe('flight controller rebooted');
  expect(sortie.phase).toBe('yielded');
  expect(sortie.status?.troubles[0]).toMatchObject({ code: 'controller-rebooted', grave: true });
});

test('a pilot that begins beside vehicles that are ready listens before it arms one', () => {
  const sortie = ordered();
  const { mind } = sortie;
  sortie.mind = (one) => one.hearMesh();
  // Up and aligned, with nobody to fly it yet.
  sortie.killPilot();
  sortie.run(20);
  const heartbeats: Frame[] = [];
  sortie.onTheWay = (frame) => {
    if (frame.msgid === 0) heartbeats.push(frame);
    return frame;
  };
  sortie.restartPilot();
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  sortie.mind = mind;
  for (let half = 0; half < 40; half += 1) {
    sortie.run(0.5);
    for (const heartbeat of heartbeats.splice(0)) sortie.hear(heartbeat);
  }
  expect(commands(sortie)).not.toContain(400);
  expect(sortie.status?.reason).toBe('two autopilots with system id 1');
});
