import { z } from 'zod';

import type { Publish } from '#protocols/channel/mesh-messages.ts';
import { encodePayload } from '#protocols/gossip/codec.ts';
import { encodeKnots } from '#protocols/gossip/intent.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import type { Episode } from '../../episode/episode.ts';
import { OPERATOR_MEMBER } from '../../episode/identities.ts';
import { faultKind, forMs, sysid } from '../../faults/fault-kind.ts';
import { between, pick } from '../../faults/draws.ts';
import { forgeEnvelope } from '../forger.ts';
import { Insider } from '../insider.ts';
import { Pace } from '../pace.ts';

/** A member speaks in the names of others under its own key: as drones, as the operator, as the authority. */
export const SPOOF = faultKind(
  'spoof',
  { sysid, perS: z.number().min(0.1).max(1000), forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      perS: between(5, 50, random),
      forMs: between(2000, 30_000, random),
    }),
    begin: ({ sysid: id, atMs, perS }, { episode, random }) => {
      if (episode.drone(id) === undefined) return undefined;
      const insider = new Insider(episode, id);
      const others = episode.drones.map((one) => one.sysid).filter((one) => one !== id);
      const pace = new Pace(perS, atMs);
      return {
        step: (nowMs) => {
          for (let count = pace.due(nowMs); count > 0; count -= 1) {
            const other = pick([...others, id], random);
            insider.say(pick(SPOOFS, random)(insider, other, episode), true);
          }
        },
      };
    },
  },
);

type Spoof = (insider: Insider, other: number, episode: Episode) => Uint8Array;

const wordOf =
  (author: (other: number, self: number) => number, word: (other: number) => Publish): Spoof =>
  (insider, other) => {
    const { topic, payload } = word(other);
    const header = insider.forger.header(topic, author(other, insider.sysid), insider.bootEpoch);
    return forgeEnvelope(header, encodePayload(topic, payload as never), insider.sign);
  };

const asOther = (other: number, self: number): number => (other === self ? OPERATOR_MEMBER : other);
const asOperator = (): number => OPERATOR_MEMBER;
const asItself = (_other: number, self: number): number => self;

const GOAL = { issuer: OPERATOR_MEMBER, epoch: 1, sequence: 0 };

const intent = (): Publish => ({
  topic: 'intent',
  payload: {
    goal: GOAL,
    planId: 1,
    startMs: 1,
    knotMs: 400,
    ...encodeKnots([
      { x: 0, y: 0, z: -20, radiusM: 20 },
      { x: 1, y: 0, z: -20, radiusM: 20 },
    ]),
    considered: new Uint8Array(8),
  },
});

const directive = (kind: 'abort' | 'kill' | 'hold' | 'land') => (): Publish => ({
  topic: 'directive',
  payload: { kind, confirmed: true, number: 4_000_000_000, targets: [] },
});

const done = (other: number): Publish => ({
  topic: 'taskReport',
  payload: {
    goal: GOAL,
    task: 'lane:c0:0:2',
    claimEpoch: 9,
    owner: other,
    state: 'done',
    evidence: '',
  },
});

/** A newer roster in which it is an operator; nobody but the authority may sign one. */
const ownRoster: Spoof = (insider, _other, { identities: { roster } }) => {
  const members = roster.members.map((member) =>
    member.id === insider.sysid ? { ...member, role: 'operator' as const } : member,
  );
  return signRoster({ ...roster, epoch: roster.epoch + 1, members }, insider.sign);
};

const SPOOFS: readonly Spoof[] = [
  wordOf(asOther, intent),
  wordOf(asOther, done),
  wordOf(asOperator, directive('abort')),
  wordOf(asOperator, directive('kill')),
  wordOf(asItself, directive('hold')),
  wordOf(asItself, directive('land')),
  ownRoster,
];
