import { AdsbVehicle } from 'mavlink-mappings/dist/lib/common.js';

/** PX4's queue of reports (TransponderReport.msg). */
const CAPACITY = 16;

/** Coordinates, altitude, heading, velocity, callsign, squawk: PX4 passes no other flag on. */
const PASSED_FLAGS = 0x3f;

const NONE: readonly AdsbVehicle[] = [];

/**
 * What transponder receivers told the autopilot of other aircraft, on whichever link and by whomever: PX4
 * believes ADSB_VEHICLE unsigned and says it again on all links in its own name, signed if it signs.
 */
export class TransponderReports {
  readonly #waiting: AdsbVehicle[] = [];

  hear(message: AdsbVehicle): void {
    const report = Object.assign(new AdsbVehicle(), message);
    report.flags = (message.flags & PASSED_FLAGS) as AdsbVehicle['flags'];
    this.#waiting.push(report);
    if (this.#waiting.length > CAPACITY) this.#waiting.shift();
  }

  /** Those since the last call. */
  take(): readonly AdsbVehicle[] {
    if (this.#waiting.length === 0) return NONE;
    return this.#waiting.splice(0);
  }
}
