import { vector3, type Vector3 } from '#protocols/vector.ts';

/**
 * What a value still lags behind its correction. A correction is not motion: the value first stays
 * where it was and then glides to the corrected one, so that whoever reads it sees no jump.
 */
export class Glide {
  readonly residual: Vector3 = vector3(0, 0, 0);
  readonly #ratePerS: number;

  /** @param ratePerS Speed of the glide, in the value's unit per second. */
  constructor(ratePerS: number) {
    this.#ratePerS = ratePerS;
  }

  get size(): number {
    const { x, y, z } = this.residual;
    return Math.sqrt(x * x + y * y + z * z);
  }

  /** The value has just jumped by this much: shown as if it had not. */
  absorb(jump: Readonly<Vector3>): void {
    this.residual.x -= jump.x;
    this.residual.y -= jump.y;
    this.residual.z -= jump.z;
  }

  step(dtS: number): void {
    const { size } = this;
    const share = size > 0 ? Math.max(0, 1 - (this.#ratePerS * Math.max(0, dtS)) / size) : 0;
    this.residual.x *= share;
    this.residual.y *= share;
    this.residual.z *= share;
  }

  /** The corrected value is shown from now on. */
  end(): void {
    this.residual.x = 0;
    this.residual.y = 0;
    this.residual.z = 0;
  }
}
