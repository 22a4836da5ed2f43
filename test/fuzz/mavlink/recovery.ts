import type { Random } from '#protocols/random.ts';

export type Damage = 'loss' | 'flips';

export interface DamagedStream {
  bytes: Uint8Array;
  /** Packets that came through whole, in hex. */
  undamaged: string[];
}

/** A serial line that loses or changes each byte with the chance `share`, apart from all others. */
export const damage = (
  packets: readonly Uint8Array[],
  kind: Damage,
  share: number,
  random: Random,
): DamagedStream => {
  const bytes: number[] = [];
  const undamaged: string[] = [];
  for (const packet of packets) {
    let whole = true;
    for (const byte of packet) {
      const hit = random.uniform() < share;
      if (hit) whole = false;
      if (!hit) bytes.push(byte);
      else if (kind === 'flips') bytes.push(byte ^ (1 + Math.floor(random.uniform() * 255)));
    }
    if (whole) undamaged.push(hexOf(packet));
  }
  return { bytes: Uint8Array.from(bytes), undamaged };
};

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Share of the undamaged packets that are among `found`, in order, each counted once. */
export const recoveredShare = ({ undamaged }: DamagedStream, found: readonly string[]): number => {
  const left = new Map<string, number>();
  for (const packet of found) left.set(packet, (left.get(packet) ?? 0) + 1);
  let recovered = 0;
  for (const packet of undamaged) {
    const count = left.get(packet) ?? 0;
    if (count === 0) continue;
    left.set(packet, count - 1);
    recovered += 1;
  }
  return recovered / undamaged.length;
};
