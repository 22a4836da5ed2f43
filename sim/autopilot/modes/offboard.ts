import { copyVector } from '#protocols/vector.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import type { OffboardStream } from '../offboard-stream.ts';
import type { Situation } from '../situation.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

/** An axis that nothing commands makes PX4 refuse the whole setpoint and hold zero velocity. */
const everyAxisCommanded = ({
  positionNed: p,
  velocityNed: v,
  accelerationNed: a,
}: Readonly<FlightSetpoint>): boolean =>
  (Number.isFinite(p.x) || Number.isFinite(v.x) || Number.isFinite(a.x)) &&
  (Number.isFinite(p.y) || Number.isFinite(v.y) || Number.isFinite(a.y)) &&
  (Number.isFinite(p.z) || Number.isFinite(v.z) || Number.isFinite(a.z));

/** OFFBOARD: the companion's latest setpoint, unsmoothed. */
export class Offboard implements ModeBehaviour {
  readonly finished = false;
  readonly landing = false;
  wantsTakeoff = false;
  readonly #stream: OffboardStream;

  constructor(stream: OffboardStream) {
    this.#stream = stream;
  }

  enter(): void {
    this.wantsTakeoff = false;
  }

  step(_dtS: number, situation: Situation, out: FlightSetpoint): void {
    const wanted = this.#stream.setpoint;
    if (wanted.attitude !== undefined) {
      out.attitude = wanted.attitude;
      out.yawRateRadps = wanted.yawRateRadps;
      this.wantsTakeoff = wanted.attitude.thrust > 0;
      return;
    }
    if (everyAxisCommanded(wanted)) {
      copyVector(wanted.positionNed, out.positionNed);
      copyVector(wanted.velocityNed, out.velocityNed);
      copyVector(wanted.accelerationNed, out.accelerationNed);
    } else {
      out.velocityNed.x = 0;
      out.velocityNed.y = 0;
      out.velocityNed.z = 0;
    }
    out.yawRad = wanted.yawRad;
    out.yawRateRadps = wanted.yawRateRadps;
    this.wantsTakeoff =
      out.positionNed.z < situation.motion.positionNed.z ||
      out.velocityNed.z < 0 ||
      out.accelerationNed.z < 0;
  }
}
