import type { FlightMode } from '../modes.ts';
import type { VehicleEvent } from './event-message.ts';
import { eventText } from './event-table.ts';

/** Ids of the events that frame a report: arming checks first, health last. */
const REPORT_BEGINS = 0x01a8_93e0;
const REPORT_ENDS = 0x011d_3727;
/** Place among the first one's values of the modes in which PX4 would arm. */
const CAN_ARM = 3;

/** Levels up to this one keep the vehicle from arming; warnings do not. */
const ERROR_LEVEL = 3;

/** More than PX4 has checks. */
const MAX_CHECKS = 128;

/** Bits by which a check names the modes that it keeps from running (PX4's navigation mode groups). */
const MODE_BITS: Readonly<Partial<Record<FlightMode, number>>> = {
  MANUAL: 0,
  ALTCTL: 1,
  POSCTL: 2,
  AUTO_MISSION: 3,
  AUTO_LOITER: 4,
  AUTO_RTL: 5,
  ACRO: 10,
  OFFBOARD: 14,
  STABILIZED: 15,
  AUTO_TAKEOFF: 17,
  AUTO_LAND: 18,
  AUTO_FOLLOW: 19,
  AUTO_PRECLAND: 20,
  ORBIT: 21,
};

export interface ArmingCheck {
  text: string;
  /** As in {@link VehicleEvent}: 3 and less is an error. */
  level: number;
  /** Bit n: mode group n cannot run because of it. */
  modes: number;
}

/** What PX4 finds wrong with itself, as its newest whole report says. It sends one on each change. */
export class ArmingReport {
  #whole: readonly ArmingCheck[] | undefined;
  #growing: ArmingCheck[] | undefined;
  #armable = 0;

  /** Undefined before the first whole report. */
  get checks(): readonly ArmingCheck[] | undefined {
    return this.#whole;
  }

  /** Takes the next event; says whether it belonged to a report. */
  take(event: VehicleEvent): boolean {
    if (event.id === REPORT_BEGINS) {
      this.#growing = [];
      this.#armable = eventText(event)?.values[CAN_ARM] ?? 0;
      return true;
    }
    if (event.id === REPORT_ENDS) {
      this.#whole = this.#growing ?? this.#whole;
      this.#growing = undefined;
      return true;
    }
    const known = eventText(event);
    // Between begin and end nothing else comes: an unknown one is a newer version's check.
    const isCheck = known === undefined ? this.#growing !== undefined : known.group !== 'default';
    if (!isCheck) return false;
    if (this.#growing !== undefined && this.#growing.length < MAX_CHECKS) {
      const view = new DataView(event.arguments.buffer, event.arguments.byteOffset);
      const modes = known?.values[0] ?? view.getUint32(0, true);
      const text = known?.text ?? `unknown check 0x${event.id.toString(16)}`;
      this.#growing.push({ text, level: event.level, modes });
    }
    return true;
  }

  /** Whether PX4 would arm in a mode; undefined when it has not said. */
  canArm(mode: FlightMode): boolean | undefined {
    const bit = MODE_BITS[mode];
    return this.#whole === undefined || bit === undefined
      ? undefined
      : ((this.#armable >>> bit) & 1) === 1;
  }

  /** Texts of the errors that keep a mode from running, worst first. */
  blocking(mode: FlightMode): string[] {
    const bit = MODE_BITS[mode];
    return (this.#whole ?? [])
      .filter(({ level }) => level <= ERROR_LEVEL)
      .filter(({ modes }) => bit === undefined || ((modes >>> bit) & 1) === 1)
      .toSorted((one, other) => one.level - other.level)
      .map(({ text }) => text);
  }
}
