import * as fc from 'fast-check';

import { ACTIVITY } from '#agent/mind/swarm/members.ts';
import type { PayloadByTopic } from '#protocols/channel/mesh-messages.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { priceBelow } from '#protocols/gossip/bid-price.ts';
import { DIRECTIVES, type DirectiveKind } from '#protocols/gossip/directive.ts';
import { encodeKnots } from '#protocols/gossip/intent.ts';
import { MAX_ANSWERS } from '#protocols/gossip/order-tag.ts';
import { MAX_CONTENT_BYTES } from '#protocols/gossip/pieces.ts';
import { ROLES } from '#protocols/gossip/roster.ts';
import { TASK_STATES } from '#protocols/gossip/task-report.ts';
import type { Topic } from '#protocols/gossip/topic.ts';
import { FLIGHT_MODES } from '#protocols/mavlink/modes.ts';
import { MAX_INTENT_KNOTS, type TubeKnot } from '#protocols/gossip/tube.ts';

export const u32 = fc.integer({ min: 0, max: 0xff_ff_ff_ff });
const u16 = fc.integer({ min: 0, max: 0xff_ff });
const u8 = fc.integer({ min: 0, max: 255 });
const tag = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((bytesOfTag) => Buffer.from(bytesOfTag).toString('hex'));
const cell = fc.integer({ min: -4096, max: 4096 });
const finite = (min: number, max: number) =>
  // The encoder writes −0 as 0.
  fc.double({ min, max, noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
const bytes = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max });
const onTick = fc.integer({ min: 0, max: 1e10 }).map((ticks) => ticks / 16);

/** A time of a monotonic clock: on whole ms, on sixteenths, or anywhere. */
const moment = fc.oneof(fc.integer({ min: 0, max: 1e9 }), onTick, finite(0, 1e9));

/** Straight and even or as wild as can be, of any length. */
export const tube: fc.Arbitrary<TubeKnot[]> = fc
  .record({
    from: fc.tuple(finite(-1500, 1500), finite(-1500, 1500), finite(-1500, 1500)),
    step: fc.tuple(finite(-30, 30), finite(-30, 30), finite(-10, 10)),
    noiseM: fc.constantFrom(0, 0.1, 1, 10, 100),
    noises: fc.array(fc.tuple(finite(-1, 1), finite(-1, 1), finite(-1, 1), finite(0, 1)), {
      minLength: 1,
      maxLength: MAX_INTENT_KNOTS,
    }),
    radiusM: finite(0, 30),
  })
  .map(({ from, step, noiseM, noises, radiusM }) =>
    noises.map(([x, y, z, radius], index) => ({
      x: from[0] + step[0] * index + noiseM * x,
      y: from[1] + step[1] * index + noiseM * y,
      z: from[2] + step[2] * index + noiseM * z,
      radiusM: radiusM + noiseM * radius,
    })),
  );

const length = fc.integer({ min: 0, max: 40 });
/** Of a mission, between its tasks, and such as no mission makes. */
export const taskId = fc.oneof(
  fc
    .tuple(fc.constantFrom('r', 'c'), cell, cell, length)
    .map(([line, at, from, cells]) => `lane:${line}${at}:${from}:${from + cells}`),
  fc.tuple(cell, cell).map(([row, column]) => `confirm:${row}:${column}`),
  fc.constantFrom(...Object.values(ACTIVITY)),
  fc.constantFrom(
    'lane:r07:1:2',
    'lane:c-0:1:2',
    'lane:r1:2',
    'confirm:99999:1',
    'lane:r1:-1:99999',
  ),
  fc.stringMatching(/^[a-z0-9:.-]{1,32}$/u),
);

/** Of the auction: all sizes alike. */
export const price = fc
  .tuple(fc.integer({ min: 0, max: 20 }), finite(0, 1))
  .map(([bits, share]) => priceBelow(share * 2 ** bits));

export const goalId = fc.record({ issuer: u16, epoch: u32, sequence: u32 });

const beacon: fc.Arbitrary<PayloadByTopic['beacon']> = fc.record({
  sysid: u8,
  phase: fc.constantFrom(...FLIGHT_PHASES),
  armed: fc.boolean(),
  mode: fc.oneof(fc.constantFrom(...FLIGHT_MODES), fc.string({ maxLength: 20 })),
  latE7: fc.integer({ min: -900_000_000, max: 900_000_000 }),
  lonE7: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
  altAmslCm: fc.integer({ min: -50_000, max: 900_000 }),
  velocityCmps: fc.tuple(fc.integer({ min: -3000, max: 3000 }), cell, cell),
  positionStdCm: u16,
  batteryPercent: fc.integer({ min: 0, max: 100 }),
  goal: fc.option(goalId),
  progressPermille: fc.integer({ min: 0, max: 1000 }),
  task: fc.option(taskId),
  taskDigest: u32,
  directive: fc.option(fc.tuple(u16, u32)),
  reason: fc.string({ maxLength: 30 }),
  planSource: fc.constantFrom('model', 'analytic', 'safe', 'none'),
  model: fc.string({ maxLength: 20 }),
  logHead: fc.option(fc.tuple(u32, bytes(8, 8))),
  echoes: fc.array(fc.tuple(u16, moment, onTick), { maxLength: 8 }),
  troubles: fc.array(fc.tuple(fc.integer({ min: 0, max: 127 }), fc.string({ maxLength: 16 })), {
    maxLength: 3,
  }),
});

const roster: fc.Arbitrary<PayloadByTopic['roster']> = fc.record({
  swarm: fc.string({ minLength: 1, maxLength: 64 }),
  epoch: u32,
  expiresUnixS: fc.integer({ min: 1, max: 4_000_000_000 }),
  members: fc.array(
    fc.record({
      id: fc.integer({ min: 1, max: 65_535 }),
      name: fc.string({ minLength: 1, maxLength: 32 }),
      role: fc.constantFrom(...ROLES),
      publicKey: bytes(32, 32),
      addresses: fc.array(fc.string({ maxLength: 40 }), { maxLength: 3 }),
    }),
    { maxLength: 12 },
  ),
  groupKeys: fc.uint8Array({ maxLength: 96 }),
  authorityLinks: fc.constant(new Uint8Array(0)),
});

/** Valid payloads of every topic but the two largest, whose builders live with the stories. */
export const payloads: {
  [T in Exclude<Topic, 'goal' | 'safety'>]: fc.Arbitrary<PayloadByTopic[T]>;
} = {
  directive: fc.record(
    {
      kind: fc.constantFrom(...(Object.keys(DIRECTIVES) as DirectiveKind[])),
      confirmed: fc.boolean(),
      number: u32,
      targets: fc.array(u16, { maxLength: 64 }),
      answers: fc.array(tag, { minLength: 1, maxLength: MAX_ANSWERS }),
    },
    { requiredKeys: ['kind', 'confirmed', 'number', 'targets'] },
  ),
  roster,
  intent: fc
    .record({
      goal: goalId,
      planId: u32,
      startMs: moment,
      knotMs: fc.integer({ min: 50, max: 2000 }),
      considered: bytes(0, 8),
      tube,
    })
    .map(({ tube: knots, ...rest }) => ({ ...rest, ...encodeKnots(knots) })),
  bid: fc.record({
    goal: goalId,
    round: u32,
    // Few winners, so that some have several entries in a row.
    entries: fc.array(fc.tuple(taskId, fc.oneof(fc.nat(3), u16), price), { maxLength: 40 }),
    heard: fc.array(fc.tuple(u16, u32), { maxLength: 64 }),
  }),
  taskReport: fc.record({
    goal: goalId,
    task: taskId,
    claimEpoch: u32,
    owner: u16,
    state: fc.constantFrom(...TASK_STATES),
    evidence: fc.string({ maxLength: 50 }),
  }),
  belief: fc.record({
    goal: goalId,
    cells: fc.array(fc.tuple(cell, cell, u8, u8), { maxLength: 128 }),
  }),
  finding: fc.record({
    goal: goalId,
    row: cell,
    column: cell,
    latDeg: finite(-90, 90),
    lonDeg: finite(-180, 180),
    confidence: finite(0, 1),
    looks: u16,
    detections: u16,
  }),
  beacon,
  release: fc.record({
    name: fc.stringMatching(/^[\w.-]{1,64}$/u),
    version: u32,
    piecesSha256: bytes(32, 32),
    bytes: fc.integer({ min: 1, max: MAX_CONTENT_BYTES }),
  }),
};

/** A topic with a payload that fits it. */
export const topicPayload: fc.Arbitrary<{ topic: Topic; payload: PayloadByTopic[Topic] }> = fc
  .constantFrom(...(Object.keys(payloads) as (keyof typeof payloads)[]))
  .chain((topic) =>
    (payloads[topic] as fc.Arbitrary<PayloadByTopic[Topic]>).map((payload) => ({ topic, payload })),
  );
