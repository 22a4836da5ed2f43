import type { PayloadByTopic, Publish, Received } from '#protocols/channel/mesh-messages.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import { attachSignature, encodeUnsigned } from '#protocols/gossip/envelope.ts';
import { encodePayload } from '#protocols/gossip/codec.ts';
import { encodeKnots } from '#protocols/gossip/intent.ts';
import { openGroupKey, withGroupKey } from '#protocols/gossip/group-key.ts';
import {
  createMeshMember,
  type GroupKeyOf,
  type MeshMember,
} from '#protocols/gossip/mesh-member.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import { newGroupKey } from '#protocols/gossip/sealing.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, verifySignature, type SigningKey } from '#protocols/gossip/signing.ts';
import type { Topic } from '#protocols/gossip/topic.ts';

import { storyGoal, storySafety } from './mission-story.ts';

export const OPERATOR = 250;
export const OBSERVER = 251;

/** Keys and roster of three drones, an operator and an observer; made once for all tests of a file. */
export class Cast {
  readonly hasLane: boolean;
  readonly #first: Uint8Array;
  readonly authority = generateSigningKey().key;
  readonly keys = new Map<number, SigningKey>(
    [1, 2, 3, 4, 5, OPERATOR, OBSERVER].map((id) => [id, generateSigningKey().key]),
  );

  /** `hasLane`: its rosters bring a group key. */
  constructor(hasLane = false) {
    this.hasLane = hasLane;
    this.#first = this.signedRoster();
  }

  rosterOf(epoch = 1, ids: readonly number[] = [...this.keys.keys()]): Roster {
    const members = ids.map((id) => ({
      id,
      name: `member-${id}`,
      role: roleOf(id),
      publicKey: this.keys.get(id)!.publicKey,
      addresses: [],
    }));
    return { swarm: 'meadow', epoch, expiresUnixS: 2_000_000_000, members };
  }

  signedRoster(epoch = 1, ids?: readonly number[]): Uint8Array {
    const roster = this.rosterOf(epoch, ids);
    const keyed = this.hasLane ? withGroupKey(roster, this.authority, newGroupKey()) : roster;
    return signRoster(keyed, this.authority.sign);
  }

  #groupKeyOf(self: number): GroupKeyOf {
    const { seed } = this.keys.get(self)!;
    return (roster, signer) => openGroupKey(roster, self, seed, signer);
  }

  member(self: number, nowMs = 0, bootEpoch = 1): MeshMember {
    return createMeshMember({
      self,
      sign: this.keys.get(self)!.sign,
      verify: verifySignature,
      authorityKey: this.authority.publicKey,
      signedRoster: this.#first,
      groupKeyOf: this.#groupKeyOf(self),
      bootEpoch,
      nowMs,
    });
  }

  /** A signed envelope of any author, as its own process would make it. */
  envelope<T extends Topic>(
    author: number,
    topic: T,
    payload: PayloadByTopic[T] | Uint8Array,
    place: Partial<Place> = {},
  ): Uint8Array {
    const { bootEpoch = 1, sequence = 1, sentMs = 0, signer = author, rosterEpoch = 1 } = place;
    const header = { topic, author, rosterEpoch, bootEpoch, sequence, sentMs };
    const bytes = payload instanceof Uint8Array ? payload : encodePayload(topic, payload);
    const unsigned = encodeUnsigned(header, bytes);
    return attachSignature(unsigned, this.keys.get(signer)!.sign(unsigned));
  }

  goal(epoch: number, place: Partial<Place> = {}): Uint8Array {
    const id = { issuer: OPERATOR, epoch, sequence: 1 };
    const safety = this.envelope(OPERATOR, 'safety', storySafety(id), { sequence: 1 });
    return this.envelope(OPERATOR, 'goal', storyGoal(id, safety), { sequence: 2, ...place });
  }
}

interface Place {
  bootEpoch: number;
  sequence: number;
  sentMs: number;
  signer: number;
  rosterEpoch: number;
}

const roleOf = (id: number): Roster['members'][number]['role'] => {
  if (id === OPERATOR) return 'operator';
  return id === OBSERVER ? 'observer' : 'drone';
};

export const goalOne = { issuer: OPERATOR, epoch: 1, sequence: 1 };

export const beaconOf = (sysid: number, more: Partial<Beacon> = {}): Beacon => ({
  sysid,
  phase: 'offboard',
  armed: true,
  mode: 'OFFBOARD',
  latE7: 474_000_000,
  lonE7: 85_000_000,
  altAmslCm: 45_000,
  velocityCmps: [0, 0, 0],
  positionStdCm: 50,
  batteryPercent: 80,
  goal: null,
  progressPermille: 0,
  task: null,
  taskDigest: 0,
  directive: null,
  reason: '',
  planSource: 'none',
  model: '',
  logHead: null,
  echoes: [],
  troubles: [],
  ...more,
});

export const reportOf = (owner: number, task: string, claimEpoch = 1): Publish => ({
  topic: 'taskReport',
  payload: { goal: goalOne, task, claimEpoch, owner, state: 'claimed', evidence: '' },
});

export const intentOf = (startMs: number, x = 10): PayloadByTopic['intent'] => ({
  goal: goalOne,
  planId: 1,
  startMs,
  knotMs: 400,
  ...encodeKnots([
    { x, y: 0, z: -20, radiusM: 1 },
    { x: x + 2, y: 0, z: -20, radiusM: 1.5 },
  ]),
  considered: new Uint8Array(8),
});

/** What a member holds that must survive, in a form that two members can be compared by. */
export const durableOf = (member: MeshMember): string[] =>
  [...member.admission.registers.byAuthor]
    .flatMap(([author, entries]) => [...entries.keys()].map((id) => `${author}/${id}`))
    .sort();

export const topicsOf = (received: readonly Received[]): Topic[] =>
  received.map((one) => one.topic);
