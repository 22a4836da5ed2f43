import type { Vector3 } from '#protocols/vector.ts';
import { moveNeighbour, neighbourMotionBuffer } from './neighbour-motion.ts';
import type { Situation } from './situation.ts';

/** How far ahead two ways are looked at, s: braking from 5 m/s takes half of it, news of the other are a second old. */
const AHEAD_S = 5;
const STEP_S = 0.25;
/** Who was not heard for so long may be anywhere: waiting for it would help nobody, s. */
const HEARD_S = 3;
/** PX4's speeds on the way home, m/s: MPC_Z_V_AUTO_UP, MPC_XY_CRUISE, MPC_Z_V_AUTO_DN. */
const CLIMB_MPS = 3;
const CROSS_MPS = 5;
const DESCEND_MPS = 1.5;
/** From asking PX4 for LOITER until it brakes, and as it brakes, s and m/s². */
const REACTION_S = 0.5;
const BRAKING_MPS2 = 3;
/** Slower than this a vehicle neither climbs nor descends, m/s. */
const LEVEL_MPS = 0.5;
/** Faster than this aside, a vehicle that climbs crosses as well, m/s. */
const ASIDE_MPS = 1;
/** From this speed it comes to rest, or turns back, in about so long, s. */
const DRIFT_S = 2;
/** By so much two heights look nearer to each other than they are: who waits in its layer shall not take that for the other's, m. */
const HEIGHT_ERROR_M = 1;
/** The two see each other's heights a little differently: in between, both wait, and the one between layers goes first, m. */
const BOTH_WAIT_M = 0.5;
const SIGMAS = 3;
/** Errors beyond this would close the sky, m. */
const MOST_ERROR_M = 4;

/** What PX4 is about to do on this drone's way home. */
export interface WayHome {
  stage: 'climb' | 'cross' | 'descend';
  /** Mission NED. */
  homeNed: Readonly<Vector3>;
  /** Height of the own layer, mission NED, m, down. */
  layerDownM: number;
}

/**
 * On their ways home, which PX4 flies past the guard, drones are kept apart by layers, but each leaves its
 * own to climb and to descend, through those of others. So two of them give way to each other:
 *
 * - Who climbs or descends waits while another passes, as long as it can stop at a height of its own.
 * - Who crosses waits for one that cannot any more; of two at one height the one of the higher sysid.
 *
 * One whose own guard steers it keeps clear of all by itself. Each judges by what it sees, without a word.
 */
export class GivingWay {
  readonly #sysid: number;
  readonly #other = neighbourMotionBuffer();

  constructor(sysid: number) {
    this.#sysid = sysid;
  }

  /** The member to which this drone gives way now; undefined when it may go on. */
  to(situation: Readonly<Situation>, way: Readonly<WayHome>): number | undefined {
    const { neighbours, limits, estimate, nowMs } = situation;
    if (limits === undefined || !estimate.valid) return undefined;
    const other = this.#other;
    const { minSeparationM } = limits.envelope;
    for (const neighbour of neighbours) {
      if (!neighbour.airborne || !moveNeighbour(neighbour, limits.envelope, nowMs, other)) continue;
      if (other.yields || other.ageS > HEARD_S) continue;
      const errorM = Math.min(MOST_ERROR_M, SIGMAS * estimate.positionStdM + other.errorM);
      const size = { heightM: minSeparationM, radiusM: minSeparationM + errorM };
      if (
        meets(estimate, way, other, size) &&
        this.#waitsFor(neighbour.member, estimate, way.stage, minSeparationM)
      ) {
        return neighbour.member;
      }
    }
    return undefined;
  }

  #waitsFor(
    member: number,
    { positionNed: p, velocityNed: v }: Readonly<Moving>,
    stage: WayHome['stage'],
    minSeparationM: number,
  ): boolean {
    const { positionNed: q, velocityNed: w } = this.#other;
    const apartM = Math.abs(q.z - p.z);
    // Nearer in height it would be in the other's way wherever it stops.
    const bandM = minSeparationM - HEIGHT_ERROR_M;
    if (stage !== 'cross' && apartM - stopM(v.z) >= bandM) return true;
    // A climb begins with a flight back to where it was asked for.
    if (stage !== 'cross' && sizeOf(v) <= ASIDE_MPS) return false;
    if (Math.abs(w.z) <= LEVEL_MPS && sizeOf(w) > LEVEL_MPS) {
      return apartM < minSeparationM && member < this.#sysid;
    }
    return apartM - stopM(w.z) < bandM + BOTH_WAIT_M;
  }
}

interface Moving {
  positionNed: Readonly<Vector3>;
  velocityNed: Readonly<Vector3>;
}

const sizeOf = ({ x, y }: Readonly<Vector3>): number => Math.sqrt(x * x + y * y);

/** From asking to wait until the climb or descent has ended, m. */
const stopM = (verticalMps: number): number => {
  const mps = Math.abs(verticalMps);
  return mps <= LEVEL_MPS ? 0 : mps * REACTION_S + (mps * mps) / (2 * BRAKING_MPS2);
};

/**
 * Whether the two come, within the next seconds, into one cylinder of that half height and radius, nearer
 * than they are: the own way as PX4 will fly it, the other's straight on.
 */
const meets = (
  own: Readonly<Moving>,
  way: Readonly<WayHome>,
  { positionNed: q, velocityNed: w }: Readonly<Moving>,
  { heightM, radiusM }: { heightM: number; radiusM: number },
): boolean => {
  const { positionNed: p, velocityNed: v } = own;
  const { stage, homeNed, layerDownM } = way;
  const northM = homeNed.x - p.x;
  const eastM = homeNed.y - p.y;
  const distanceM = Math.sqrt(northM * northM + eastM * eastM);
  const nowM = Math.sqrt((q.x - p.x) ** 2 + (q.y - p.y) ** 2);
  const sense = stage === 'climb' ? -1 : stage === 'descend' ? 1 : 0;
  const fullMps = stage === 'climb' ? CLIMB_MPS : DESCEND_MPS;
  // PX4 may still gather speed, or be set to less: the height lies between that at this speed and at full.
  const slowMps = Math.max(0, Math.min(fullMps, sense * v.z));
  const upmost = stage === 'climb' ? Math.min(p.z, layerDownM) : -Infinity;
  for (let s = STEP_S; s <= AHEAD_S; s += STEP_S) {
    // A climb begins with what is left of the speed before it.
    const driftS = stage === 'climb' ? DRIFT_S * (1 - Math.exp(-s / DRIFT_S)) : 0;
    const share =
      stage === 'climb' || distanceM === 0 ? 0 : Math.min(1, (CROSS_MPS * s) / distanceM);
    const dx = q.x + w.x * s - (p.x + share * northM + driftS * v.x);
    const dy = q.y + w.y * s - (p.y + share * eastM + driftS * v.y);
    const slowZ = Math.max(upmost, p.z + sense * slowMps * s);
    const fullZ = Math.max(upmost, p.z + sense * fullMps * s);
    const z = q.z + w.z * s;
    const overM = Math.max(0, z - Math.max(slowZ, fullZ), Math.min(slowZ, fullZ) - z);
    const asideM = Math.sqrt(dx * dx + dy * dy);
    const isNearer = asideM < nowM || overM < Math.abs(q.z - p.z);
    if (asideM < radiusM && overM < heightM && isNearer) return true;
  }
  return false;
};
