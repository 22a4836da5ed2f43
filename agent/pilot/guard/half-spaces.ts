/** Who set a plane: decides which yields when not all can be met. */
export type PlaneOwner = 'fence' | 'altitude' | 'separation' | 'traffic';

const OWNERS: readonly PlaneOwner[] = ['fence', 'altitude', 'separation', 'traffic'];
const CODES: Readonly<Record<PlaneOwner, number>> = {
  fence: 0,
  altitude: 1,
  separation: 2,
  traffic: 3,
};

/** Fence edges, floor and ceiling, neighbours, aircraft: more than all of them together. */
const CAPACITY = 512;

/**
 * Half-spaces of velocities, `normal · velocity ≤ bound`, in flat arrays that are filled anew each tick.
 * Planes beyond the capacity cannot occur (MAX_FENCE_VERTICES + MAX_NEIGHBOURS + 32 aircraft + 2 < capacity).
 */
export class HalfSpaces {
  count = 0;
  readonly normalX = new Float64Array(CAPACITY);
  readonly normalY = new Float64Array(CAPACITY);
  readonly normalZ = new Float64Array(CAPACITY);
  /** m/s. */
  readonly bound = new Float64Array(CAPACITY);
  readonly #owner = new Uint8Array(CAPACITY);

  clear(): void {
    this.count = 0;
  }

  /** `normal` must have length 1. */
  add(owner: PlaneOwner, x: number, y: number, z: number, boundMps: number): void {
    if (this.count >= CAPACITY) return;
    const index = this.count;
    this.normalX[index] = x;
    this.normalY[index] = y;
    this.normalZ[index] = z;
    this.bound[index] = boundMps;
    this.#owner[index] = CODES[owner];
    this.count += 1;
  }

  ownerOf(index: number): PlaneOwner {
    return OWNERS[this.#owner[index]!]!;
  }

  isSeparation(index: number): boolean {
    return this.#owner[index] === 2;
  }

  /** How far a velocity is beyond plane `index`, m/s; negative or zero when it obeys. */
  excess(index: number, x: number, y: number, z: number): number {
    return (
      this.normalX[index]! * x +
      this.normalY[index]! * y +
      this.normalZ[index]! * z -
      this.bound[index]!
    );
  }

  /** The greatest {@link excess} over all planes; −∞ without planes. */
  worst(x: number, y: number, z: number): number {
    let worst = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < this.count; index += 1) {
      worst = Math.max(worst, this.excess(index, x, y, z));
    }
    return worst;
  }
}
