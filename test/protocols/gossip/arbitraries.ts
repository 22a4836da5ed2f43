import * as fc from 'fast-check';

import type { PayloadByTopic } from '#protocols/channel/mesh-messages.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { DIRECTIVES, type DirectiveKind } from '#protocols/gossip/directive.ts';
import { ROLES } from '#protocols/gossip/roster.ts';
import { TASK_STATES } from '#protocols/gossip/task-report.ts';
import type { Topic } from '#protocols/gossip/topic.ts';

export const u32 = fc.integer({ min: 0, max: 0xff_ff_ff_ff });
const u16 = fc.integer({ min: 0, max: 0xff_ff });
const u8 = fc.integer({ min: 0, max: 255 });
const cell = fc.integer({ min: -4096, max: 4096 });
const finite = (min: number, max: number) =>
  // The encoder writes −0 as 0.
  fc.double({ min, max, noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
const bytes = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max });
const taskId = fc
  .tuple(fc.constantFrom('lane', 'cell', 'confirm'), cell, cell)
  .map(([kind, row, column]) => `${kind}:${row}:${column}`);

export const goalId = fc.record({ issuer: u16, epoch: u32, sequence: u32 });

const beacon: fc.Arbitrary<PayloadByTopic['beacon']> = fc.record({
  sysid: u8,
  phase: fc.constantFrom(...FLIGHT_PHASES),
  armed: fc.boolean(),
  mode: fc.string({ maxLength: 20 }),
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
  echoes: fc.array(fc.tuple(u16, finite(0, 1e9), finite(0, 1e9)), { maxLength: 8 }),
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
});

/** Valid payloads of every topic but the two largest, whose builders live with the stories. */
export const payloads: {
  [T in Exclude<Topic, 'goal' | 'safety'>]: fc.Arbitrary<PayloadByTopic[T]>;
} = {
  directive: fc.record({
    kind: fc.constantFrom(...(Object.keys(DIRECTIVES) as DirectiveKind[])),
    confirmed: fc.boolean(),
    number: u32,
    targets: fc.array(u16, { maxLength: 64 }),
  }),
  roster,
  intent: fc.integer({ min: 0, max: 16 }).chain((knots) =>
    fc.record({
      goal: goalId,
      planId: u32,
      startMs: finite(0, 1e9),
      knotMs: finite(50, 2000),
      knots: bytes(6 * knots, 6 * knots),
      radii: bytes(knots, knots),
      considered: bytes(0, 8),
    }),
  ),
  bid: fc.record({
    goal: goalId,
    round: u32,
    bundle: fc.array(taskId, { maxLength: 16 }),
    entries: fc.array(fc.tuple(taskId, u16, finite(0, 1e6), u32), { maxLength: 40 }),
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
    name: fc.string({ maxLength: 64 }),
    version: u32,
    manifestSha256: bytes(32, 32),
    bytes: u32,
  }),
};

/** A topic with a payload that fits it. */
export const topicPayload: fc.Arbitrary<{ topic: Topic; payload: PayloadByTopic[Topic] }> = fc
  .constantFrom(...(Object.keys(payloads) as (keyof typeof payloads)[]))
  .chain((topic) =>
    (payloads[topic] as fc.Arbitrary<PayloadByTopic[Topic]>).map((payload) => ({ topic, payload })),
  );
