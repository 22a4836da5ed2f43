import type { PayloadByTopic, Publish } from '../channel/mesh-messages.ts';
import { Fault } from '../fault.ts';
import { encodePayload } from './codec.ts';
import { attachSignature, encodeUnsigned, type EnvelopeHeader } from './envelope.ts';
import { repeatOrder } from './fast-orders.ts';
import { TICKS_PER_MS } from './layout-writer.ts';
import type { MeshMember } from './mesh-member.ts';
import { queueAgeing, queueLasting } from './outgoing.ts';
import { isDurable, keepEntry } from './registers.ts';
import { maySay } from './roles.ts';
import type { Topic } from './topic.ts';
import { validatePayload } from './validate.ts';

/** Departure times that an echo may name: at 20 messages a second, those of the last six seconds. */
export const MAX_SENT_TIMES = 128;

/**
 * As it is told: on a tick, so that an echo takes four bytes instead of nine, and never later than it
 * was, so that what is concluded from it about a clock stays true.
 */
const departureMs = (nowMs: number): number => Math.floor(nowMs * TICKS_PER_MS) / TICKS_PER_MS;

/** A number that no message or frame of ours had in this boot. */
export const nextNumber = (member: MeshMember): number => {
  member.sequence += 1;
  return member.sequence;
};

const nextHeader = (member: MeshMember, topic: Topic, nowMs: number): EnvelopeHeader => ({
  topic,
  author: member.admission.self,
  rosterEpoch: member.admission.roster.epoch,
  bootEpoch: member.bootEpoch,
  sequence: nextNumber(member),
  sentMs: departureMs(nowMs),
});

const sealed = (member: MeshMember, header: EnvelopeHeader, payload: Uint8Array): Uint8Array => {
  const unsigned = encodeUnsigned(header, payload);
  return attachSignature(unsigned, member.sign(unsigned));
};

/** The envelope of an ageing message that departs now. */
export const signDeparting = (
  member: MeshMember,
  topic: Topic,
  payload: Uint8Array,
  nowMs: number,
): Uint8Array => {
  member.sentTimes.add(departureMs(nowMs));
  for (const oldest of member.sentTimes) {
    if (member.sentTimes.size <= MAX_SENT_TIMES) break;
    member.sentTimes.delete(oldest);
  }
  return sealed(member, nextHeader(member, topic, nowMs), payload);
};

/**
 * Queues our beacon, to be made by `compose` when it departs, so that the position in it is as old as
 * its envelope says. `compose` must keep to schema and budget.
 */
export const queueBeacon = (
  member: MeshMember,
  compose: (departureMs: number) => PayloadByTopic['beacon'],
  nowMs: number,
  hurry = false,
): void => {
  member.outgoing.hurry ||= hurry;
  const make = (departureMs: number): Uint8Array => encodePayload('beacon', compose(departureMs));
  queueAgeing(member.outgoing, 'beacon', make, nowMs);
};

/** The signed limits that go into a goal; to be made before the goal itself. */
export const signSafety = (
  member: MeshMember,
  safety: PayloadByTopic['safety'],
  nowMs: number,
): Uint8Array =>
  sealed(member, nextHeader(member, 'safety', nowMs), encodePayload('safety', safety));

/**
 * Queues a message of our own for the next tick; with `hurry` it waits for no company. Checks it as
 * a peer would: throws Fault 'payload-invalid', 'payload-oversize', 'role' or 'publish-implausible'.
 */
export const queuePublish = (
  member: MeshMember,
  publish: Publish,
  nowMs: number,
  hurry = false,
): void => {
  const { admission, outgoing } = member;
  const { topic, payload } = publish;
  const author = admission.members.get(admission.self);
  if (author === undefined || !maySay(author.role, topic)) {
    throw new Fault('role', `this member may not publish a ${topic}`, {
      data: { member: admission.self, topic, role: author?.role ?? null },
      exit: 'refused',
    });
  }
  const bytes = encodePayload(topic, payload);
  const header = nextHeader(member, topic, nowMs);
  // What ages is numbered when it departs: a number that nobody hears would count as a loss.
  if (!isDurable(topic)) member.sequence -= 1;
  const { roster, verify } = admission;
  const implausible = validatePayload(topic, payload, { author, header, roster, verify });
  if (implausible !== undefined) {
    throw new Fault('publish-implausible', `a ${topic} of our own ${implausible.why}`, {
      data: { topic, why: implausible.why, ...implausible.data },
    });
  }
  outgoing.hurry ||= hurry;
  if (!isDurable(topic)) {
    queueAgeing(outgoing, topic, () => bytes, nowMs);
    return;
  }
  const envelope = sealed(member, header, bytes);
  const signature = envelope.subarray(envelope.length - 64);
  keepEntry(
    admission.registers,
    { ...header, payload: bytes, signature },
    payload,
    envelope,
    nowMs,
  );
  queueLasting(outgoing, topic, envelope, nowMs);
  if (topic === 'directive') repeatOrder(member.orders, envelope, payload, nowMs);
};
