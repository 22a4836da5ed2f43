import { z } from 'zod';

import type { Mesh, MeshHandlers } from '#protocols/gossip/mesh.ts';
import type { Member, Roster } from '#protocols/gossip/roster.ts';
import { signingKeyFromSeed, type SigningKey } from '#protocols/gossip/signing.ts';
import type { Random } from '#protocols/random.ts';
import { OPERATOR_MEMBER } from '../../episode/identities.ts';
import { faultKind, forMs } from '../../faults/fault-kind.ts';
import { between, pick } from '../../faults/draws.ts';
import { Forger } from '../forger.ts';
import { Pace } from '../pace.ts';

/** Ids of strangers, on the air and in the roster that they made for themselves. */
const FIRST_STRANGER = 2000;

/** Strangers with keys of their own on no roster, many to one member, who dial everyone again and again and speak. */
export const SYBIL = faultKind(
  'sybil',
  {
    strangers: z.int().min(1).max(1000),
    /** Dials of all of them together. */
    dialsPerS: z.number().min(0.1).max(1000),
    forMs,
  },
  {
    draw: ({ sysids }, random) => ({
      strangers: 10 * sysids.length,
      dialsPerS: between(5, 40, random),
      forMs: between(5000, 60_000, random),
    }),
    begin: ({ strangers, dialsPerS, atMs }, { episode, random, name }) => {
      const { airwaves, attacks, identities } = episode;
      const keys = Array.from({ length: strangers }, (_, index) =>
        keyOf(random.fork(`stranger-${index}`)),
      );
      const first = FIRST_STRANGER + 1000 * Number(name.split('-').at(-1) ?? 0);
      const members = keys.map(({ publicKey }, index): Member => ({
        id: first + index,
        name: `stranger-${first + index}`,
        role: 'operator',
        publicKey: Uint8Array.from(publicKey),
        addresses: [],
      }));
      // Each knows all that belong, and itself.
      const rosterOf = (member: Member): Roster => ({
        ...identities.roster,
        members: [...identities.roster.members, member],
      });
      const victims = [...episode.drones.map(({ sysid }) => sysid), OPERATOR_MEMBER];
      const meshes: Mesh[] = members.map((member) =>
        airwaves.intrude(member.id, rosterOf(member), DEAF_EARS),
      );
      const forgers = keys.map(({ sign }) => new Forger(sign, () => episode.nowMs, 1));
      const pace = new Pace(dialsPerS, atMs);
      return {
        step: (nowMs) => {
          for (let count = pace.due(nowMs); count > 0; count -= 1) {
            const index = Math.floor(strangers * random.uniform());
            const word = forgers[index]!.seal(
              'directive',
              { kind: 'abort', confirmed: false, number: 1, targets: [] },
              first + index,
              1,
            );
            attacks.forge(word);
            attacks.said(word);
            airwaves.knock(first + index, pick(victims, random));
            meshes[index]!.publish(word);
          }
        },
        end: () => {
          for (const mesh of meshes) void mesh.close();
        },
      };
    },
  },
);

const keyOf = (random: Random): SigningKey =>
  signingKeyFromSeed(Uint8Array.from({ length: 32 }, () => Math.floor(256 * random.uniform())));

const DEAF_EARS: MeshHandlers = {
  onGossip: () => 'ignore',
  onDirect: () => undefined,
  onCast: () => undefined,
  onConnect: () => undefined,
  onDisconnect: () => undefined,
};
