import {
  Attitude,
  CommandLong,
  GpsRawInt,
  LocalPositionNed,
} from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { expect, test } from 'vitest';

import { linkInWords } from '#agent/pilot/link-words.ts';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { newLinkCounts } from '#protocols/mavlink/link.ts';
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
  jumpMs = 0;
  sortie.run(1);
  expect(sortie.pilot.core.memory.lostBy).toBe('flight controller rebooted');
  expect(sortie.phase).toBe('yielded');
});

test('what a link’s counters mean is said in words with a remedy', () => {
  const words = (counts: Partial<ReturnType<typeof newLinkCounts>>, strangers: object[] = []) =>
    linkInWords(
      {
        counts: { ...newLinkCounts(), ...counts },
        outage: undefined,
        strangers: strangers as NonNullable<Parameters<typeof linkInWords>[0]['strangers']>,
      },
      3,
    );
  const stranger = { address: '10.0.0.9', port: 14_550, datagrams: 4, sysid: 3 };
  expect(words({})).toMatch(/^silent: check power/u);
  expect(words({}, [stranger])).toMatch(/silent, but 10\.0\.0\.9:14550/u);
  expect(words({ bytesReceived: 900, bytesSkipped: 900 })).toMatch(/baud rate/u);
  expect(words({ bytesReceived: 900, mavlink1Packets: 20 })).toMatch(/MAV_PROTO_VER/u);
  expect(words({ bytesReceived: 900, unknownMessages: 20 })).toMatch(/dialect/u);
  expect(words({ bytesReceived: 900, framesForeign: 20 })).toMatch(/MAV_SYS_ID to 3/u);
  expect(words({ framesGood: 20 })).toBe('');
  expect(words({ framesGood: 20 }, [stranger])).toBe(
    '10.0.0.9:14550 claims to be system 3: not heard',
  );
});
