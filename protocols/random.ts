import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded randomness, handed to whoever needs it; the same seed gives the same numbers for ever. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** An independent stream named by `label`: adding a consumer does not disturb the others. */
  fork(label: string): Random;
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo): turns a label into a seed. */
const hashLabel = (label: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < label.length; index += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
};

/**
 * MurmurHash3's finaliser (Appleby): every bit in touches every bit out. The generator's first draw is its
 * seed with the bits turned, so without this two forks of one stream, or one fork of two neighbouring
 * seeds, would begin alike.
 */
const mixed = (value: number): number => {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
};

export const seededRandom = (seed: number): Random => {
  const generator = xoroshiro128plus(seed | 0);
  let spare: number | undefined;
  const uniform = (): number => (generator.next() >>> 0) / 4_294_967_296;
  return {
    uniform,
    normal: () => {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // Box–Muller; 1 − u keeps the logarithm away from zero.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    fork: (label) => seededRandom(mixed(Math.imul(seed | 0, 0x9e3779b1) ^ hashLabel(label))),
  };
};
