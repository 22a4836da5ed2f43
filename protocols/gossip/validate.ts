import type { PayloadByTopic } from '../channel/mesh-messages.ts';
import type { FaultData } from '../fault.ts';
import { decodePayload } from './codec.ts';
import { decodeEnvelope, signedPart, type EnvelopeHeader } from './envelope.ts';
import { decodeKnots } from './intent.ts';
import type { Member, Roster } from './roster.ts';
import type { Verify } from './signing.ts';
import type { Topic } from './topic.ts';
import type { TubeKnot } from './tube.ts';

/** What a validator may know beside the payload: who speaks, and who else belongs. */
export interface ValidationContext {
  author: Member;
  header: EnvelopeHeader;
  roster: Roster;
  verify: Verify;
}

/** Why a payload of the right form cannot be true, or undefined. */
export type Implausible = { why: string; data?: FaultData } | undefined;

type Validator<T extends Topic> = (
  payload: PayloadByTopic[T],
  context: ValidationContext,
) => Implausible;

/** An intent's coordinates saturate at ±1638 m; a knot beyond this may have been cut off there. */
const MAX_KNOT_M = 1600;
/** Faster than any vehicle that a mission may be written for (limits.maxSpeedMps ≤ 25, climb ≤ 10). */
const MAX_KNOT_SPEED_MPS = 30;
/** An intent speaks of about now; this admits a queue's delay and a long plan. */
const MAX_INTENT_AHEAD_MS = 60_000;

const validateIntent: Validator<'intent'> = (intent, { header }) => {
  const knots = decodeKnots(intent.knots, intent.radii);
  if (knots === undefined) return { why: 'promises no tube' };
  if (Math.abs(intent.startMs - header.sentMs) > MAX_INTENT_AHEAD_MS) {
    return { why: 'starts far from when it was sent', data: { startMs: intent.startMs } };
  }
  const reach = Math.max(...knots.flatMap((knot) => [knot.x, knot.y, knot.z].map(Math.abs)));
  if (reach > MAX_KNOT_M) return { why: 'leaves the plane', data: { reachM: reach } };
  return tooFast(knots, intent.knotMs);
};

const tooFast = (knots: TubeKnot[], knotMs: number): Implausible => {
  // Quantisation moves each end of a step by at most half a unit per axis: 0.1 m covers both.
  const longestM = (MAX_KNOT_SPEED_MPS * knotMs) / 1000 + 0.1;
  for (let index = 1; index < knots.length; index += 1) {
    const from = knots[index - 1]!;
    const to = knots[index]!;
    const squared = (to.x - from.x) ** 2 + (to.y - from.y) ** 2 + (to.z - from.z) ** 2;
    if (squared > longestM * longestM) return { why: 'faster than any vehicle', data: { index } };
  }
  return undefined;
};

const MAX_LAT_E7 = 900_000_000;
const MAX_LON_E7 = 1_800_000_000;

const validateBeacon: Validator<'beacon'> = (beacon, { author, roster }) => {
  const speaksForItself =
    author.role === 'drone'
      ? beacon.sysid === author.id
      : !roster.members.some((one) => one.role === 'drone' && one.id === beacon.sysid);
  if (!speaksForItself) return { why: 'speaks for another vehicle', data: { sysid: beacon.sysid } };
  if (Math.abs(beacon.latE7) > MAX_LAT_E7 || Math.abs(beacon.lonE7) > MAX_LON_E7) {
    return { why: 'is not on this planet' };
  }
  return undefined;
};

/** The limits inside a goal must be signed by the goal's own author, for this very goal. */
const validateGoal: Validator<'goal'> = (goal, { author, verify }) => {
  if (goal.id.issuer !== author.id) return { why: 'issued in the name of another' };
  const envelope = decodeEnvelope(goal.safety);
  if (envelope === undefined || envelope.topic !== 'safety' || envelope.author !== author.id) {
    return { why: 'carries no safety envelope of its issuer' };
  }
  if (!verify(author.publicKey, signedPart(goal.safety), envelope.signature)) {
    return { why: 'carries a forged safety envelope' };
  }
  const safety = decodePayload('safety', envelope.payload);
  if (!safety.ok) return { why: 'carries a malformed safety envelope' };
  const { issuer, epoch, sequence } = safety.payload.goalId;
  const isOwn =
    issuer === goal.id.issuer && epoch === goal.id.epoch && sequence === goal.id.sequence;
  return isOwn ? undefined : { why: 'carries the safety envelope of another goal' };
};

const isTrue = (): Implausible => undefined;

const VALIDATORS: { [T in Topic]: Validator<T> } = {
  goal: validateGoal,
  intent: validateIntent,
  beacon: validateBeacon,
  directive: (directive) =>
    directive.kind === 'kill' && !directive.confirmed ? { why: 'kills unconfirmed' } : undefined,
  taskReport: (report, { author }) =>
    report.owner === author.id ? undefined : { why: 'claims in the name of another' },
  finding: (finding) =>
    finding.detections <= finding.looks ? undefined : { why: 'found more often than looked' },
  belief: (belief) =>
    belief.cells.every(([, , looks, detections]) => detections <= looks)
      ? undefined
      : { why: 'found more often than looked' },
  bid: isTrue,
  release: isTrue,
  // Rosters are opened by signed-roster.ts; a safety envelope never travels alone.
  roster: isTrue,
  safety: () => ({ why: 'travels outside a goal' }),
};

/** One validator per topic: what a schema cannot say about a message. */
export const validatePayload = <T extends Topic>(
  topic: T,
  payload: PayloadByTopic[T],
  context: ValidationContext,
): Implausible => VALIDATORS[topic](payload, context);
