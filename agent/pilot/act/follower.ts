import { decodeTrajectory } from '#protocols/channel/trajectory-codec.ts';
import { stepAt, type Trajectory } from '#protocols/trajectory.ts';
import { wrapPi } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';

/** A trajectory may begin this long ago (an inference took its time) and this far ahead, ms. */
const OLDEST_START_MS = 2000;
const LATEST_START_MS = 1000;

/** Without a new trajectory for this long the old one's guesses are worth nothing, tail or not. */
const STALE_AFTER_MS = 6000;

/** A tail that ends slower than this is a hover, m/s. */
const AT_REST_MPS = 0.5;

/**
 * Follows the newest trajectory: its velocity actions while they last, its stopping tail when the mind
 * is late or dead, then nothing. A trajectory without a tail that comes to rest is refused, so that
 * losing the planner always ends in a hover.
 */
export class Follower {
  readonly velocityNed: Vector3 = vector3(0, 0, 0);
  yawRad = 0;
  /** The trajectory covers the moment of the last {@link update}. */
  fresh = false;
  #current: Trajectory | undefined;
  #acceptedMs = Number.NEGATIVE_INFINITY;

  get current(): Trajectory | undefined {
    return this.#current;
  }

  /** Forgets the trajectory: it was made for a flight that is over or taken away. */
  forget(): void {
    this.#current = undefined;
    this.fresh = false;
  }

  /** Takes a trajectory's bytes; undefined when accepted, else why not. */
  accept(bytes: Uint8Array, nowMs: number): string | undefined {
    const trajectory = decodeTrajectory(bytes);
    if (trajectory === undefined) return 'malformed trajectory';
    const beginsInMs = trajectory.startMs - nowMs;
    if (beginsInMs < -OLDEST_START_MS || beginsInMs > LATEST_START_MS) {
      return 'trajectory begins at another time';
    }
    if (this.#current !== undefined && trajectory.startMs < this.#current.startMs) {
      return 'older than the trajectory in force';
    }
    if (!endsAtRest(trajectory)) return 'trajectory without a stopping tail';
    this.#current = trajectory;
    this.#acceptedMs = nowMs;
    return undefined;
  }

  /** Sets velocity, yaw and {@link fresh} for this moment. */
  update(nowMs: number): void {
    const trajectory = this.#current;
    this.fresh = false;
    if (trajectory === undefined || nowMs - this.#acceptedMs > STALE_AFTER_MS) return;
    // One that begins a little later applies now: the one before it is gone.
    const step = nowMs < trajectory.startMs ? 0 : stepAt(trajectory, nowMs);
    if (step === undefined) return;
    this.fresh = true;
    this.velocityNed.x = trajectory.velocityNedMps[3 * step]!;
    this.velocityNed.y = trajectory.velocityNedMps[3 * step + 1]!;
    this.velocityNed.z = trajectory.velocityNedMps[3 * step + 2]!;
    this.yawRad = wrapPi(trajectory.yawRad[step]!);
  }
}

const endsAtRest = ({ velocityNedMps, steps, tailSteps }: Trajectory): boolean => {
  if (tailSteps < 1) return false;
  const at = 3 * (steps - 1);
  const north = velocityNedMps[at]!;
  const east = velocityNedMps[at + 1]!;
  const down = velocityNedMps[at + 2]!;
  return Math.sqrt(north * north + east * east + down * down) <= AT_REST_MPS;
};
