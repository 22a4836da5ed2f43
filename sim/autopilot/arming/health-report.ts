import { REPORT_EVENTS } from '../events/event-kinds.ts';
import type { RaisedEvent } from '../events/raised-event.ts';
import type { Profile } from '../parameters.ts';
import {
  componentBit,
  componentIndex,
  findingsOf,
  groupsLeft,
  LEVEL,
  type ArmingState,
  type Finding,
} from './arming-checks.ts';

/** PX4 looks at this pace, and at once when it was armed, disarmed or put into another mode. */
const LOOK_PERIOD_S = 0.108;
/** Between two reports; the first one comes so long after boot. */
const REPORT_PERIOD_S = 2;

/** What SIH has of PX4's health components, besides those that come and go. */
const PRESENT: Readonly<Record<Profile, number>> = {
  '1.15': 0x2802_0802,
  '1.18': 0x3802_0902,
};
const GNSS_BIT = 0x8;
const STATION_BIT = 0x1000;
/** v1.18: the motors' controllers report. */
const MOTORS_BIT = 0x400;
/** They go on for so long after the motors have stopped. */
const MOTORS_TIMEOUT_S = 2.8;

export interface HealthState extends ArmingState {
  timeS: number;
  /** GNSS is part of the estimate. */
  gnssFused: boolean;
  /** A ground station is heard. */
  stationHeard: boolean;
}

interface Result {
  findings: readonly Finding[];
  /** Health components, as bits. */
  present: number;
  errors: number;
  warnings: number;
  canArm: number;
  canRun: number;
}

/** PX4 compares these: a change in what a check says besides its kind is no difference. */
const saysTheSame = (one: Result, other: Result): boolean =>
  one.present === other.present &&
  one.errors === other.errors &&
  one.warnings === other.warnings &&
  one.canArm === other.canArm &&
  one.canRun === other.canRun &&
  one.findings.length === other.findings.length &&
  one.findings.every(({ kind }, index) => kind.kindName === other.findings[index]!.kind.kindName);

const NO_EVENTS: readonly RaisedEvent[] = [];

/**
 * PX4's report on itself: a summary of all arming checks, those that failed, and a summary of health,
 * as events, whenever something has changed since the last look, every two seconds at most.
 */
export class HealthReport {
  #last: Result | undefined;
  #owed = false;
  #lookedS = Number.NEGATIVE_INFINITY;
  #reportedS = 0;
  #mode = '';
  #armed = false;
  #disarmedS = Number.NEGATIVE_INFINITY;
  #everArmed = false;

  /** The events of a report, if it is time for one. */
  step(
    timeS: number,
    stateOf: () => HealthState,
    mode: string,
    armed: boolean,
  ): readonly RaisedEvent[] {
    const changed = mode !== this.#mode || armed !== this.#armed;
    if (!changed && timeS - this.#lookedS < LOOK_PERIOD_S) return NO_EVENTS;
    if (this.#armed && !armed) this.#disarmedS = timeS;
    this.#everArmed ||= armed;
    this.#mode = mode;
    this.#armed = armed;
    this.#lookedS = timeS;
    return this.#look(timeS, stateOf());
  }

  /** A report at once, whatever it says. */
  force(timeS: number, state: HealthState): readonly RaisedEvent[] {
    this.#owed = true;
    this.#reportedS = Number.NEGATIVE_INFINITY;
    return this.#look(timeS, state);
  }

  #look(timeS: number, state: HealthState): readonly RaisedEvent[] {
    const before = this.#last;
    const now = this.#judge(state);
    this.#last = now;
    this.#owed ||= before === undefined || !saysTheSame(before, now);
    if (!this.#owed || timeS - this.#reportedS < REPORT_PERIOD_S) return NO_EVENTS;
    this.#owed = false;
    this.#reportedS = timeS;
    const { findings, present, errors, warnings, canArm, canRun } = now;
    return [
      REPORT_EVENTS.armingSummary(0, errors, warnings, canArm, canRun),
      ...findings.map(eventOf),
      REPORT_EVENTS.healthSummary(0, present, 0, 0),
    ];
  }

  #judge(state: HealthState): Result {
    const findings = findingsOf(state);
    const { canArm, canRun } = groupsLeft(findings, state);
    let errors = 0;
    let warnings = 0;
    for (const { level, component } of findings) {
      if (level <= LEVEL.error) errors |= componentBit(component);
      else if (level === LEVEL.warning) warnings |= componentBit(component);
    }
    const present = this.#present(state);
    return { findings, present, errors: errors >>> 0, warnings: warnings >>> 0, canArm, canRun };
  }

  #present({ profile, timeS, gnssFused, stationHeard, armed }: HealthState): number {
    let bits = PRESENT[profile];
    if (gnssFused) bits |= GNSS_BIT;
    if (stationHeard) bits |= STATION_BIT;
    const motors = armed || !this.#everArmed || timeS - this.#disarmedS < MOTORS_TIMEOUT_S;
    if (profile === '1.18' && motors) bits |= MOTORS_BIT;
    return bits >>> 0;
  }
}

const eventOf = (finding: Finding): RaisedEvent => ({
  ...finding.kind(finding.named, componentIndex(finding)),
  levels: finding.level * 0x11,
});
