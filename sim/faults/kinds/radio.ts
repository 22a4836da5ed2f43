import { z } from 'zod';

import type { Random } from '#protocols/random.ts';
import { RADIO_PROFILES, type ProfileName } from '../../radio/profile.ts';
import { faultKind, forMs, member, type DrawScene } from '../fault-kind.ts';
import { around, between, pick, pickTwo } from '../draws.ts';

const profile = z.enum(Object.keys(RADIO_PROFILES) as ProfileName[]);

const membersOf = ({ sysids, others }: DrawScene): number[] => [...sysids, ...others];

const whileMs = (random: Random): number => between(2000, 40_000, random);

/** Members of different groups cannot hear each other. */
export const PARTITION = faultKind(
  'partition',
  { groups: z.array(z.array(member).max(250)).min(2).max(16), forMs },
  {
    draw: (scene, random) => {
      const groups: [number[], number[]] = [[], []];
      for (const one of membersOf(scene)) pick(groups, random).push(one);
      return { groups, forMs: whileMs(random) };
    },
    begin: ({ groups }, { episode: { field }, name }) => {
      eachAcross(groups, (from, to) => field.cut(from, to, name));
      return { end: () => eachAcross(groups, (from, to) => field.heal(from, to, name)) };
    },
  },
);

/** Nothing passes in one direction. */
export const DEAF = faultKind(
  'deaf',
  { from: member, to: member, forMs },
  {
    draw: (scene, random) => {
      const [from, to] = pickTwo(membersOf(scene), random);
      return { from, to, forMs: whileMs(random) };
    },
    begin: ({ from, to }, { episode: { field }, name }) => {
      field.cut(from, to, name);
      return { end: () => field.heal(from, to, name) };
    },
  },
);

/** One link, both directions, is no better than this. */
export const FADE = faultKind(
  'fade',
  { a: member, b: member, profile, forMs },
  {
    draw: (scene, random) => {
      const [a, b] = pickTwo(membersOf(scene), random);
      return { a, b, profile: pick(['P2', 'P3', 'P4'], random), forMs: whileMs(random) };
    },
    begin: (fault, { episode: { field }, name }) => {
      const become = (to: ProfileName | undefined): void => {
        field.worsen(fault.a, fault.b, name, to);
        field.worsen(fault.b, fault.a, name, to);
      };
      become(fault.profile);
      return { end: () => become(undefined) };
    },
  },
);

const placeM = z.number().min(-100_000).max(100_000);

/** Who receives within its reach receives badly. */
export const JAMMER = faultKind(
  'jammer',
  { northM: placeM, eastM: placeM, radiusM: z.number().positive().max(100_000), forMs },
  {
    draw: ({ reachM }, random) => ({
      northM: around(reachM, random),
      eastM: around(reachM, random),
      radiusM: between(20, 150, random),
      forMs: whileMs(random),
    }),
    begin: (jammer, { episode: { field }, name }) => {
      field.jam(name, jammer);
      return { end: () => field.unjam(name) };
    },
  },
);

/** Every ordered pair of members of different groups. */
const eachAcross = (
  groups: readonly (readonly number[])[],
  visit: (from: number, to: number) => void,
): void => {
  for (const [index, group] of groups.entries()) {
    for (const other of groups.slice(index + 1).flat()) {
      for (const one of group) {
        visit(one, other);
        visit(other, one);
      }
    }
  }
};
