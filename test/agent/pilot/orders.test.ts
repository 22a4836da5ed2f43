import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Authority, emptyAuthorityState } from '#agent/pilot/act/authority.ts';
import { decodePilotMemory, encodePilotMemory, newPilotMemory } from '#agent/pilot/memory.ts';
import { encodeDirective, type DirectiveKind } from '#protocols/gossip/directive.ts';
import { attachSignature, encodeUnsigned } from '#protocols/gossip/envelope.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import { orderTag } from '#protocols/gossip/order-tag.ts';
import { encodeSafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { seededRandom } from '#protocols/random.ts';

import { storySafety } from '../../protocols/gossip/mission-story.ts';

const OPERATORS = [
  { member: 101, publicKey: new Uint8Array(32).fill(1), precedence: 0 },
  { member: 102, publicKey: new Uint8Array(32).fill(2), precedence: 0 },
  { member: 103, publicKey: new Uint8Array(32).fill(3), precedence: 9 },
];
/** Whether a signature is right is another test's question. */
const TRUST = { operators: OPERATORS, authorityKey: undefined, verify: () => true };

interface Word {
  bytes: Uint8Array;
  author: number;
  goal: GoalId | undefined;
  stops: boolean;
}

/** Stations that hear each other or do not, and give orders as the goal desk does. */
class Stations {
  readonly said: Word[] = [];
  readonly #heard = new Map<number, Word[]>(OPERATORS.map(({ member }) => [member, []]));
  readonly #places = new Map<number, number>();
  #unique = 0;

  hear(member: number): void {
    this.#heard.set(member, [...this.said]);
  }

  direct(member: number, kind: DirectiveKind): Word {
    const number = this.said.length + 1;
    const directive = {
      kind,
      confirmed: true,
      number,
      targets: [],
      answers: this.#answers(member),
    };
    const bytes = this.#sign(member, 'directive', encodeDirective(directive));
    return this.#say({ bytes, author: member, goal: undefined, stops: kind === 'abort' });
  }

  start(member: number): Word {
    const known = this.#heard.get(member)!.flatMap(({ goal }) => (goal === undefined ? [] : goal));
    const epoch = 1 + Math.max(0, ...known.map((one) => one.epoch));
    const { precedence } = OPERATORS.find((one) => one.member === member)!;
    const goal = { issuer: member, epoch, sequence: precedence };
    const safety = { ...storySafety(goal, [1]), answers: this.#answers(member) };
    const bytes = this.#sign(member, 'safety', encodeSafetyEnvelope(safety));
    return this.#say({ bytes, author: member, goal, stops: false });
  }

  #say(word: Word): Word {
    this.said.push(word);
    this.#heard.get(word.author)!.push(word);
    return word;
  }

  #answers(member: number): string[] {
    return this.#heard
      .get(member)!
      .filter(({ author, goal }) => author !== member && goal === undefined)
      .slice(-32)
      .map(({ bytes }) => orderTag(bytes));
  }

  #sign(author: number, topic: 'directive' | 'safety', payload: Uint8Array): Uint8Array {
    const sequence = (this.#places.get(author) ?? 0) + 1;
    this.#places.set(author, sequence);
    const header = { topic, author, rosterEpoch: 1, bootEpoch: 1, sequence, sentMs: 0 };
    this.#unique += 1;
    const signature = new Uint8Array(64);
    new DataView(signature.buffer).setUint32(0, this.#unique * 2_654_435_761);
    return attachSignature(encodeUnsigned(header, payload), signature);
  }
}

const member = fc.constantFrom(...OPERATORS.map((one) => one.member));
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hear' as const), member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('start' as const), member }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom<DirectiveKind[]>('hold', 'resume', 'rtl', 'land', 'abort', 'kill'),
      member,
    }),
  },
);
const story = fc.array(step, { minLength: 1, maxLength: 25 }).map((steps) => {
  const stations = new Stations();
  for (const one of steps) {
    if (one.do === 'hear') stations.hear(one.member);
    else if (one.do === 'start') stations.start(one.member);
    else stations.direct(one.member, one.do);
  }
  return stations.said;
});

/** What a pilot makes of words in this order; killed and begun anew after each when `reboots`. */
const outcome = (words: readonly Word[], reboots = false) => {
  let authority = new Authority(1, TRUST, emptyAuthorityState());
  for (const { bytes } of words) {
    authority.receive(bytes);
    if (!reboots) continue;
    const memory = encodePilotMemory({ ...newPilotMemory(), authority: authority.state });
    authority = new Authority(1, TRUST, decodePilotMemory(memory)!.authority);
  }
  const { latched, standing, state } = authority;
  return { latched, standing, goal: state.newestGoal, orders: state.orders };
};

const shuffled = (words: readonly Word[], seed: number): Word[] => {
  const random = seededRandom(seed);
  return [...words]
    .map((word) => ({ word, at: random.uniform() }))
    .sort((a, b) => a.at - b.at)
    .map(({ word }) => word);
};

describe('what several operators say', () => {
  it('means the same in any order, said twice, and across reboots', () => {
    fc.assert(
      fc.property(story, fc.integer(), fc.boolean(), (words, seed, reboots) => {
        const twice = shuffled([...words, ...words], seed);
        expect(outcome(twice, reboots)).toEqual(outcome(words));
      }),
      { numRuns: 500 },
    );
  });

  it('means the same in every one of the orders of up to five words', () => {
    fc.assert(
      fc.property(story, (words) => {
        const few = words.slice(-5);
        const expected = outcome(few);
        for (const order of permutations(few)) expect(outcome(order)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('once an abort was given, flies only under a goal whose issuer knew of it', () => {
    fc.assert(
      fc.property(story, member, fc.integer(), (words, author, seed) => {
        const stations = new Stations();
        // Goals and directives that nobody heard of, before and after the abort.
        for (const word of words) {
          if (word.goal === undefined) stations.direct(word.author, 'resume');
          else stations.start(word.author);
        }
        stations.direct(author, 'abort');
        for (const word of words) if (word.author !== author) stations.start(word.author);
        expect(outcome(shuffled(stations.said, seed)).latched).toBe(true);
        stations.hear(author);
        stations.start(author);
        expect(outcome(shuffled(stations.said, seed)).latched).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('follows one goal: that of who knew the others, else of the greater precedence, else id', () => {
    const stations = new Stations();
    const low = stations.start(101);
    const equal = stations.start(102);
    expect(outcome([equal, low]).goal).toEqual(equal.goal);
    const high = stations.start(103);
    expect(outcome([high, equal, low]).goal).toEqual(high.goal);
    stations.hear(101);
    const later = stations.start(101);
    expect(compareGoalIds(later.goal!, high.goal!)).toBeGreaterThan(0);
    expect(outcome([later, high]).goal).toEqual(later.goal);
  });
});

describe('hold and resume of two operators', () => {
  it('at once: equals stay, the greater precedence counts', () => {
    const equals = new Stations();
    equals.direct(101, 'hold');
    equals.direct(102, 'resume');
    expect(outcome(equals.said).standing).toBe('hold');
    const unequal = new Stations();
    unequal.direct(101, 'hold');
    unequal.direct(103, 'resume');
    expect(outcome(unequal.said).standing).toBe('none');
  });

  it('one after the other: who knew of the first counts, whatever the precedence', () => {
    const stations = new Stations();
    stations.direct(103, 'hold');
    stations.hear(101);
    stations.direct(101, 'resume');
    expect(outcome(stations.said).standing).toBe('none');
    expect(outcome(stations.said.toReversed()).standing).toBe('none');
  });

  it('no operator can overrule in advance what another has not said yet', () => {
    const stations = new Stations();
    const before = stations.direct(101, 'hold');
    const guess = { kind: 'resume' as const, confirmed: false, number: 9, targets: [] };
    const tags = [orderTag(before.bytes), 'ffffffffffffffff'];
    const header = { topic: 'directive' as const, author: 102, rosterEpoch: 1, bootEpoch: 1 };
    const unsigned = encodeUnsigned(
      { ...header, sequence: 1, sentMs: 0 },
      encodeDirective({ ...guess, answers: tags }),
    );
    const resume = attachSignature(unsigned, new Uint8Array(64).fill(7));
    const word = { bytes: resume, author: 102, goal: undefined, stops: false };
    expect(outcome([before, word]).standing).toBe('none');
    expect(outcome([before, word, stations.direct(101, 'hold')]).standing).toBe('hold');
  });
});

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) =>
        permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
      );
