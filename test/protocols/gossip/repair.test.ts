import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { splitBundle } from '#protocols/gossip/bundle.ts';
import type { MeshMember } from '#protocols/gossip/mesh-member.ts';
import { queuePublish } from '#protocols/gossip/mesh-publish.ts';
import { receiveDirect, receiveGossip } from '#protocols/gossip/mesh-receive.ts';
import { emptyRegisters } from '#protocols/gossip/registers.ts';
import { answerRepair, encodeDigest } from '#protocols/gossip/repair.ts';

import { storyGoal, storySafety } from './mission-story.ts';
import { Cast, durableOf, goalOne, OPERATOR, reportOf } from './swarm-story.ts';
import { signSafety } from '#protocols/gossip/mesh-publish.ts';

const cast = new Cast();
const everyone = (): boolean => true;

/** One round that `from` begins with `to`; each message may get lost. Counts the bytes. */
const round = (from: MeshMember, to: MeshMember, isLost: () => boolean): number => {
  const ids = [from.admission.self, to.admission.self] as const;
  let bytes = 0;
  let travelling: { message: Uint8Array; sender: 0 | 1 }[] = [
    { message: encodeDigest(from.admission.registers), sender: 0 },
  ];
  while (travelling.length > 0) {
    const next: typeof travelling = [];
    for (const { message, sender } of travelling) {
      bytes += message.length;
      if (isLost()) continue;
      const receiver = sender === 0 ? to : from;
      const receipt = receiveDirect(receiver, ids[sender], message, 0);
      for (const reply of receipt.replies) {
        next.push({ message: reply, sender: sender === 0 ? 1 : 0 });
      }
    }
    travelling = next;
  }
  return bytes;
};

const claim = (member: MeshMember, task: string): void =>
  queuePublish(member, reportOf(member.admission.self, task), 0);

describe('repair', () => {
  it('gives two members each what the other had, in one round, and is silent afterwards', () => {
    const [one, two] = [cast.member(1), cast.member(2)];
    for (let task = 0; task < 20; task += 1) claim(one, `lane:${task}`);
    claim(two, 'lane:0');
    round(one, two, () => false);
    expect(durableOf(one)).toHaveLength(22);
    expect(durableOf(two)).toEqual(durableOf(one));
    // In step, a round is a digest and nothing else: 8 bytes an author.
    expect(round(two, one, () => false)).toBe(1 + 3 * 8);
  });

  it('brings five members to one state, though half of its messages are lost', () => {
    const story = fc.property(fc.infiniteStream(fc.nat(999)), (stream) => {
      const chance = (): number => stream.next().value as number;
      const members = [1, 2, 3, 4, 5].map((id) => cast.member(id));
      for (const member of members) claim(member, `lane:${member.admission.self}`);
      claim(members[0]!, 'lane:1');
      let rounds = 0;
      const states = (): Set<string> => new Set(members.map((one) => durableOf(one).join()));
      // One round in sixteen comes to its end: half of the stories need 140, one in four hundred needs 500.
      while (states().size > 1 && rounds < 2000) {
        rounds += 1;
        const from = chance() % 5;
        const to = (from + 1 + (chance() % 4)) % 5;
        round(members[from]!, members[to]!, () => chance() < 500);
      }
      expect(rounds).toBeLessThan(2000);
      expect(durableOf(members[4]!)).toHaveLength(6);
    });
    fc.assert(story, { numRuns: 20 });
  });

  it('carries a goal of the largest mission, and orders before all else', () => {
    const station = cast.member(OPERATOR);
    const safety = signSafety(station, storySafety(goalOne), 0);
    const goal = storyGoal(goalOne, safety);
    const ring = goal.mission.area.coordinates[0]!;
    const holes = Array.from({ length: 13 }, () => Array.from({ length: 50 }, () => ring).flat());
    const wide = { ...goal.mission, area: { ...goal.mission.area, coordinates: [ring, ...holes] } };
    queuePublish(station, { topic: 'goal', payload: { ...goal, mission: wide } }, 0);
    const directive = { kind: 'abort', confirmed: false, number: 1, targets: [] } as const;
    queuePublish(station, { topic: 'directive', payload: { ...directive, targets: [] } }, 0);
    const drone = cast.member(1);
    const digest = encodeDigest(drone.admission.registers);
    const inventory = answerRepair(station.admission.registers, digest, everyone).replies[0]!;
    const wants = answerRepair(drone.admission.registers, inventory, everyone).replies;
    const transfers = answerRepair(station.admission.registers, wants[0]!, everyone).replies;
    expect(transfers).toHaveLength(2);
    expect(Math.max(...transfers.map((one) => one.length))).toBeGreaterThan(60_000);
    for (const transfer of transfers) receiveDirect(drone, OPERATOR, transfer, 0);
    expect(durableOf(drone)).toEqual(durableOf(station));
  });

  it('hands over nothing that its author did not sign', () => {
    const drone = cast.member(1);
    const forged = cast.envelope(2, 'taskReport', reportOf(2, 'lane:1').payload as never, {
      signer: 3,
    });
    const receipt = receiveDirect(drone, 3, Uint8Array.from([3, ...forged]), 0);
    expect(receipt.received).toEqual([]);
    expect(drone.counts.lastRefusal).toMatch(/signature/u);
  });

  it('asks for nothing of those whom its roster does not know', () => {
    const stranger = emptyRegisters();
    const two = cast.member(2);
    claim(two, 'lane:1');
    const inventory = answerRepair(two.admission.registers, encodeDigest(stranger), everyone)
      .replies[0]!;
    expect(answerRepair(stranger, inventory, () => false).replies).toEqual([]);
    expect(answerRepair(stranger, inventory, everyone).replies).toHaveLength(1);
  });

  it('survives any bytes, and so does gossip', () => {
    const drone = cast.member(1);
    claim(drone, 'lane:1');
    const before = durableOf(drone);
    const anything = fc.property(
      fc.constantFrom(1, 2, 3, 4, 5),
      fc.uint8Array({ maxLength: 300 }),
      (kind, body) => {
        const message = Uint8Array.from([kind, ...body]);
        receiveDirect(drone, 2, message, 1e9);
        receiveGossip(drone, 2, message, 1e9);
        return splitBundle(message)?.length !== 0;
      },
    );
    expect(fc.check(anything, { numRuns: 3000 }).failed).toBe(false);
    expect(durableOf(drone)).toEqual(before);
  });
});
