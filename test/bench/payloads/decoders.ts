import * as fc from 'fast-check';

import type { PayloadByTopic } from '#protocols/channel/mesh-messages.ts';
import { splitBundle } from '#protocols/gossip/bundle.ts';
import { decodePayload, encodePayload } from '#protocols/gossip/codec.ts';
import { attachSignature, decodeEnvelope, encodeUnsigned } from '#protocols/gossip/envelope.ts';
import { decodePieceMessage, encodePieceMessage } from '#protocols/gossip/pieces.ts';
import { emptyRegisters, keepEntry } from '#protocols/gossip/registers.ts';
import { answerRepair } from '#protocols/gossip/repair.ts';
import { TOPIC_NAMES, type Topic } from '#protocols/gossip/topic.ts';

import { payloads } from '../../protocols/gossip/arbitraries.ts';
import { storyGoal, storySafety } from '../../protocols/gossip/mission-story.ts';

/** Something that takes foreign bytes apart, and sound bytes for it. */
export interface Decoder {
  sound: Uint8Array[];
  /** True when it took the bytes for sound. Must not throw. */
  decode(bytes: Uint8Array): boolean;
}

const SAMPLES = 64;
const NO_SIGNATURE = new Uint8Array(64);

const envelopeOf = (topic: Topic, payload: Uint8Array, sequence: number): Uint8Array =>
  attachSignature(
    encodeUnsigned(
      { topic, author: 7, rosterEpoch: 1, bootEpoch: 1, sequence, sentMs: 5 },
      payload,
    ),
    NO_SIGNATURE,
  );

const soundOf = (topic: Topic, seed: number): Uint8Array[] => {
  const id = { issuer: 7, epoch: 1, sequence: 1 };
  const safety = encodePayload('safety', storySafety(id));
  if (topic === 'safety') return [safety];
  if (topic === 'goal') {
    return [encodePayload('goal', storyGoal(id, envelopeOf('safety', safety, 1)))];
  }
  const arbitrary = payloads[topic] as fc.Arbitrary<never>;
  return fc
    .sample(arbitrary, { numRuns: SAMPLES, seed })
    .map((payload) => encodePayload(topic, payload));
};

const payloadOf = (topic: 'taskReport', seed: number): PayloadByTopic['taskReport'] =>
  fc.sample(payloads[topic], { numRuns: 1, seed })[0]!;

const concat = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const piecesOf = (seed: number): Uint8Array[] => {
  const id = new Uint8Array(32).fill(seed);
  const bytes = new Uint8Array(200).fill(7);
  const all = [
    { kind: 'ask', id, index: 3 },
    { kind: 'piece', id, index: 3, bytes },
    { kind: 'have', id, bits: bytes },
  ] as const;
  return all.map((message) => encodePieceMessage(message));
};

/** Every decoder of what a radio brings, by name. */
export const decodersOf = (seed: number): Record<string, Decoder> => {
  const ofTopics = TOPIC_NAMES.map((topic): [string, Decoder] => [
    topic,
    { sound: soundOf(topic, seed), decode: (bytes) => decodePayload(topic, bytes).ok },
  ]);
  const envelopes = ofTopics.flatMap(([topic, { sound }]) =>
    sound.slice(0, 8).map((payload, index) => envelopeOf(topic as Topic, payload, index)),
  );
  const small = envelopes.filter((one) => one.length < 500);
  const bundles = small.map((_, index) => concat(small.slice(index, index + 5)));
  const registers = emptyRegisters();
  const report = payloadOf('taskReport', seed);
  const held = envelopeOf('taskReport', encodePayload('taskReport', report), 1);
  keepEntry(registers, decodeEnvelope(held)!, report, held, 0);
  // Of author 7, one entry: one that is held, and one that is not.
  const listOf = (kind: number, sequence: number): Uint8Array =>
    Uint8Array.of(kind, 7, 0, 1, 0, 1, 0, 0, 0, sequence, 0, 0, 0);
  const lists = [listOf(2, 2), listOf(4, 1)];
  const digest = concat([Uint8Array.of(1), new Uint8Array(24).fill(7)]);
  const transfers = bundles.map((bundle) => concat([Uint8Array.of(3), bundle]));
  return {
    ...Object.fromEntries(ofTopics),
    envelope: { sound: envelopes, decode: (bytes) => decodeEnvelope(bytes) !== undefined },
    bundle: { sound: bundles, decode: (bytes) => splitBundle(bytes) !== undefined },
    piece: { sound: piecesOf(seed), decode: (bytes) => decodePieceMessage(bytes) !== undefined },
    repair: {
      sound: [...lists, digest, ...transfers.slice(0, 4)],
      decode: (bytes) => {
        const { bundle, replies } = answerRepair(registers, bytes, () => true);
        return bundle !== undefined || replies.length > 0;
      },
    },
  };
};
