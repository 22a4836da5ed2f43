import type { Estimate } from '#agent/pilot/estimate/estimate.ts';
import { Guard } from '#agent/pilot/guard/guard.ts';
import { limitsOf, type Limits } from '#agent/pilot/guard/limits.ts';
import { emptySituation, type Situation } from '#agent/pilot/guard/situation.ts';
import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import type { Random } from '#protocols/random.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';

export const TICK_S = 0.02;

export const envelopeWith = (changes: Partial<SafetyEnvelope> = {}): SafetyEnvelope => ({
  goalId: { issuer: 100, epoch: 1, sequence: 1 },
  origin: { latDeg: 47, lonDeg: 8, altAmslM: 400 },
  fenceNed: [
    { northM: -80, eastM: -80 },
    { northM: -80, eastM: 80 },
    { northM: 80, eastM: 80 },
    { northM: 80, eastM: -80 },
  ],
  minHeightM: 4,
  maxHeightM: 60,
  minSeparationM: 4,
  maxSpeedMps: 8,
  maxClimbMps: 3,
  maxDescentMps: 2,
  maxAccelerationMps2: 4,
  batteryReserve: 0.2,
  rtlBaseHeightM: 25,
  rtlLayerM: 4,
  lostLinkS: 60,
  lostLinkAction: 'rtl',
  fleet: [1, 2, 3, 4, 5],
  ...changes,
});

export interface Plant {
  positionNed: Vector3;
  velocityNed: Vector3;
}

interface PlantOptions {
  /** Seconds by which the velocity lags the setpoint. */
  lagS: number;
  /** Ticks before a setpoint takes effect. */
  delayTicks: number;
  /** Slowly wandering error of the estimated position, at most this, m. */
  errorM: number;
}

/**
 * A vehicle that follows velocity setpoints with a lag and a delay, its own guard in the loop, and an
 * estimate with a bounded error: what the guard's argument assumes, and nothing kinder.
 */
export class FlightRig {
  readonly guard = new Guard();
  readonly plant: Plant;
  readonly situation: Situation;
  readonly limits: Limits;
  readonly error = vector3(0, 0, 0);
  readonly #estimate: Estimate;
  readonly #pipe: Vector3[];
  readonly #options: PlantOptions;
  readonly #random: Random;
  #tick = 0;

  constructor(
    envelope: SafetyEnvelope,
    start: Vector3,
    random: Random,
    options: Partial<PlantOptions> = {},
  ) {
    this.#options = { lagS: 0.6, delayTicks: 3, errorM: 0.75, ...options };
    this.#random = random;
    this.limits = limitsOf(envelope);
    this.plant = { positionNed: { ...start }, velocityNed: vector3(0, 0, 0) };
    this.#estimate = {
      valid: true,
      deceived: false,
      positionNed: { ...start },
      velocityNed: vector3(0, 0, 0),
      positionStdM: 0.25,
      ageMs: 20,
      yawRad: 0,
      home: vector3(0, 0, 0),
      homeKnown: true,
      localShiftDownM: 0,
      headingShiftRad: 0,
    };
    this.#pipe = Array.from({ length: this.#options.delayTicks }, () => vector3(0, 0, 0));
    this.situation = emptySituation(this.#estimate);
    this.situation.limits = this.limits;
    this.situation.planFresh = true;
    this.situation.batteryRemaining = 1;
    this.guard.begin(vector3(0, 0, 0));
  }

  get estimate(): Readonly<Estimate> {
    return this.#estimate;
  }

  /** Puts the vehicle into motion; the guard takes over from there. */
  launch(velocityNed: Readonly<Vector3>): void {
    Object.assign(this.plant.velocityNed, velocityNed);
    for (const waiting of this.#pipe) Object.assign(waiting, velocityNed);
    this.guard.begin(velocityNed);
  }

  /** The companion dies: its last setpoint flies on, then PX4 brakes by itself at 3 m/s². */
  dieAndStop(onStep: () => void): void {
    const last = { ...this.guard.tick(this.situation).velocityNedMps };
    for (let tick = 0; tick < 1.1 / TICK_S; tick += 1) {
      this.#move(last);
      onStep();
    }
    const speed = Math.sqrt(last.x ** 2 + last.y ** 2 + last.z ** 2);
    for (let left = speed; left > -3; left -= 3 * TICK_S) {
      const share = speed > 0 ? Math.max(0, left) / speed : 0;
      this.#move(vector3(last.x * share, last.y * share, last.z * share));
      onStep();
    }
  }

  /** The estimate of this tick is as bad as can be. */
  forgetPosition(): void {
    this.#estimate.valid = false;
    this.#estimate.ageMs = 2000;
  }

  blur(positionStdM: number): void {
    this.#estimate.positionStdM = positionStdM;
  }

  /** One tick of guard and vehicle; returns the guard's verdict. */
  step(planVelocityNed: Readonly<Vector3>): ReturnType<Guard['tick']> {
    return this.stepUnder(planVelocityNed, () => undefined);
  }

  /** As {@link step}, with the situation changed just before the guard sees it. */
  stepUnder(
    planVelocityNed: Readonly<Vector3>,
    change: (rig: FlightRig, nowMs: number) => void,
  ): ReturnType<Guard['tick']> {
    const { situation } = this;
    this.#tick += 1;
    situation.nowMs = this.#tick * TICK_S * 1000;
    situation.dtS = TICK_S;
    situation.mindHeardMs = situation.nowMs;
    situation.vehicleHeardMs = situation.nowMs;
    situation.operatorHeardMs = situation.nowMs;
    situation.planVelocityNed.x = planVelocityNed.x;
    situation.planVelocityNed.y = planVelocityNed.y;
    situation.planVelocityNed.z = planVelocityNed.z;
    situation.planFresh = true;
    situation.operatorHold = false;
    this.#sense();
    change(this, situation.nowMs);
    const verdict = this.guard.tick(situation);
    this.#move(verdict.velocityNedMps);
    return verdict;
  }

  #sense(): void {
    const { errorM } = this.#options;
    this.#estimate.valid = true;
    this.#estimate.ageMs = 20;
    this.#estimate.positionStdM = 0.25;
    const wander = 0.03 * errorM;
    for (const axis of ['x', 'y', 'z'] as const) {
      this.error[axis] += wander * (this.#random.uniform() - 0.5);
    }
    const size = Math.sqrt(this.error.x ** 2 + this.error.y ** 2 + this.error.z ** 2);
    const share = size > errorM ? errorM / size : 1;
    for (const axis of ['x', 'y', 'z'] as const) {
      this.error[axis] *= share;
      this.#estimate.positionNed[axis] = this.plant.positionNed[axis] + this.error[axis];
      this.#estimate.velocityNed[axis] =
        this.plant.velocityNed[axis] + 0.05 * (this.#random.uniform() - 0.5);
    }
  }

  #move(setpoint: Readonly<Vector3>): void {
    this.#pipe.push({ ...setpoint });
    const effective = this.#pipe.shift()!;
    const share = 1 - Math.exp(-TICK_S / this.#options.lagS);
    for (const axis of ['x', 'y', 'z'] as const) {
      this.plant.velocityNed[axis] += share * (effective[axis] - this.plant.velocityNed[axis]);
      this.plant.positionNed[axis] += TICK_S * this.plant.velocityNed[axis];
    }
  }
}
