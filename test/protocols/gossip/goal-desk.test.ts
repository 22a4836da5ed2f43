import { expect, it } from 'vitest';

import { admit } from '#protocols/gossip/admit.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import { createGoalDesk, type GoalDesk } from '#protocols/gossip/goal-desk.ts';
import { createMeshMember, type MeshMember } from '#protocols/gossip/mesh-member.ts';
import { orderTag } from '#protocols/gossip/order-tag.ts';
import { entriesOf } from '#protocols/gossip/registers.ts';
import { decodeSafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import type { Topic } from '#protocols/gossip/topic.ts';

import { storyMission } from './mission-story.ts';

interface Station {
  member: MeshMember;
  desk: GoalDesk;
}

/** Two operators, the second with precedence, whose stations hear each other when the test says so. */
const stations = (): [Station, Station] => {
  const authority = generateSigningKey().key;
  const people = [
    { id: 101, precedence: 0, key: generateSigningKey().key },
    { id: 102, precedence: 7, key: generateSigningKey().key },
  ];
  const members = people.map(({ id, precedence, key }) => ({
    id,
    name: `member-${id}`,
    role: 'operator' as const,
    publicKey: key.publicKey,
    addresses: [],
    precedence,
  }));
  const signedRoster = signRoster(
    { swarm: 'meadow', epoch: 1, expiresUnixS: 2e9, members },
    authority.sign,
  );
  return people.map(({ id, key }) => {
    const member = createMeshMember({
      self: id,
      sign: key.sign,
      verify: verifySignature,
      authorityKey: authority.publicKey,
      signedRoster,
      bootEpoch: 1,
      nowMs: 0,
    });
    return { member, desk: createGoalDesk(member, 1_700_000_000_000) };
  }) as [Station, Station];
};

const ownOf = ({ member }: Station, topic: Topic): Uint8Array[] =>
  entriesOf(member.admission.registers, topic)
    .filter(({ author }) => author === member.admission.self)
    .map(({ bytes }) => bytes);

/** Everything that lasts, from one to the other. */
const tell = (from: Station, to: Station, nowMs: number): void => {
  for (const topic of ['goal', 'directive'] as const) {
    for (const bytes of ownOf(from, topic)) admit(to.member.admission, bytes, nowMs);
  }
};

const answersIn = (safety: Uint8Array): readonly string[] | undefined =>
  decodeSafetyEnvelope(decodeEnvelope(safety)!.payload)!.answers;

it('a goal is newer than any known one; of one moment the issuers’ precedence tells', () => {
  const [low, high] = stations();
  expect(low.desk.start(storyMission, undefined, 0).id).toEqual({
    issuer: 101,
    epoch: 1,
    sequence: 0,
  });
  expect(high.desk.start(storyMission, undefined, 0).id).toMatchObject({ epoch: 1, sequence: 7 });
  tell(high, low, 10);
  expect(low.desk.start(storyMission, undefined, 20).id).toMatchObject({ epoch: 2, sequence: 0 });
});

it('an order answers what its issuer can have noticed, an abort first', () => {
  const [one, other] = stations();
  one.desk.direct('abort', [], false, 0);
  for (let count = 0; count < 40; count += 1) one.desk.direct('hold', [], false, 0);
  tell(one, other, 0);
  // The register kept sixteen, and the abort that only a goal ends.
  const kept = ownOf(one, 'directive');
  expect(kept).toHaveLength(16);
  expect(other.desk.direct('resume', [], false, 900).answers).toEqual([]);
  const goal = other.desk.start(storyMission, undefined, 1000);
  expect(answersIn(goal.safety)).toHaveLength(16);
  expect(answersIn(goal.safety)![0]).toBe(orderTag(kept[0]!));
});

it('nobody answers their own: its place says which came later', () => {
  const [one] = stations();
  one.desk.direct('abort', [], false, 0);
  expect(answersIn(one.desk.start(storyMission, undefined, 5000).safety)).toBeUndefined();
});
