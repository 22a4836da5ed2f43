import { vector3, type Vector3 } from '#protocols/vector.ts';

/** What one cause adds to what the estimator believes; what is left out is zero. */
export interface SensorError {
  /** Height by a biased barometer: positive down, m. */
  downM?: number;
  /** Velocity by a biased accelerometer, m/s. */
  northMps?: number;
  eastMps?: number;
  downMps?: number;
  /** Heading by a disturbed magnetometer, rad. */
  yawRad?: number;
}

/** Where a false GNSS signal says the receiver is, from where it truly is. */
export interface GnssLie {
  offsetNed: Readonly<Vector3>;
  velocityNed: Readonly<Vector3>;
}

/**
 * What is wrong with the sensors of one vehicle, each cause by a name of its own. It lies in the
 * sensors, not in the estimator: a reboot changes nothing.
 */
export class SensorErrors {
  /** The sum of all causes. */
  readonly total = { downM: 0, northMps: 0, eastMps: 0, downMps: 0, yawRad: 0 };
  /** Undefined while the signal is true. */
  lie: GnssLie | undefined;
  readonly #causes = new Map<string, SensorError>();

  /** `undefined` ends the cause. */
  set(name: string, error: SensorError | undefined): void {
    if (error === undefined) this.#causes.delete(name);
    else this.#causes.set(name, error);
    const { total } = this;
    for (const part of ['downM', 'northMps', 'eastMps', 'downMps', 'yawRad'] as const) {
      total[part] = 0;
      for (const one of this.#causes.values()) total[part] += one[part] ?? 0;
    }
  }
}

/** A fix further off than this fails the estimator's innovation gate (EKF2_GPS_P_GATE 5, noise about 1 m), m. */
const GATE_M = 5;
/** It gives in to a fix that it has refused for so long (EKF2's `reset_timeout_max`), s. */
const GIVES_IN_S = 7;
/** How fast it follows one that passes the gate, s. */
const FOLLOW_S = 0.7;

/** How a false GNSS signal leads PX4's estimator. */
export class LedEstimate {
  /** What the estimate has been led astray by, m and m/s. */
  readonly positionNed: Vector3 = vector3(0, 0, 0);
  readonly velocityNed: Vector3 = vector3(0, 0, 0);
  /** Its innovations fail: GPS_GLITCH of ESTIMATOR_STATUS. */
  rejects = false;
  #rejectedS = 0;

  /** One step with a fix; the jump when the estimator has just reset to it. */
  follow(dtS: number, lie: GnssLie | undefined): Vector3 | undefined {
    const { positionNed: led, velocityNed: v } = this;
    const { offsetNed: to, velocityNed: speed } = lie ?? TRUTH;
    const gapM = Math.hypot(to.x - led.x, to.y - led.y, to.z - led.z);
    this.rejects = gapM > GATE_M;
    if (!this.rejects) {
      this.#rejectedS = 0;
      const share = 1 - Math.exp(-dtS / FOLLOW_S);
      led.x += share * (to.x - led.x);
      led.y += share * (to.y - led.y);
      led.z += share * (to.z - led.z);
      Object.assign(v, speed);
      return undefined;
    }
    // The Doppler of a signal that only steps is true: refused or not, it keeps the velocity right.
    Object.assign(v, vector3(0, 0, 0));
    this.#rejectedS += dtS;
    if (this.#rejectedS < GIVES_IN_S) return undefined;
    this.#rejectedS = 0;
    this.rejects = false;
    const jump = vector3(to.x - led.x, to.y - led.y, to.z - led.z);
    Object.assign(led, to);
    return jump;
  }

  /** Without any fix: nothing is refused, and what it was led by stays. */
  coast(): void {
    this.rejects = false;
    this.#rejectedS = 0;
    Object.assign(this.velocityNed, vector3(0, 0, 0));
  }
}

const TRUTH: GnssLie = { offsetNed: vector3(0, 0, 0), velocityNed: vector3(0, 0, 0) };
