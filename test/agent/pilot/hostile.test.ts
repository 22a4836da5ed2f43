import fc from 'fast-check';
import { SetPositionTargetLocalNed } from 'mavlink-mappings/dist/lib/common.js';
import { expect, test } from 'vitest';

import { createPilot } from '#agent/pilot/pilot.ts';
import { Mailbox } from '#agent/pilot/mailbox.ts';
import { decodePilotMemory, encodePilotMemory, newPilotMemory } from '#agent/pilot/memory.ts';
import { pilotTick } from '#agent/pilot/tick.ts';
import { encodeFrame, FrameSplitter, type ChannelFrame } from '#protocols/channel/frame.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { encodeOrder } from '#protocols/channel/order.ts';
import { encodeTrajectory } from '#protocols/channel/trajectory-codec.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { decode } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { vector3 } from '#protocols/vector.ts';
import { airborne, straightPlan } from './sortie.ts';

const anyFrame: fc.Arbitrary<ChannelFrame> = fc.record({
  type: fc.constantFrom(1, 2, 4, 5, 6, 16, 255),
  payload: fc.uint8Array({ maxLength: 400 }),
});

/** A well-formed message with some of its bytes changed. */
const bentFrame: fc.Arbitrary<ChannelFrame> = fc
  .tuple(
    fc.constantFrom<ChannelFrame>(
      {
        type: MESSAGE_TYPE.trajectory,
        payload: encodeTrajectory(straightPlan(1, 90_000, vector3(5, 0, 0))),
      },
      {
        type: MESSAGE_TYPE.order,
        payload: encodeOrder({
          kind: 'fly',
          number: 2,
          heightM: 10,
          goalIssuer: 100,
          goalEpoch: 1,
          goalSequence: 1,
        }),
      },
    ),
    fc.array(fc.tuple(fc.nat({ max: 900 }), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
  )
  .map(([frame, changes]) => {
    const payload = frame.payload.slice();
    for (const [at, value] of changes) payload[at % payload.length] = value;
    return { type: frame.type, payload };
  });

const setpointsIn = (packets: Uint8Array[]): SetPositionTargetLocalNed[] => {
  const framer = new Framer();
  for (const packet of packets) framer.push(packet);
  const found: SetPositionTargetLocalNed[] = [];
  for (let frame = framer.next(); frame; frame = framer.next()) {
    const message = decode(frame);
    if (message instanceof SetPositionTargetLocalNed) found.push(message);
  }
  return found;
};

test('whatever mind and mesh send, every setpoint is finite and inside the envelope', () => {
  const sortie = airborne(vector3(2, 0, 0));
  let setpoints = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(anyFrame, bentFrame), { maxLength: 8 }), (frames) => {
      sortie.nowMs += 20;
      // The vehicle still speaks; only those above are mad.
      for (let step = 0; step < 5; step += 1) sortie.vehicle.step();
      const { packets } = pilotTick(sortie.pilot, { packets: [], frames }, sortie.nowMs);
      for (const { vx, vy, vz, yaw } of setpointsIn(packets)) {
        setpoints += 1;
        expect(Number.isFinite(vx + vy + vz + yaw)).toBe(true);
        expect(Math.sqrt(vx * vx + vy * vy)).toBeLessThanOrEqual(8.001);
        expect(vz).toBeLessThanOrEqual(2.001);
        expect(vz).toBeGreaterThanOrEqual(-3.001);
      }
    }),
    { numRuns: 2000 },
  );
  expect(setpoints).toBeGreaterThan(1000);
});

test('a flood fills no memory, and the newest of each kind gets through', () => {
  const mailbox = new Mailbox();
  for (let index = 0; index < 100_000; index += 1) {
    mailbox.put({ type: MESSAGE_TYPE.trajectory, payload: Uint8Array.of(index & 0xff) });
    mailbox.put({ type: MESSAGE_TYPE.envelope, payload: Uint8Array.of(index & 0xff) });
    mailbox.put({ type: 99, payload: new Uint8Array(10) });
  }
  const first = mailbox.take();
  expect(first.length).toBeLessThan(20);
  expect(first.find((frame) => frame.type === MESSAGE_TYPE.trajectory)?.payload[0]).toBe(
    99_999 & 0xff,
  );
  let rest = 0;
  for (let frames = mailbox.take(); frames.length > 0; frames = mailbox.take())
    rest += frames.length;
  expect(rest).toBeLessThan(100);
  expect(mailbox.dropped).toBeGreaterThan(100_000);
});

test('a memory that is cut, bent or of another version is none', () => {
  const bytes = encodePilotMemory(newPilotMemory());
  expect(decodePilotMemory(bytes)).toEqual(newPilotMemory());
  for (let length = 0; length < bytes.length; length += 1) {
    expect(decodePilotMemory(bytes.subarray(0, length))).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      expect(decodePilotMemory(noise)).toBeUndefined();
    }),
  );
  expect(decodePilotMemory(new TextEncoder().encode('{"version":1}'))).toBeUndefined();
});

test('a memory with a field of another kind is none: it would end the process that believes it', () => {
  const sortie = airborne();
  sortie.run(0.5);
  sortie.envelopeBytes(sortie.operator.directive('abort'));
  sortie.run(0.5);
  const memory = sortie.memory!;
  const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  expect(decodePilotMemory(bytesOf(memory))).toEqual(memory);
  for (const part of ['flight', 'authority'] as const) {
    for (const key of Object.keys(memory[part])) {
      for (const wrong of [7.5, 'nonsense', [7], { x: 1 }, undefined]) {
        const was: unknown = Reflect.get(memory[part], key);
        if (typeof wrong === typeof was && typeof was !== 'object' && key !== 'phase') continue;
        if (
          typeof wrong === 'string' &&
          ['leftFrom', 'roster', 'safety', 'safetyKeyHex'].includes(key)
        )
          continue;
        const bent = { ...memory, [part]: { ...memory[part], [key]: wrong } };
        expect([key, wrong, decodePilotMemory(bytesOf(bent))]).toEqual([key, wrong, undefined]);
      }
    }
  }
});

test('limits in the memory count only with the operator’s signature on them', () => {
  const sortie = airborne();
  sortie.run(0.5);
  const memory = structuredClone(sortie.memory!);
  const create = () =>
    createPilot({ ...sortie.start, memory: structuredClone(memory) }, verifySignature);
  expect(create().core.authority.safety?.maxSpeedMps).toBe(8);
  const signed = Buffer.from(memory.authority.safety!, 'base64');
  signed[60]! ^= 1;
  memory.authority.safety = signed.toString('base64');
  expect(create().core.authority.safety).toBeUndefined();
});

test('a channel of garbage ends in a closed channel, not in a crash', () => {
  const splitter = new FrameSplitter();
  expect(splitter.push(encodeFrame(1, Uint8Array.of(1, 2, 3)))).toHaveLength(1);
  expect(() => splitter.push(Uint8Array.of(255, 255, 255, 255, 1))).toThrow(/channel frame/u);
});
