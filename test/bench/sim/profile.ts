import { Session, type Profiler } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SAMPLER = 'node:inspector';
const INTERVAL_US = 500;
/** Rooms of two words: the others are too large to say anything. */
const SPLIT = new Set(['agent', 'sim', 'protocols', 'world']);

/** Where CPU time went. */
export interface Share {
  [column: string]: number | string;
  room: string;
  /** Percent of the time in the room's own code and in what it called from outside all rooms. */
  percent: number;
}

/** Samples this thread from now on; the result ends it. */
export const startProfile = async (): Promise<() => Promise<Profiler.Profile>> => {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return profile;
  };
};

/** `agent/mesh` of a file of ours; undefined for the libraries and the engine itself. */
const roomOf = (url: string): string | undefined => {
  if (!url.startsWith('file:')) return undefined;
  const parts = relative(ROOT, fileURLToPath(url)).split('/');
  if (parts[0] === 'node_modules' || parts[0] === '..') return undefined;
  return parts.length > 2 && SPLIT.has(parts[0]!) ? `${parts[0]}/${parts[1]}` : parts[0];
};

/** Time by room, greatest first: what libraries use counts for the room that called them. */
export const sharesByRoom = ({
  nodes,
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): Share[] => {
  const room = new Map<number, string>();
  const isLeftOut = new Set<number>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const walk = (id: number, caller: string): void => {
    const node = byId.get(id)!;
    const { functionName, url } = node.callFrame;
    const own = functionName === '(garbage collector)' ? 'garbage collector' : roomOf(url);
    const its = own ?? (url === SAMPLER ? SAMPLER : caller);
    // The sampler's own start and end are no part of what it looks at, yet a fifth of a short profile.
    if (functionName === '(idle)' || its === SAMPLER) isLeftOut.add(id);
    room.set(id, its);
    for (const child of node.children ?? []) walk(child, its);
  };
  walk(nodes[0]!.id, 'engine');
  const times = new Map<string, number>();
  let sum = 0;
  for (const [index, id] of samples.entries()) {
    if (isLeftOut.has(id)) continue;
    const us = timeDeltas[index] ?? 0;
    sum += us;
    times.set(room.get(id)!, (times.get(room.get(id)!) ?? 0) + us);
  }
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, us]) => ({ room: name, percent: (100 * us) / sum }));
};
