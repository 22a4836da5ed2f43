import { vector3, type Vector3 } from '#protocols/vector.ts';
import { outranks, type GuardAction } from './action.ts';
import type { Boundary, Motion, Watch } from './check.ts';
import { altitude } from './checks/altitude.ts';
import { BatteryReserve } from './checks/battery.ts';
import { Geofence } from './checks/geofence.ts';
import { mindSilence } from './checks/mind-silence.ts';
import { operatorHold } from './checks/operator-hold.ts';
import { operatorSilence } from './checks/operator-silence.ts';
import { planAge } from './checks/plan-age.ts';
import { PositionQuality } from './checks/position-quality.ts';
import { Separation } from './checks/separation.ts';
import { TrafficBoundary, trafficWatch } from './checks/traffic.ts';
import { vehicleSilence } from './checks/vehicle-silence.ts';
import { HalfSpaces } from './half-spaces.ts';
import { HoldPosition } from './hold-position.ts';
import { clampToSpeeds, LeastChange, TOLERANCE_MPS, type Reach } from './least-change.ts';
import type { Limits } from './limits.ts';
import type { Situation } from './situation.ts';
import { brakingOf, stopDisplacement, stopSeconds } from './stopping.ts';

/** Standard deviations that bound the own position's error. */
const SIGMAS = 3;

/** A setpoint bent by less than this is not worth a word, m/s. */
const BENT_MPS = 0.1;

/** A plan may lag behind the acceleration limit by this before it counts as outside the envelope, m/s. */
const LAGGING_MPS = 1;

/** The setpoint of this tick and why it is what it is. Overwritten by the next tick. */
export interface GuardVerdict {
  velocityNedMps: Readonly<Vector3>;
  action: GuardAction;
  /** The setpoint differs from what was wanted. */
  modified: boolean;
  /** Names of the checks that had something to say, the gravest first. */
  reasons: readonly string[];
}

/**
 * The last word on every setpoint (docs/guard.md holds the argument). Watches may take the flight away
 * from the plan; boundaries bend what is left as little as they can. It knows neither planner nor
 * model, allocates nothing per tick, and always emits a finite setpoint inside the envelope.
 */
export class Guard {
  readonly #watches: readonly Watch[] = [
    planAge,
    operatorHold,
    mindSilence,
    operatorSilence,
    vehicleSilence,
    trafficWatch,
    new PositionQuality(),
    new BatteryReserve(),
  ];
  readonly #boundaries: readonly Boundary[] = [
    new Geofence(),
    altitude,
    new Separation(),
    new TrafficBoundary(),
  ];
  readonly #planes = new HalfSpaces();
  readonly #solver = new LeastChange();
  readonly #hold = new HoldPosition();
  readonly #wanted = vector3(0, 0, 0);
  readonly #setpoint = vector3(0, 0, 0);
  readonly #reasons: string[] = [];
  readonly #reach: Reach = {
    maxSpeedMps: 0,
    maxClimbMps: 0,
    maxDescentMps: 0,
    from: this.#setpoint,
    changeMps: 0,
  };
  readonly #motion: Motion = {
    positionNed: this.#setpoint,
    velocityNed: this.#setpoint,
    stopNed: vector3(0, 0, 0),
    brakeNed: vector3(0, 0, 0),
    positionErrorM: 0,
    fastestMps: 0,
    stopS: 0,
    brakingMps2: 1,
  };
  readonly #verdict: {
    velocityNedMps: Vector3;
    action: GuardAction;
    modified: boolean;
    reasons: string[];
  } = { velocityNedMps: this.#setpoint, action: 'pass', modified: false, reasons: this.#reasons };

  /** A new flight: timers, hold and setpoint start from the vehicle's present velocity. */
  begin(velocityNed: Readonly<Vector3>): void {
    for (const watch of this.#watches) watch.reset?.();
    this.resume(velocityNed);
  }

  /** Setpoints start again in the same flight: from the vehicle's present velocity, timers kept. */
  resume(velocityNed: Readonly<Vector3>): void {
    this.#hold.forget();
    this.#setpoint.x = velocityNed.x;
    this.#setpoint.y = velocityNed.y;
    this.#setpoint.z = velocityNed.z;
  }

  tick(situation: Readonly<Situation>): Readonly<GuardVerdict> {
    const verdict = this.#verdict;
    this.#reasons.length = 0;
    verdict.modified = false;
    verdict.action = this.#watch(situation);
    this.#choose(situation, verdict.action);
    const { limits } = situation;
    if (limits === undefined) {
      this.#rest();
      return verdict;
    }
    this.#enterEnvelope(limits, situation);
    if (situation.estimate.valid) this.#bound(situation, limits);
    else this.#settle(this.#wanted);
    if (verdict.modified && verdict.action === 'pass') verdict.action = 'modify';
    return verdict;
  }

  #watch(situation: Readonly<Situation>): GuardAction {
    let worst: GuardAction = 'pass';
    for (const watch of this.#watches) {
      const action = watch.assess(situation);
      if (action === 'pass') continue;
      if (outranks(action, worst)) {
        worst = action;
        this.#reasons.unshift(watch.name);
      } else {
        this.#reasons.push(watch.name);
      }
    }
    return worst;
  }

  /** What is wanted before any limit: the plan's velocity, or the hold's. */
  #choose(situation: Readonly<Situation>, action: GuardAction): void {
    const { planVelocityNed: plan, estimate } = situation;
    if (action === 'pass') {
      this.#hold.forget();
      this.#want(plan);
    } else {
      if (action === 'brake' || !estimate.valid) this.#hold.rest();
      else this.#hold.update(estimate);
      this.#want(this.#hold.velocityNed);
    }
  }

  /** A number that is none is no wish: rest instead. */
  #want(velocity: Readonly<Vector3>): void {
    const finite = Number.isFinite(velocity.x + velocity.y + velocity.z);
    this.#wanted.x = finite ? velocity.x : 0;
    this.#wanted.y = finite ? velocity.y : 0;
    this.#wanted.z = finite ? velocity.z : 0;
    if (!finite) this.#object('envelope');
  }

  #object(name: string): void {
    this.#verdict.modified = true;
    if (!this.#reasons.includes(name)) this.#reasons.push(name);
  }

  /** Speeds, and how far the setpoint may move in this tick. */
  #enterEnvelope({ envelope }: Limits, { dtS }: Readonly<Situation>): void {
    const reach = this.#reach;
    const wanted = this.#wanted;
    reach.maxSpeedMps = envelope.maxSpeedMps;
    reach.maxClimbMps = envelope.maxClimbMps;
    reach.maxDescentMps = envelope.maxDescentMps;
    reach.changeMps = envelope.maxAccelerationMps2 * dtS;
    clampToSpeeds(this.#setpoint, reach);
    const { x, y, z } = wanted;
    clampToSpeeds(wanted, reach);
    if (differs(wanted, x, y, z, BENT_MPS)) this.#object('envelope');
  }

  #bound(situation: Readonly<Situation>, limits: Limits): void {
    const planes = this.#planes;
    const wanted = this.#wanted;
    planes.clear();
    this.#measure(situation, limits);
    const { x, y, z } = wanted;
    for (const boundary of this.#boundaries) {
      boundary.bound(situation, limits, this.#motion, planes, wanted);
    }
    const leaning = differs(wanted, x, y, z, BENT_MPS);
    const outcome = this.#solver.solve(wanted, planes, this.#reach);
    this.#explain(leaning, outcome === 'conflict');
    this.#settle(this.#solver.result);
  }

  #measure({ estimate }: Readonly<Situation>, { envelope }: Limits): void {
    const motion = this.#motion;
    const from = this.#setpoint;
    const reach = this.#reach;
    const speed = Math.sqrt(from.x * from.x + from.y * from.y + from.z * from.z);
    motion.positionNed = estimate.positionNed;
    motion.velocityNed = estimate.velocityNed;
    motion.positionErrorM = SIGMAS * estimate.positionStdM;
    motion.brakingMps2 = brakingOf(envelope.maxAccelerationMps2);
    motion.fastestMps = speed + reach.changeMps;
    const share = speed > reach.changeMps ? 1 - reach.changeMps / speed : 0;
    motion.brakeNed.x = share * from.x;
    motion.brakeNed.y = share * from.y;
    motion.brakeNed.z = share * from.z;
    motion.stopS = stopSeconds(motion.fastestMps, motion.brakingMps2);
    stopDisplacement(from, estimate.velocityNed, motion.brakingMps2, motion.stopNed);
  }

  /** Names the boundaries that the wish, as far as this tick could follow it, would have broken. */
  #explain(leaning: boolean, conflict: boolean): void {
    const { x, y, z } = this.#wanted;
    const from = this.#setpoint;
    const change = Math.sqrt((x - from.x) ** 2 + (y - from.y) ** 2 + (z - from.z) ** 2);
    const share = Math.min(1, this.#reach.changeMps / Math.max(change, 1e-9));
    const stepX = from.x + share * (x - from.x);
    const stepY = from.y + share * (y - from.y);
    const stepZ = from.z + share * (z - from.z);
    for (let k = 0; k < this.#planes.count; k += 1) {
      if (this.#planes.excess(k, stepX, stepY, stepZ) > TOLERANCE_MPS) {
        this.#object(this.#planes.ownerOf(k));
      }
    }
    if (leaning) this.#object('separation');
    if (conflict) this.#object('conflict');
    if (this.#reasons.length === 0 && change > LAGGING_MPS) this.#object('envelope');
  }

  #settle(velocity: Readonly<Vector3>): void {
    const from = this.#setpoint;
    const { changeMps } = this.#reach;
    const x = velocity.x - from.x;
    const y = velocity.y - from.y;
    const z = velocity.z - from.z;
    const change = Math.sqrt(x * x + y * y + z * z);
    const share = change > changeMps ? changeMps / change : 1;
    from.x += share * x;
    from.y += share * y;
    from.z += share * z;
  }

  #rest(): void {
    this.#setpoint.x = 0;
    this.#setpoint.y = 0;
    this.#setpoint.z = 0;
    this.#object('no-limits');
  }
}

const differs = (v: Readonly<Vector3>, x: number, y: number, z: number, by: number): boolean =>
  Math.abs(v.x - x) > by || Math.abs(v.y - y) > by || Math.abs(v.z - z) > by;
