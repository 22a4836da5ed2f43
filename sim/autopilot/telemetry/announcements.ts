import { MavSeverity } from 'mavlink-mappings/dist/lib/common.js';
import type { Autopilot } from '../autopilot.ts';
import type { FailsafeAction } from '../failsafe.ts';

export interface Announcement {
  severity: MavSeverity;
  text: string;
}

const FAILSAFE_TEXT: Readonly<Record<FailsafeAction, string | undefined>> = {
  none: undefined,
  warn: 'Low battery level, return advised',
  hold: 'Failsafe activated, entering Hold',
  descend: 'Failsafe activated, descending',
  rtl: 'Failsafe activated, entering RTL',
  land: 'Failsafe activated, entering Land',
  disarm: 'Failsafe activated, disarming',
  terminate: 'Failsafe activated, terminating flight',
};

/** What the vehicle tells people about, once for each change. */
export class Announcements {
  readonly #autopilot: Autopilot;
  #armed = false;
  #landed = true;
  #action: FailsafeAction = 'none';

  constructor(autopilot: Autopilot) {
    this.#autopilot = autopilot;
  }

  /** The changes since the last call. */
  take(): Announcement[] {
    const { commander, situation } = this.#autopilot;
    const news: Announcement[] = this.#autopilot.navigator.takeTexts();
    if (commander.armed !== this.#armed) {
      this.#armed = commander.armed;
      news.push({ severity: MavSeverity.INFO, text: this.#armed ? 'Armed' : 'Disarmed' });
    }
    if (situation.landed !== this.#landed) {
      this.#landed = situation.landed;
      const text = this.#landed ? 'Landing detected' : 'Takeoff detected';
      news.push({ severity: MavSeverity.INFO, text });
    }
    if (commander.failsafe.action !== this.#action) {
      this.#action = commander.failsafe.action;
      const text = FAILSAFE_TEXT[this.#action];
      if (text !== undefined) news.push({ severity: MavSeverity.CRITICAL, text });
    }
    return news;
  }
}
