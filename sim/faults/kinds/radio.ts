import { z } from 'zod';

import type { Random } from '#protocols/random.ts';
import type { Delay } from '../../radio/radio-field.ts';
import { RADIO_PROFILES, type ProfileName } from '../../radio/profile.ts';
import { faultKind, forMs, member, type DrawScene } from '../fault-kind.ts';
import { around, between, pick, pickTwo, shuffled } from '../draws.ts';

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

/** P5: one direction of a link is no better than this, the other stays what it is. */
export const ASYMMETRIC = faultKind(
  'asymmetric',
  { from: member, to: member, profile, forMs },
  {
    draw: (scene, random) => {
      const [from, to] = pickTwo(membersOf(scene), random);
      return { from, to, profile: 'P3' as const, forMs: whileMs(random) };
    },
    begin: (fault, { episode: { field }, name }) => {
      field.worsen(fault.from, fault.to, name, fault.profile);
      return { end: () => field.worsen(fault.from, fault.to, name, undefined) };
    },
  },
);

const addedMs = z.number().min(0).max(10_000);

/** One link, both directions, is slower and jitters more. */
export const LATENCY = faultKind(
  'latency',
  { a: member, b: member, floorMs: addedMs, jitterMeanMs: addedMs, forMs },
  {
    draw: (scene, random) => {
      const [a, b] = pickTwo(membersOf(scene), random);
      return {
        a,
        b,
        floorMs: between(0, 300, random),
        jitterMeanMs: between(0, 150, random),
        forMs: whileMs(random),
      };
    },
    begin: ({ a, b, floorMs, jitterMeanMs }, { episode: { field }, name }) => {
      const become = (delay: Delay | undefined): void => {
        field.delay(a, b, name, delay);
        field.delay(b, a, name, delay);
      };
      become({ floorMs, meanMs: jitterMeanMs });
      return { end: () => become(undefined) };
    },
  },
);

/** P6: a long partition whose links heal one after the other, in random order. */
export const SPLIT = faultKind(
  'split',
  {
    groups: z.array(z.array(member).max(250)).min(2).max(16),
    healOverMs: z.int().min(0).max(600_000),
    forMs,
  },
  {
    draw: (scene, random) => {
      const members = shuffled(membersOf(scene), random);
      const at = between(1, members.length - 1, random);
      const lastsMs = between(5000, 150_000, random);
      return {
        groups: [members.slice(0, at), members.slice(at)],
        healOverMs: between(0, Math.min(lastsMs, 10_000), random),
        forMs: lastsMs,
      };
    },
    begin: ({ groups, healOverMs, forMs: lastsMs, atMs }, { episode: { field }, name, random }) => {
      const links: [number, number][] = [];
      eachAcross(groups, (from, to) => links.push([from, to]));
      const waiting = shuffled(links, random).map(([from, to], index, all) => ({
        from,
        to,
        healMs: atMs + lastsMs - healOverMs * (1 - (index + 1) / all.length),
      }));
      for (const { from, to } of waiting) field.cut(from, to, name);
      const healUntil = (nowMs: number): void => {
        while (waiting.length > 0 && waiting[0]!.healMs <= nowMs) {
          const { from, to } = waiting.shift()!;
          field.heal(from, to, name);
        }
      };
      return { step: healUntil, end: () => healUntil(Number.POSITIVE_INFINITY) };
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
