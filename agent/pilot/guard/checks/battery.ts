import type { GuardAction } from '../action.ts';
import type { Watch } from '../check.ts';
import type { Situation } from '../situation.ts';

/** PX4's RTL flies home at MPC_XY_CRUISE (5 m/s), slower against the wind. */
const HOME_SPEED_MPS = 4;
/** RTL climbs first (MPC_Z_V_AUTO_UP 3) and descends at 1.5, then 0.7 m/s near the ground. */
const CLIMB_MPS = 2;
const DESCENT_MPS = 1.1;
/** Turning, loitering over home and the flare. */
const OVERHEAD_S = 12;
/** On top of what the way home is reckoned to take. */
const SAFETY_FACTOR = 1.25;
/** A sagging voltage makes the share jump; one low reading sends nobody home. */
const LOW_FOR_MS = 2000;
/** Below the way down from here plus this, every other thought is too late. */
const EMPTY_SHARE = 0.03;

/** Energy for the way home with the mission's reserve; when even the way down gets short, land here. */
export class BatteryReserve implements Watch {
  readonly name = 'battery';
  #lowSinceMs: number | undefined;
  #worst: GuardAction = 'pass';

  assess(situation: Readonly<Situation>): GuardAction {
    const { nowMs, batteryRemaining: remaining, limits } = situation;
    if (!(remaining >= 0) || limits === undefined || !situation.estimate.valid) return this.#worst;
    const reserve = limits.envelope.batteryReserve;
    const perS = situation.dischargePerS * SAFETY_FACTOR;
    let wanted: GuardAction = 'pass';
    if (remaining < perS * homeSeconds(situation) + reserve) wanted = 'return';
    if (remaining < perS * downSeconds(situation) + EMPTY_SHARE) wanted = 'land';
    if (wanted === 'pass') {
      this.#lowSinceMs = undefined;
      return this.#worst;
    }
    this.#lowSinceMs ??= nowMs;
    if (nowMs - this.#lowSinceMs >= LOW_FOR_MS && this.#worst !== 'land') this.#worst = wanted;
    return this.#worst;
  }

  reset(): void {
    this.#lowSinceMs = undefined;
    this.#worst = 'pass';
  }
}

const heightM = ({ estimate, limits }: Readonly<Situation>): number => {
  const groundM = estimate.homeKnown ? -estimate.home.z : 0;
  return limits === undefined ? 0 : Math.max(0, -estimate.positionNed.z - groundM);
};

const downSeconds = (situation: Readonly<Situation>): number =>
  heightM(situation) / DESCENT_MPS + OVERHEAD_S / 2;

const homeSeconds = (situation: Readonly<Situation>): number => {
  const { estimate, limits } = situation;
  const north = estimate.positionNed.x - (estimate.homeKnown ? estimate.home.x : 0);
  const east = estimate.positionNed.y - (estimate.homeKnown ? estimate.home.y : 0);
  const awayM = Math.sqrt(north * north + east * east);
  const fleet = limits?.envelope.fleet.length ?? 1;
  // The highest layer that any drone may have: a bound needs no knowledge of whose turn it is.
  const envelope = limits?.envelope;
  const topM = envelope === undefined ? 0 : envelope.rtlBaseHeightM + fleet * envelope.rtlLayerM;
  const climbM = Math.max(0, topM - heightM(situation));
  const descentM = Math.max(topM, heightM(situation));
  return awayM / HOME_SPEED_MPS + climbM / CLIMB_MPS + descentM / DESCENT_MPS + OVERHEAD_S;
};
