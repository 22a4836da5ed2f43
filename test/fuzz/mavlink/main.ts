/**
 *   node test/fuzz/mavlink/main.ts --frames 10000000 --seed 1
 *
 * Sends spoilt packets through framer, decoder and signature check until one of them throws, takes
 * longer than 10 ms over sixteen packets, or the heap grows; prints one JSON object.
 */
import { parseArgs } from 'node:util';
import { fuzzFrames } from './mutated-frames.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});
const frames = Number(values.frames);
const BATCH = 1_000_000;
const heapMb: number[] = [];
const total = { frames: 0, framesGood: 0, forged: 0, verified: 0, longestMs: 0 };
for (let batch = 0; batch * BATCH < frames; batch += 1) {
  const count = Math.min(BATCH, frames - batch * BATCH);
  const outcome = fuzzFrames(count, Number(values.seed) + batch, () => performance.now());
  total.frames += outcome.frames;
  total.framesGood += outcome.framesGood;
  total.forged += outcome.forged;
  total.verified += outcome.verified;
  total.longestMs = Math.max(total.longestMs, outcome.longestMs);
  globalThis.gc?.();
  heapMb.push(Math.round(process.memoryUsage().heapUsed / 1e6));
  process.stderr.write(`${total.frames} frames, heap ${heapMb.at(-1)} MB\n`);
}
console.log(JSON.stringify({ ...total, heapMb }));
