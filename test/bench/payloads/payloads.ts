import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { Fault } from '#protocols/fault.ts';

import type { Bench } from '../bench.ts';
import { decodersOf, type Decoder } from './decoders.ts';
import { Mutator } from './mutator.ts';

const HANG_MS = 10;
/** What is slow by its bytes is slow again; a pause of the machine is not. */
const AGAIN = 3;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const heapBytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

const MiB = 1 << 20;

type Row = Record<string, number | string>;

const timeMs = (work: () => void): number => {
  const fromMs = performance.now();
  work();
  return performance.now() - fromMs;
};

/** Feeds a decoder `count` broken messages. */
const batter = (name: string, { sound, decode }: Decoder, count: number, seed: number): Row => {
  const refused = sound.filter((bytes) => !decode(bytes)).length;
  if (refused > 0) {
    throw new Fault('bench-unsound', `${name} refuses ${refused} of its own sound messages`);
  }
  const mutator = new Mutator(sound, seed);
  let [crashes, hangs, taken, slowestMs] = [0, 0, 0, 0];
  let firstCrash = '';
  const one = (bytes: Uint8Array): void => {
    try {
      if (decode(bytes)) taken += 1;
    } catch (error) {
      crashes += 1;
      if (firstCrash === '') {
        firstCrash = `${String(error)} on ${Buffer.from(bytes).toString('hex').slice(0, 400)}`;
      }
    }
  };
  const settled = Math.floor(count / 10);
  let before = 0;
  const cpuBefore = process.cpuUsage();
  for (let index = 0; index < count; index += 1) {
    if (index === settled) before = heapBytes();
    const bytes = mutator.next();
    let tookMs = timeMs(() => one(bytes));
    for (let time = 0; time < AGAIN && tookMs > HANG_MS; time += 1) {
      tookMs = Math.min(
        tookMs,
        timeMs(() => decode(bytes)),
      );
    }
    if (tookMs > HANG_MS) hangs += 1;
    slowestMs = Math.max(slowestMs, tookMs);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const grownMiB = (heapBytes() - before) / MiB;
  if (firstCrash !== '') console.error(`${name}: ${firstCrash}`);
  return {
    decoder: name,
    messages: count,
    crashes,
    hangs,
    slowestMs,
    takenShare: taken / count,
    heapGrownMiB: grownMiB,
    cpuUsEach: (user + system) / count,
  };
};

/** Ten million broken messages for every decoder (`--short`: a hundred thousand), as a radio may bring them. */
export const payloadsBench: Bench = {
  about: 'broken messages for every decoder: crashes, hangs over 10 ms, memory; parts are decoders',
  seeds: [1, 1],
  run: ({ short, seeds, only, tell }) => {
    const rows: Row[] = [];
    for (const seed of seeds) {
      for (const [name, decoder] of Object.entries(decodersOf(seed))) {
        if (only.length > 0 && !only.includes(name)) continue;
        rows.push(batter(name, decoder, short ? 100_000 : 10_000_000, seed));
        tell(JSON.stringify(rows.at(-1)));
      }
    }
    const sum = (key: string): number => rows.reduce((total, row) => total + Number(row[key]), 0);
    return Promise.resolve({
      crashes: sum('crashes'),
      hangs: sum('hangs'),
      heapGrownMiBMax: Math.max(...rows.map((row) => Number(row['heapGrownMiB']))),
      decoders: rows,
    });
  },
};
