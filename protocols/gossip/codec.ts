import { Packr, Unpackr } from 'msgpackr';
import type * as z from 'zod';

import type { PayloadByTopic } from '../channel/mesh-messages.ts';
import { Fault } from '../fault.ts';
import { decodeBeacon, encodeBeacon } from './beacon-layout.ts';
import { beliefSchema } from './belief.ts';
import { decodeBid, encodeBid } from './bid-layout.ts';
import { decodeDirective, encodeDirective } from './directive.ts';
import { findingSchema } from './finding.ts';
import { goalIdSchema, type GoalId } from './goal-id.ts';
import { goalSchema } from './goal.ts';
import { decodeIntent, encodeIntent } from './intent-layout.ts';
import { releaseSchema } from './release.ts';
import { rosterSchema } from './roster.ts';
import { decodeSafetyEnvelope, encodeSafetyEnvelope } from './safety-envelope.ts';
import { scanMsgpack, type ScanFault } from './scan.ts';
import { taskReportSchema } from './task-report.ts';
import { TOPICS, type Topic } from './topic.ts';

/**
 * What the pilot reads, and what is said so often that its bytes fill the air and its decoding the
 * processor, has a layout of its own; the rest is msgpack.
 */
const LAYOUTS = {
  directive: { encode: encodeDirective, decode: decodeDirective },
  safety: { encode: encodeSafetyEnvelope, decode: decodeSafetyEnvelope },
  intent: { encode: encodeIntent, decode: decodeIntent },
  beacon: { encode: encodeBeacon, decode: decodeBeacon },
  bid: { encode: encodeBid, decode: decodeBid },
} satisfies { [T in Topic]?: Layout<T> };

interface Layout<T extends Topic> {
  /** Throws Fault 'payload-invalid' for what it cannot say, 'payload-oversize' beyond the budget. */
  encode(payload: PayloadByTopic[T]): Uint8Array;
  /** Undefined for anything malformed. Never throws. */
  decode(bytes: Uint8Array): PayloadByTopic[T] | undefined;
}

type FixedTopic = keyof typeof LAYOUTS;
type PackedTopic = Exclude<Topic, FixedTopic>;

const SCHEMAS: { [T in PackedTopic]: z.ZodObject & z.ZodType<PayloadByTopic[T]> } = {
  goal: goalSchema,
  roster: rosterSchema,
  taskReport: taskReportSchema,
  belief: beliefSchema,
  finding: findingSchema,
  release: releaseSchema,
};

/**
 * A payload travels as an array of its fields in the order of its schema, and a goal's id as a
 * triple: names would take half of a beacon's budget. A new field is a new envelope version.
 */
const FIELDS = Object.fromEntries(
  Object.entries(SCHEMAS).map(([topic, schema]) => [topic, Object.keys(schema.shape)]),
) as Record<PackedTopic, string[]>;

const isGoalId = (topic: PackedTopic, field: string): boolean =>
  field === 'goal' || (topic === 'goal' && field === 'id');

/** A goal's polygons make it large and its mission nests eight deep; nothing else does. */
const MAX_DEPTH = 8;
const MAX_GOAL_ELEMENTS = 16_384;
const MAX_ROSTER_ELEMENTS = 8192;
const MAX_ELEMENTS = 1024;

const elementBudget = (topic: Topic): number => {
  if (topic === 'goal') return MAX_GOAL_ELEMENTS;
  return topic === 'roster' ? MAX_ROSTER_ELEMENTS : MAX_ELEMENTS;
};

export type PayloadFault = ScanFault | 'layout' | 'schema';

export type DecodedPayload<T extends Topic> =
  | { ok: true; payload: PayloadByTopic[T] }
  | { ok: false; code: PayloadFault; detail: string };

const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true });

/**
 * The payload bytes of a message. Throws Fault 'payload-invalid' when `payload` does not fit its
 * schema and 'payload-oversize' when it is over the topic's budget.
 */
export const encodePayload = <T extends Topic>(
  topic: T,
  payload: PayloadByTopic[T],
): Uint8Array => {
  const bytes = isFixed(topic) ? encodeFixed(topic, payload) : encodePacked(topic, payload);
  const { budgetBytes } = TOPICS[topic];
  if (bytes.length > budgetBytes) {
    throw new Fault('payload-oversize', `a ${topic} of ${bytes.length} bytes is over its budget`, {
      data: { topic, bytes: bytes.length, budgetBytes },
      remedy: 'Send less in one message.',
    });
  }
  return bytes;
};

/** The payload of hostile bytes, or what is wrong with them. Never throws. */
export const decodePayload = <T extends Topic>(topic: T, bytes: Uint8Array): DecodedPayload<T> => {
  if (isFixed(topic)) {
    const payload = LAYOUTS[topic].decode(bytes);
    if (payload === undefined) return { ok: false, code: 'layout', detail: '' };
    return { ok: true, payload: payload as PayloadByTopic[T] };
  }
  return decodePacked(topic, bytes) as DecodedPayload<T>;
};

const isFixed = (topic: Topic): topic is FixedTopic => Object.hasOwn(LAYOUTS, topic);

const encodeFixed = (topic: FixedTopic, payload: unknown): Uint8Array =>
  (LAYOUTS[topic] as Layout<FixedTopic>).encode(payload as PayloadByTopic[FixedTopic]);

const encodePacked = (topic: Topic, payload: unknown): Uint8Array => {
  const packed = topic as PackedTopic;
  const parsed = SCHEMAS[packed].safeParse(payload);
  if (!parsed.success) {
    const detail = describeIssue(parsed.error);
    throw new Fault('payload-invalid', `a ${topic} of our own does not fit its schema: ${detail}`, {
      data: { topic, detail },
    });
  }
  const values = parsed.data as Record<string, unknown>;
  const fields = FIELDS[packed].map((field) => {
    const value = values[field];
    if (!isGoalId(packed, field) || value === null) {
      // Only a mission has fields that may be left out.
      return packed === 'goal' ? withoutUndefined(value) : value;
    }
    const id = value as GoalId;
    return [id.issuer, id.epoch, id.sequence];
  });
  return new Uint8Array(packr.pack(fields));
};

/** The encoder would write an undefined property as an extension, which every scan refuses. */
const withoutUndefined = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutUndefined(one)]));
};

const decodePacked = (topic: PackedTopic, bytes: Uint8Array): DecodedPayload<PackedTopic> => {
  const fault = scanMsgpack(bytes, {
    maxBytes: TOPICS[topic].budgetBytes,
    maxDepth: MAX_DEPTH,
    maxElements: elementBudget(topic),
  });
  if (fault !== undefined) return { ok: false, code: fault, detail: '' };
  const parsed = SCHEMAS[topic].safeParse(fromFields(topic, unpackr.unpack(bytes)));
  if (!parsed.success) return { ok: false, code: 'schema', detail: describeIssue(parsed.error) };
  return { ok: true, payload: parsed.data as PayloadByTopic[PackedTopic] };
};

/** Named fields again; anything that is no array of the right length is left for the schema to refuse. */
const fromFields = (topic: PackedTopic, decoded: unknown): unknown => {
  const fields = FIELDS[topic];
  if (!Array.isArray(decoded) || decoded.length !== fields.length) return undefined;
  return Object.fromEntries(
    fields.map((field, index) => {
      const value: unknown = decoded[index];
      return [field, isGoalId(topic, field) ? fromGoalTriple(value) : value];
    }),
  );
};

const GOAL_ID_FIELDS = Object.keys(goalIdSchema.shape);

const fromGoalTriple = (value: unknown): unknown =>
  Array.isArray(value) && value.length === GOAL_ID_FIELDS.length
    ? { issuer: value[0] as unknown, epoch: value[1] as unknown, sequence: value[2] as unknown }
    : value;

const describeIssue = (error: z.ZodError): string => {
  const issue = error.issues[0];
  return issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`.slice(0, 120);
};
