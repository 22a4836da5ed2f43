import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodePayload, encodePayload } from '#protocols/gossip/codec.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import { MAX_TROUBLES, packTrouble, trouble } from '#protocols/trouble.ts';
import { TOPIC_NAMES, TOPICS, type Topic } from '#protocols/gossip/topic.ts';

import { payloads, topicPayload } from './arbitraries.ts';
import { storyGoal, storySafety } from './mission-story.ts';

const goalId = { issuer: 100, epoch: 3, sequence: 1 };
const fixture = {
  goal: encodePayload('goal', storyGoal(goalId, new Uint8Array(300))),
  safety: encodePayload('safety', storySafety(goalId)),
};

describe('payloads on the wire', () => {
  it('come back as they were sent, within their budget', () => {
    fc.assert(
      fc.property(topicPayload, ({ topic, payload }) => {
        const bytes = encodePayload(topic, payload);
        expect(bytes.length).toBeLessThanOrEqual(TOPICS[topic].budgetBytes);
        expect(decodePayload(topic, bytes)).toEqual({ ok: true, payload });
      }),
      { numRuns: 400 },
    );
    expect(decodePayload('goal', fixture.goal)).toMatchObject({
      ok: true,
      payload: { id: goalId },
    });
    expect(decodePayload('safety', fixture.safety)).toMatchObject({
      ok: true,
      payload: { goalId },
    });
  });

  it('of a mission with optional parts left out carry no trace of them', () => {
    const { search: _, ...rest } = storyGoal(goalId, new Uint8Array(0)).mission;
    const goal = {
      ...storyGoal(goalId, new Uint8Array(0)),
      mission: { ...rest, search: undefined },
    };
    const bytes = encodePayload('goal', goal as ReturnType<typeof storyGoal>);
    const decoded = decodePayload('goal', bytes);
    expect(decoded.ok && 'search' in decoded.payload.mission).toBe(false);
  });

  it('a beacon with everything at its longest is within its budget', () => {
    const goal = { issuer: 65_535, epoch: 4_294_967_295, sequence: 4_294_967_295 };
    const bytes = encodePayload('beacon', {
      sysid: 255,
      phase: 'returning',
      armed: true,
      mode: 'M'.repeat(20),
      latE7: -900_000_000,
      lonE7: -1_800_000_000,
      altAmslCm: 900_000,
      velocityCmps: [-300_000, -300_000, -300_000],
      positionStdCm: 65_535,
      batteryPercent: 100,
      goal,
      progressPermille: 1000,
      task: 'lane:-1234:-1234',
      taskDigest: 4_294_967_295,
      directive: [65_535, 4_294_967_295],
      reason: 'R'.repeat(80),
      planSource: 'analytic',
      model: 'N'.repeat(40),
      logHead: [4_294_967_295, new Uint8Array(8)],
      echoes: Array.from({ length: 8 }, () => [65_535, 1e9 + 0.5, 1e9 + 0.5]),
      troubles: Array.from({ length: MAX_TROUBLES }, () =>
        packTrouble(trouble('parameter-missing', true, 'S'.repeat(99))),
      ),
    });
    expect(bytes.length).toBeLessThanOrEqual(TOPICS.beacon.budgetBytes);
  });

  it('that do not fit their schema or budget are our own fault and say so', () => {
    const beacon = fc.sample(payloads.beacon, { seed: 1, numRuns: 1 })[0]!;
    expect(() => encodePayload('beacon', { ...beacon, batteryPercent: 101 })).toThrow(
      expect.objectContaining({ code: 'payload-invalid' }),
    );
    const wide = { ...beacon, reason: '€'.repeat(80), mode: '€'.repeat(20), model: '€'.repeat(40) };
    const troubles = Array.from({ length: 3 }, (): [number, string] => [1, '€'.repeat(16)]);
    expect(() => encodePayload('beacon', { ...wide, troubles })).toThrow(
      expect.objectContaining({ code: 'payload-oversize' }),
    );
  });
});

/** What a decoder answers to any bytes: a payload that could be sent again, or a named refusal. */
const isAnswer = (topic: Topic, bytes: Uint8Array): boolean => {
  const decoded = decodePayload(topic, bytes);
  return decoded.ok ? encodePayload(topic, decoded.payload).length > 0 : decoded.code.length > 0;
};

const withByte = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const changed = Uint8Array.from(bytes);
  changed[at % changed.length] = value;
  return changed;
};

describe('hostile bytes', () => {
  it('never make the decoder throw, whatever they are', () => {
    const topics = fc.constantFrom(...TOPIC_NAMES);
    const answered = fc.property(topics, fc.uint8Array({ maxLength: 200 }), isAnswer);
    expect(fc.check(answered, { numRuns: 5000 }).failed).toBe(false);
  });

  it('made by changing a byte of a good message are refused or still fit the schema', () => {
    const small = fc.property(
      topicPayload,
      fc.nat(),
      fc.nat(255),
      ({ topic, payload }, at, value) =>
        isAnswer(topic, withByte(encodePayload(topic, payload), at, value)),
    );
    expect(fc.check(small, { numRuns: 1000 }).failed).toBe(false);
    for (const topic of ['goal', 'safety'] as const) {
      const large = fc.property(fc.nat(), fc.nat(255), (at, value) =>
        isAnswer(topic, withByte(fixture[topic], at, value)),
      );
      expect(fc.check(large, { numRuns: 500 }).failed).toBe(false);
    }
  });

  it('as a whole envelope never make its decoder throw', () => {
    const answered = fc.property(fc.uint8Array({ minLength: 90, maxLength: 200 }), (bytes) => {
      bytes.set([0x53, 1, 1 + (bytes[2]! % 11), 0]);
      return decodeEnvelope(bytes)?.payload.length !== -1;
    });
    expect(fc.check(answered, { numRuns: 5000 }).failed).toBe(false);
  });
});
