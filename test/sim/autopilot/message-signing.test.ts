import { describe, expect, test } from 'vitest';
import { CommandAck, CommandLong, SetupSigning } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { Signing } from '#protocols/mavlink/signing.ts';
import { scenarioSchema } from '#sim/scenario.ts';
import { Vehicle } from '#sim/vehicle.ts';

const KEY = new Uint8Array(32).fill(3);
const NOW_US = 1_790_000_000_000_000n;
/** 10 µs since 2015, as a ground station would say it. */
const NOW_UNITS = (NOW_US - 1_420_070_400_000_000n) / 10n;

/** A vehicle and a companion that may sign what it sends. */
const pair = (profile: '1.15' | '1.18') => {
  const scenario = scenarioSchema.parse({
    profile,
    origin: { latDeg: 47, lonDeg: 8, altAmslM: 500 },
    vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }],
  });
  const vehicle = new Vehicle(scenario, scenario.vehicles[0]!);
  const encoder = new Encoder(245, 191);
  const framer = new Framer();
  const run = (seconds: number): Frame[] => {
    const frames: Frame[] = [];
    for (let step = 0; step < seconds * 250; step += 1) {
      for (const datagram of vehicle.step()) framer.push(datagram);
      for (let frame = framer.next(); frame !== undefined; frame = framer.next())
        frames.push(frame);
    }
    return frames;
  };
  const send = (message: MavLinkData, signing?: Signing): void => {
    const packet = encoder.encode(message);
    const input = new Framer();
    input.push(signing === undefined ? packet : signing.sign(packet, NOW_US));
    vehicle.receive([input.next()!]);
  };
  return { vehicle, run, send };
};

const setup = (key: Uint8Array, initialTimestamp: bigint): SetupSigning =>
  Object.assign(new SetupSigning(), {
    targetSystem: 1,
    targetComponent: 1,
    secretKey: [...key],
    initialTimestamp,
  });

/** Any command that is answered at once: request the autopilot's version. */
const question = (): CommandLong =>
  Object.assign(new CommandLong(), {
    targetSystem: 1,
    targetComponent: 1,
    command: 512,
    _param1: 148,
  });

const isAnswered = (frames: readonly Frame[]): boolean =>
  frames.some((frame) => decode(frame) instanceof CommandAck);

const signer = (key = KEY): Signing => new Signing({ key, linkId: 5 });

describe('PX4 1.18 with a signing key', () => {
  test('signs all it sends, and believes commands only when they are signed', () => {
    const { run, send } = pair('1.18');
    send(question());
    expect(isAnswered(run(0.2))).toBe(true);
    send(setup(KEY, NOW_UNITS));
    const ours = signer();
    const frames = run(0.5);
    expect(frames.length).toBeGreaterThan(50);
    expect(new Set(frames.map((frame) => ours.verify(frame, NOW_US)))).toEqual(
      new Set(['verified']),
    );
    send(question());
    expect(isAnswered(run(0.2))).toBe(false);
    send(question(), signer(new Uint8Array(32).fill(9)));
    expect(isAnswered(run(0.2))).toBe(false);
    send(question(), ours);
    expect(isAnswered(run(0.2))).toBe(true);
  });

  test('still hears heartbeats that nobody signed', () => {
    const { vehicle, run, send } = pair('1.18');
    send(setup(KEY, NOW_UNITS));
    send(Object.assign(new Heartbeat(), { type: 6, mavlinkVersion: 3 }));
    run(0.1);
    expect(vehicle.autopilot.gcs.heardS).not.toBeNaN();
  });

  test('gives up or changes its key only for one who has it, and keeps it over a reboot', () => {
    const { vehicle, run, send } = pair('1.18');
    send(setup(KEY, NOW_UNITS));
    run(0.1);
    send(setup(new Uint8Array(32), 0n));
    vehicle.injure({ kind: 'reboot' });
    run(8);
    send(question());
    expect(isAnswered(run(0.2))).toBe(false);
    send(setup(new Uint8Array(32), 0n), signer());
    send(question());
    expect(isAnswered(run(0.2))).toBe(true);
  });

  test('takes no key while armed', () => {
    const { vehicle, run, send } = pair('1.18');
    run(8);
    send(Object.assign(question(), { command: 400, _param1: 1 }));
    run(0.2);
    expect(vehicle.autopilot.commander.armed).toBe(true);
    send(setup(KEY, NOW_UNITS));
    send(question());
    expect(isAnswered(run(0.2))).toBe(true);
  });
});

test('PX4 1.15 knows no signing: the key changes nothing, and signed commands work', () => {
  const { run, send } = pair('1.15');
  send(setup(KEY, NOW_UNITS));
  expect(run(0.3).every(({ signature }) => signature === undefined)).toBe(true);
  send(question());
  expect(isAnswered(run(0.2))).toBe(true);
  send(question(), signer());
  expect(isAnswered(run(0.2))).toBe(true);
});
