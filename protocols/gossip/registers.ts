import type { PayloadByTopic } from '../channel/mesh-messages.ts';
import type { Envelope } from './envelope.ts';
import type { GoalId } from './goal-id.ts';
import { compareGoalIds } from './goal-order.ts';
import { TOPICS, type Topic } from './topic.ts';

/**
 * The state that must survive: the newest signed envelope of every register. A register is named by
 * (topic, author, key) and has one writer, so newest (boot epoch, sequence) is the whole merge rule,
 * and the content depends on what was received, never on the order.
 */
export interface Registers {
  byAuthor: Map<number, Map<string, Entry>>;
  /** Grows with every entry kept: the order of receipt, which a restarted pilot is told in. */
  nextOrder: number;
}

export interface Entry {
  topic: Topic;
  author: number;
  bootEpoch: number;
  sequence: number;
  /** The envelope exactly as its author signed it. */
  bytes: Uint8Array;
  /** Own monotonic ms of the first receipt: expiry counts from here. */
  receivedMs: number;
  order: number;
  key: string;
  goal: GoalId | undefined;
  /** Release only: 0 for all else. */
  version: number;
  /** Belief only: the cells it speaks of. */
  cells: number[];
}

/**
 * Most registers of one author and topic: the newest stay. 512 covers the tasks of the largest
 * mission; sixteen directives are more than an operator gives between two goals.
 */
const CAPACITY: Partial<Record<Topic, number>> = {
  goal: 1,
  directive: 16,
  roster: 1,
  taskReport: 512,
  belief: 256,
  finding: 256,
  release: 4,
};

/** Begins the key of an abort or kill. */
const STOP = 'stop/';

/** Over all topics: more of one author's is never kept. */
export const MAX_ENTRIES_OF_AUTHOR = Object.values(CAPACITY).reduce((sum, most) => sum + most, 0);

export const emptyRegisters = (): Registers => ({ byAuthor: new Map(), nextOrder: 0 });

/** Names an envelope among all of its author's: no author signs two with one number. */
export const entryId = (envelope: { bootEpoch: number; sequence: number }): string =>
  `${envelope.bootEpoch}:${envelope.sequence}`;

export const isNewer = (
  a: { bootEpoch: number; sequence: number },
  b: { bootEpoch: number; sequence: number },
): boolean =>
  a.bootEpoch - b.bootEpoch > 0 || (a.bootEpoch === b.bootEpoch && a.sequence > b.sequence);

export const holdsEntry = (
  registers: Registers,
  author: number,
  id: { bootEpoch: number; sequence: number },
): boolean => registers.byAuthor.get(author)?.has(entryId(id)) === true;

export const entriesOf = (registers: Registers, topic: Topic): Entry[] =>
  [...registers.byAuthor.values()]
    .flatMap((entries) => [...entries.values()])
    .filter((entry) => entry.topic === topic)
    .sort((a, b) => a.order - b.order);

/** Everything that is kept, in the order of receipt. */
export const allEntries = (registers: Registers): Entry[] =>
  [...registers.byAuthor.values()]
    .flatMap((entries) => [...entries.values()])
    .sort((a, b) => a.order - b.order);

/** The newest goal that any operator ordered. */
export const newestGoal = (registers: Registers): Entry | undefined => {
  const goals = entriesOf(registers, 'goal').filter((entry) => entry.goal !== undefined);
  return goals.sort((a, b) => compareGoalIds(b.goal!, a.goal!))[0];
};

/** The highest version that any operator announced under this name; −1: none. It never goes down. */
export const newestRelease = (registers: Registers, name: string): number => {
  const versions = entriesOf(registers, 'release')
    .filter(({ key }) => key === name)
    .map(({ version }) => version);
  return Math.max(-1, ...versions);
};

/** An abort or a kill. */
export const isStopEntry = ({ key }: Entry): boolean => key.startsWith(STOP);

/** Keeps a durable envelope, or says that what is kept already makes it pointless. */
export const keepEntry = <T extends Topic>(
  registers: Registers,
  envelope: Envelope & { topic: T },
  payload: PayloadByTopic[T],
  bytes: Uint8Array,
  receivedMs: number,
): 'kept' | 'superseded' => {
  const entry: Entry = {
    topic: envelope.topic,
    author: envelope.author,
    bootEpoch: envelope.bootEpoch,
    sequence: envelope.sequence,
    // Its own memory: what came in a bundle would keep the whole bundle.
    bytes: bytes.slice(),
    receivedMs,
    order: registers.nextOrder,
    version: envelope.topic === 'release' ? (payload as PayloadByTopic['release']).version : 0,
    ...registerOf({ topic: envelope.topic, payload } as TopicPayload, envelope),
  };
  const entries = registers.byAuthor.get(entry.author) ?? new Map<string, Entry>();
  if (isPointless(registers, entries, entry)) return 'superseded';
  registers.byAuthor.set(entry.author, entries);
  entries.set(entryId(entry), entry);
  registers.nextOrder += 1;
  forgetSuperseded(registers, entries, entry);
  return entries.has(entryId(entry)) ? 'kept' : 'superseded';
};

/** Forgets the registers of authors that no longer belong. */
export const forgetAuthors = (registers: Registers, belongs: (author: number) => boolean): void => {
  for (const author of registers.byAuthor.keys()) {
    if (!belongs(author)) registers.byAuthor.delete(author);
  }
};

type TopicPayload = { [T in Topic]: { topic: T; payload: PayloadByTopic[T] } }[Topic];

/** Rows and columns lie within ±4096 (belief.ts). */
const cellNumber = (row: number, column: number): number => (row + 4096) * 8193 + column + 4096;

const goalText = (id: GoalId): string => `${id.epoch}.${id.sequence}.${id.issuer}`;

/** Which register a message writes. */
const registerOf = (
  message: TopicPayload,
  id: { bootEpoch: number; sequence: number },
): { key: string; goal: GoalId | undefined; cells: number[] } => {
  switch (message.topic) {
    case 'goal':
      return { key: '', goal: message.payload.id, cells: [] };
    case 'taskReport': {
      const { goal, task } = message.payload;
      return { key: `${goalText(goal)}/${task}`, goal, cells: [] };
    }
    case 'finding': {
      const { goal, row, column } = message.payload;
      return { key: `${goalText(goal)}/${row},${column}`, goal, cells: [] };
    }
    case 'belief': {
      const { goal, cells } = message.payload;
      return {
        key: entryId(id),
        goal,
        cells: cells.map(([row, column]) => cellNumber(row, column)),
      };
    }
    case 'release':
      return { key: message.payload.name, goal: undefined, cells: [] };
    case 'directive': {
      const { kind } = message.payload;
      const stops = kind === 'abort' || kind === 'kill';
      return { key: `${stops ? STOP : ''}${entryId(id)}`, goal: undefined, cells: [] };
    }
    default:
      return { key: '', goal: undefined, cells: [] };
  }
};

const isPointless = (registers: Registers, entries: Map<string, Entry>, entry: Entry): boolean => {
  if (entries.has(entryId(entry))) return true;
  if (isOfOldGoal(entry, newestGoal(registers)?.goal)) return true;
  for (const other of entries.values()) {
    if (isReplacedBy(entry, other)) return true;
  }
  return false;
};

/** Reports, beliefs and findings die with their goal; a goal itself is judged by its own register. */
const isOfOldGoal = (entry: Entry, newest: GoalId | undefined): boolean =>
  newest !== undefined &&
  entry.goal !== undefined &&
  entry.topic !== 'goal' &&
  compareGoalIds(entry.goal, newest) < 0;

const isReplacedBy = (entry: Entry, other: Entry): boolean => {
  if (!isNewer(other, entry)) return false;
  // A new goal ends what its operator ordered before: nothing older may latch a drone that restarts.
  if (other.topic === 'goal' && entry.topic === 'directive') return true;
  return other.topic === entry.topic && other.key === entry.key;
};

const forgetSuperseded = (
  registers: Registers,
  entries: Map<string, Entry>,
  added: Entry,
): void => {
  for (const [id, entry] of entries) if (isReplacedBy(entry, added)) entries.delete(id);
  if (added.topic === 'belief') forgetCovered(entries);
  if (added.topic === 'goal') {
    const newest = newestGoal(registers)?.goal;
    for (const others of registers.byAuthor.values()) {
      for (const [id, entry] of others) if (isOfOldGoal(entry, newest)) others.delete(id);
    }
  }
  forgetOldest(entries, added.topic);
};

/**
 * A belief holds absolute counts, so it is pointless once newer ones of its author speak of all its
 * cells: one pass from the newest to the oldest.
 */
const forgetCovered = (entries: Map<string, Entry>): void => {
  const beliefs = [...entries].filter(([, entry]) => entry.topic === 'belief');
  beliefs.sort(([, a], [, b]) => (isNewer(a, b) ? -1 : 1));
  const coveredByGoal = new Map<string, Set<number>>();
  for (const [id, { goal, cells }] of beliefs) {
    const name = goal === undefined ? '' : goalText(goal);
    const covered = coveredByGoal.get(name) ?? new Set<number>();
    coveredByGoal.set(name, covered);
    if (cells.every((cell) => covered.has(cell))) entries.delete(id);
    else for (const cell of cells) covered.add(cell);
  }
};

const forgetOldest = (entries: Map<string, Entry>, topic: Topic): void => {
  const capacity = CAPACITY[topic] ?? 0;
  const sameTopic = [...entries].filter(([, entry]) => entry.topic === topic);
  if (sameTopic.length <= capacity) return;
  sameTopic.sort(([, a], [, b]) => (isNewer(a, b) ? -1 : 1));
  // The newest abort is not forgotten for the directives that came after it: only a goal ends it.
  const stop = sameTopic.findIndex(([, entry]) => isStopEntry(entry));
  if (stop >= capacity) sameTopic.splice(capacity - 1, 0, ...sameTopic.splice(stop, 1));
  for (const [id] of sameTopic.slice(capacity)) entries.delete(id);
};

export const isDurable = (topic: Topic): boolean => TOPICS[topic].durable;
