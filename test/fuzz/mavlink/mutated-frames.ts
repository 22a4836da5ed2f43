import { decode } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { Signing } from '#protocols/mavlink/signing.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { onboardTraffic } from './traffic.ts';

export interface FuzzOutcome {
  frames: number;
  /** What still had a right checksum, and was decoded. */
  framesGood: number;
  /** Good frames that nobody had sent, up to their checksums: it passes by chance once in 65,536. */
  forged: number;
  /** Signed frames that were believed; each of those sent can be only once. */
  verified: number;
  /** Longest time that one push and its frames took, ms. */
  longestMs: number;
}

const SEEDS = 512;
const CHUNK_FRAMES = 16;
const KEY = new Uint8Array(32).fill(1);

const randomByte = (random: Random): number => Math.floor(random.uniform() * 256);

const at = (bytes: readonly number[], random: Random): number =>
  Math.floor(random.uniform() * bytes.length);

/** The ways in which a packet is spoilt; several may hit the same one. */
const MUTATIONS: readonly ((bytes: number[], random: Random) => void)[] = [
  (bytes, random) => (bytes[at(bytes, random)] = randomByte(random)),
  (bytes, random) => bytes.splice(at(bytes, random), 1),
  (bytes, random) => bytes.splice(at(bytes, random), 0, randomByte(random)),
  (bytes, random) => (bytes[1] = randomByte(random)),
  (bytes, random) => (bytes[2] = randomByte(random)),
  (bytes, random) => bytes.splice(7, 3, randomByte(random), randomByte(random), 0),
  (bytes, random) => (bytes.length = at(bytes, random)),
  (bytes, random) => bytes.unshift(0xfd, randomByte(random), 0, 0),
  (bytes, random) => bytes.push(...bytes.slice(at(bytes, random))),
  (bytes) => (bytes[0] = 0xfe),
];

const mutated = (packet: Uint8Array, random: Random): Uint8Array => {
  const bytes = [...packet];
  const hits = 1 + Math.floor(random.uniform() * 3);
  for (let hit = 0; hit < hits && bytes.length > 0; hit += 1) {
    MUTATIONS[Math.floor(random.uniform() * MUTATIONS.length)]!(bytes, random);
  }
  return Uint8Array.from(bytes);
};

/** No checksum covers the signature block: changed there, a packet is still a good frame. */
const withoutSignature = (bytes: Uint8Array): string =>
  Buffer.from(bytes.subarray(0, 12 + bytes[1]!)).toString('latin1');

/**
 * Sends `count` spoilt packets through framer, decoder and signature check. Throws what they throw:
 * nothing is expected to. Half of the pushes end a datagram, the rest run on as on a serial line.
 *
 * @param nowMs a clock for {@link FuzzOutcome.longestMs}.
 */
export const fuzzFrames = (count: number, seed: number, nowMs: () => number): FuzzOutcome => {
  const random = seededRandom(seed);
  const seeds = onboardTraffic(SEEDS, random);
  const signing = new Signing({ key: KEY, linkId: 0 });
  for (let index = 0; index < seeds.length; index += 4) {
    seeds[index] = signing.sign(seeds[index]!, 0n);
  }
  const sent = new Set(seeds.map(withoutSignature));
  const framer = new Framer(4096);
  const outcome: FuzzOutcome = { frames: 0, framesGood: 0, forged: 0, verified: 0, longestMs: 0 };
  let pushed = 0;
  let framed = 0;
  while (outcome.frames < count) {
    const chunk: Uint8Array[] = [];
    for (let index = 0; index < CHUNK_FRAMES; index += 1) {
      chunk.push(mutated(seeds[Math.floor(random.uniform() * SEEDS)]!, random));
    }
    const bytes = Buffer.concat(chunk);
    const startMs = nowMs();
    framer.push(bytes);
    if (random.uniform() < 0.5) framer.endDatagram();
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      decode(frame);
      if (signing.verify(frame, 0n) === 'verified') outcome.verified += 1;
      if (!sent.has(withoutSignature(frame.bytes))) outcome.forged += 1;
      framed += frame.bytes.length;
    }
    outcome.longestMs = Math.max(outcome.longestMs, nowMs() - startMs);
    outcome.frames += CHUNK_FRAMES;
    pushed += bytes.length;
  }
  framer.endDatagram();
  for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
    framed += frame.bytes.length;
  }
  outcome.framesGood = framer.counts.framesGood;
  if (framed + framer.counts.bytesSkipped !== pushed) {
    throw new Error(`${pushed} bytes went in, ${framed} + ${framer.counts.bytesSkipped} came out`);
  }
  return outcome;
};
