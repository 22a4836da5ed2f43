import type { Profile } from './parameters.ts';

export type CalibratedSensor = 'gyro' | 'mag' | 'accel' | 'level';

/** For people: "[cal] …" is what ground stations read to show a calibration. */
export interface CalibrationText {
  text: string;
  isFailure: boolean;
}

interface Line extends CalibrationText {
  dueS: number;
}

/** How long the gyroscopes of a vehicle at rest take, as recorded; the level takes a few seconds. */
const GYRO_S: Readonly<Record<Profile, number>> = { '1.15': 16.5, '1.18': 1.5 };
const LEVEL_S = 4;
/** A sensor that wants the vehicle turned gives up when nobody turns it for so long. */
const UNTURNED_S = 90;
/** Until a side is found to be held still, and until it has been measured. */
const STILL_S = 3;
const SIDE_S = 5;
const PROGRESS_STEP = 10;

const NOTHING: readonly CalibrationText[] = [];

/**
 * PREFLIGHT_CALIBRATION in PX4's words (docs.px4.io, "Sensor calibration"). Gyroscopes and level come to
 * their end; accelerometers and magnetometers wait for somebody who turns the vehicle, in vain.
 */
export class Calibration {
  /** Seconds since boot. */
  untilS = 0;
  #lines: Line[] = [];

  start(sensor: CalibratedSensor, timeS: number, profile: Profile): void {
    this.#lines = [];
    this.#say(timeS, `calibration started: 2 ${sensor}`);
    if (sensor === 'gyro') this.#complete(sensor, timeS, GYRO_S[profile]);
    else if (sensor === 'level') this.#complete(sensor, timeS, LEVEL_S);
    else this.#waitForTurns(sensor, timeS);
  }

  /** Whether there was anything to cancel. */
  cancel(timeS: number): boolean {
    if (timeS >= this.untilS) return false;
    this.#lines = [];
    this.untilS = timeS;
    this.#say(timeS, 'calibration cancelled', true);
    return true;
  }

  /** What there is to say by now, once. */
  take(timeS: number): readonly CalibrationText[] {
    if (this.#lines.length === 0 || this.#lines[0]!.dueS > timeS) return NOTHING;
    const due = this.#lines.filter(({ dueS }) => dueS <= timeS);
    this.#lines = this.#lines.slice(due.length);
    return due;
  }

  #complete(sensor: CalibratedSensor, timeS: number, durationS: number): void {
    this.untilS = timeS + durationS;
    for (let percent = 0; percent <= 100; percent += PROGRESS_STEP) {
      this.#say(timeS + (durationS * percent) / 100, `progress <${percent}>`);
    }
    this.#say(this.untilS, `calibration done: ${sensor}`);
  }

  #waitForTurns(sensor: CalibratedSensor, timeS: number): void {
    const measuredS = timeS + STILL_S + SIDE_S;
    this.untilS = measuredS + UNTURNED_S;
    this.#say(timeS, 'progress <0>');
    this.#say(timeS, 'pending: back front left right up down');
    this.#say(timeS, 'hold vehicle still on a pending side');
    this.#say(timeS + STILL_S, 'down orientation detected');
    if (sensor === 'accel') {
      this.#say(measuredS, 'progress <17>');
      this.#say(measuredS, 'down side done, rotate to a different side');
      this.#say(measuredS, 'pending: back front left right up');
    }
    this.#say(this.untilS, 'calibration failed: timeout: no motion', true);
  }

  #say(dueS: number, words: string, isFailure = false): void {
    this.#lines.push({ dueS, text: `[cal] ${words}`, isFailure });
  }
}
