import { MavSeverity } from 'mavlink-mappings/dist/lib/common.js';
import type { Autopilot } from '../autopilot.ts';
import { isWorse, type FailsafeAction } from '../failsafe/response.ts';

export interface Announcement {
  severity: MavSeverity;
  text: string;
}

/** PX4 ends the texts that it also sends as events with a tab. */
const ALSO_EVENT = '\t';

/** What the vehicle tells people about, once for each change, in PX4's words. */
export class Announcements {
  readonly #autopilot: Autopilot;
  #landed = true;
  #action: FailsafeAction = 'none';
  #gcsLost = false;

  constructor(autopilot: Autopilot) {
    this.#autopilot = autopilot;
  }

  /** The changes since the last call. */
  take(): Announcement[] {
    const { commander } = this.#autopilot;
    const news: Announcement[] = this.#autopilot.navigator.takeTexts();
    for (const { kind, text } of commander.notices.splice(0)) {
      const severity = kind === 'critical' ? MavSeverity.CRITICAL : MavSeverity.INFO;
      news.push({ severity, text: text + ALSO_EVENT });
    }
    this.#calibration(news);
    this.#landing(news);
    this.#failsafe(news);
    this.#groundStation(news);
    return news;
  }

  #calibration(news: Announcement[]): void {
    const { commander, situation } = this.#autopilot;
    for (const { text, isFailure } of commander.calibration.take(situation.timeS)) {
      news.push({ severity: isFailure ? MavSeverity.CRITICAL : MavSeverity.INFO, text });
    }
  }

  #landing(news: Announcement[]): void {
    const { landed } = this.#autopilot.situation;
    if (landed === this.#landed) return;
    this.#landed = landed;
    const text = (landed ? 'Landing detected' : 'Takeoff detected') + ALSO_EVENT;
    news.push({ severity: MavSeverity.INFO, text });
  }

  #failsafe(news: Announcement[]): void {
    const { action, putOff } = this.#autopilot.commander.failsafe;
    const worse = isWorse(action, this.#action);
    this.#action = action;
    if (!worse) return;
    const delayS = Math.round(this.#autopilot.situation.parameters.get('COM_FAIL_ACT_T'));
    const text =
      putOff === 'none'
        ? 'Failsafe activated'
        : `Failsafe activated, entering Hold for ${delayS} seconds`;
    news.push({ severity: MavSeverity.CRITICAL, text: text + ALSO_EVENT });
  }

  #groundStation(news: Announcement[]): void {
    const { gcs, situation } = this.#autopilot;
    if (!gcs.everSeen) return;
    const lost = gcs.isLost(situation.timeS, situation.parameters);
    if (lost === this.#gcsLost) return;
    this.#gcsLost = lost;
    const text =
      (lost ? 'Connection to ground station lost' : 'GCS connection regained') + ALSO_EVENT;
    news.push({ severity: MavSeverity.INFO, text });
  }
}
