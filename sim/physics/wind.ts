import type { Random } from '#protocols/random.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';

/** Air at one vehicle: a mean, turbulence about it, and gusts that come and go. All in mission NED. */
export interface WindParameters {
  meanNorthMps: number;
  meanEastMps: number;
  meanDownMps: number;
  /** Standard deviation of the turbulence, horizontal (each axis) and vertical. */
  turbulenceMps: number;
  verticalTurbulenceMps: number;
  /** Length over which turbulence changes; about 200 ft at low altitude (MIL-F-8785C, Dryden). */
  turbulenceLengthM: number;
  /** Discrete gusts: mean number in a minute, greatest speed, duration. */
  gustsPerMinute: number;
  gustMps: number;
  gustS: number;
}

export const calmAir: Readonly<WindParameters> = {
  meanNorthMps: 0,
  meanEastMps: 0,
  meanDownMps: 0,
  turbulenceMps: 0,
  verticalTurbulenceMps: 0,
  turbulenceLengthM: 60,
  gustsPerMinute: 0,
  gustMps: 0,
  gustS: 3,
};

/** Air in calm weather still drifts past a hovering vehicle; keeps the correlation time finite. */
const LEAST_AIRSPEED_MPS = 1;

/**
 * First-order Gauss–Markov turbulence (the longitudinal Dryden filter on every axis, discretised
 * exactly) plus "1 − cosine" gusts (MIL-F-8785C 3.7.1.3), from a seeded stream. Step it at about 50 Hz.
 */
export class Wind {
  readonly velocityNed: Vector3;
  readonly #parameters: Readonly<WindParameters>;
  readonly #random: Random;
  readonly #turbulence: Vector3 = vector3(0, 0, 0);
  readonly #gustDirection: Vector3 = vector3(0, 0, 0);
  #gustAgeS = Number.POSITIVE_INFINITY;
  #gustPeakMps = 0;
  /** What fronts and squalls add to the wind, each by its name. */
  readonly #fronts = new Map<string, Readonly<Vector3>>();

  constructor(parameters: Readonly<WindParameters>, random: Random) {
    this.#parameters = parameters;
    this.#random = random;
    this.#turbulence.x = parameters.turbulenceMps * random.normal();
    this.#turbulence.y = parameters.turbulenceMps * random.normal();
    this.#turbulence.z = parameters.verticalTurbulenceMps * random.normal();
    this.velocityNed = vector3(
      parameters.meanNorthMps,
      parameters.meanEastMps,
      parameters.meanDownMps,
    );
  }

  /** Wind of a front on top of everything else, m/s; undefined: it has passed. */
  setFront(name: string, velocityNed: Readonly<Vector3> | undefined): void {
    if (velocityNed === undefined) this.#fronts.delete(name);
    else this.#fronts.set(name, velocityNed);
  }

  /** @param airspeedMps the vehicle's speed through the air: it meets the eddies that much sooner. */
  step(dtS: number, airspeedMps: number): void {
    const p = this.#parameters;
    if (p.turbulenceMps > 0 || p.verticalTurbulenceMps > 0) this.#stir(dtS, airspeedMps);
    const gust = p.gustsPerMinute > 0 ? this.#gustMps(dtS) : 0;
    this.velocityNed.x = p.meanNorthMps + this.#turbulence.x + gust * this.#gustDirection.x;
    this.velocityNed.y = p.meanEastMps + this.#turbulence.y + gust * this.#gustDirection.y;
    this.velocityNed.z = p.meanDownMps + this.#turbulence.z + gust * this.#gustDirection.z;
    for (const { x, y, z } of this.#fronts.values()) {
      this.velocityNed.x += x;
      this.velocityNed.y += y;
      this.velocityNed.z += z;
    }
  }

  #stir(dtS: number, airspeedMps: number): void {
    const p = this.#parameters;
    const keep = Math.exp((-dtS * Math.max(airspeedMps, LEAST_AIRSPEED_MPS)) / p.turbulenceLengthM);
    const kick = Math.sqrt(1 - keep * keep);
    const eddy = this.#turbulence;
    eddy.x = keep * eddy.x + kick * p.turbulenceMps * this.#random.normal();
    eddy.y = keep * eddy.y + kick * p.turbulenceMps * this.#random.normal();
    eddy.z = keep * eddy.z + kick * p.verticalTurbulenceMps * this.#random.normal();
  }

  #gustMps(dtS: number): number {
    const p = this.#parameters;
    if (this.#gustAgeS < p.gustS) {
      this.#gustAgeS += dtS;
      return (this.#gustPeakMps / 2) * (1 - Math.cos((2 * Math.PI * this.#gustAgeS) / p.gustS));
    }
    if (this.#random.uniform() < (dtS * p.gustsPerMinute) / 60) this.#beginGust();
    return 0;
  }

  #beginGust(): void {
    const heading = 2 * Math.PI * this.#random.uniform();
    this.#gustPeakMps = this.#parameters.gustMps * (0.5 + 0.5 * this.#random.uniform());
    this.#gustAgeS = 0;
    this.#gustDirection.x = Math.cos(heading);
    this.#gustDirection.y = Math.sin(heading);
    this.#gustDirection.z = 0.3 * (2 * this.#random.uniform() - 1);
  }
}
