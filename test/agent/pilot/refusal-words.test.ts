import { CommandAck, MavResult, StatusText } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, test } from 'vitest';
import { Controls } from '#agent/pilot/act/controls.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';

const VEHICLE = { sysid: 3, compid: 1 };
const REPORT = { mode: undefined, atMs: 0, failsafe: false } as unknown as Parameters<
  Controls['tick']
>[1];

/** "Arming denied: Resolve system health failures first" as an EVENT of PX4 1.15 and 1.18. */
const eventFrame = (): Frame => {
  const payload = Buffer.alloc(53);
  payload.writeUInt32LE(0x0102_089d, 0);
  payload[12] = 0x62;
  return { ...VEHICLE, sequence: 0, msgid: 410, payload, bytes: payload };
};

const textFrame = (text: string): [Frame, StatusText] => {
  const message = new StatusText();
  message.severity = 2;
  message.text = text;
  const payload = new Uint8Array(54);
  return [{ ...VEHICLE, sequence: 1, msgid: 253, payload, bytes: payload }, message];
};

const refusedArming = (say: (controls: Controls) => void): Controls => {
  const controls = new Controls(VEHICLE);
  controls.arm();
  controls.tick(0, REPORT);
  const ack = new CommandAck();
  ack.command = 400;
  ack.result = MavResult.TEMPORARILY_REJECTED;
  ack.targetSystem = VEHICLE.sysid;
  ack.targetComponent = 191;
  controls.acknowledge(ack, eventFrame(), 20);
  say(controls);
  for (let nowMs = 20; nowMs <= 80; nowMs += 20) controls.tick(nowMs, REPORT);
  return controls;
};

describe('a refusal to arm', () => {
  test('is known by what PX4 said right after its ack, in an event', () => {
    const controls = refusedArming((one) => one.hear(eventFrame(), undefined, 30));
    expect(controls.armState).toBe('failed');
    expect(controls.refusal).toBe('Arming denied: Resolve system health failures first');
    controls.resetActions();
    expect(controls.refusal).toBe('');
  });

  test('or in a text, and once when it said both', () => {
    const controls = refusedArming((one) => {
      one.hear(eventFrame(), undefined, 30);
      one.hear(...textFrame('Arming denied: Resolve system health failures first\t'), 31);
      one.hear(...textFrame('Preflight Fail: Compass needs calibration\t'), 32);
    });
    expect(controls.refusal).toBe(
      'Arming denied: Resolve system health failures first; Preflight Fail: Compass needs calibration',
    );
  });

  test('is a refusal all the same when it said nothing', () => {
    const controls = refusedArming(() => {});
    expect(controls.armState).toBe('failed');
    expect(controls.refusal).toBe('');
  });
});
