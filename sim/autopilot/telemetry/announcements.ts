import { customModeOf } from '#protocols/mavlink/modes.ts';
import { HealthReport, type HealthState } from '../arming/health-report.ts';
import type { Autopilot } from '../autopilot.ts';
import { COMMANDER_EVENTS, FAILSAFE_EVENTS } from '../events/event-kinds.ts';
import type { EventLog } from '../events/event-log.ts';
import { announceFailsafe } from '../failsafe/failsafe-notice.ts';
import type { Text } from '../notice-board.ts';

const NO_TEXTS: readonly Text[] = [];

/** What the vehicle tells people and machines about, once for each change, in PX4's words. */
export class Announcements {
  readonly #autopilot: Autopilot;
  readonly #events: EventLog;
  readonly #report = new HealthReport();
  #landed = true;
  #gcsLost = false;
  #warned = false;
  readonly #stateOf = (): HealthState => this.#healthState();

  constructor(autopilot: Autopilot, events: EventLog) {
    this.#autopilot = autopilot;
    this.#events = events;
  }

  /** The texts since the last call; the events go into the log. */
  take(bootMs: number): readonly Text[] {
    if (this.#autopilot.hasDecided) {
      this.#calibration();
      this.#landing();
      this.#groundStation();
      this.#failsafe();
    }
    this.#health();
    const notices = this.#autopilot.situation.notices.take();
    if (notices.length === 0) return NO_TEXTS;
    const texts: Text[] = [];
    for (const { text, event } of notices) {
      if (text !== undefined) texts.push(text);
      if (event !== undefined) this.#events.add(event, bootMs);
    }
    return texts;
  }

  #calibration(): void {
    const { commander, situation } = this.#autopilot;
    for (const { text, isFailure } of commander.calibration.take(situation.timeS)) {
      if (isFailure) situation.notices.complain(text);
      else situation.notices.inform(text);
    }
  }

  #landing(): void {
    const { landed, notices } = this.#autopilot.situation;
    if (landed === this.#landed) return;
    this.#landed = landed;
    if (landed) notices.inform('Landing detected', COMMANDER_EVENTS.landed());
    else notices.inform('Takeoff detected', COMMANDER_EVENTS.takenOff());
  }

  #groundStation(): void {
    const { gcs, situation } = this.#autopilot;
    if (!gcs.everSeen) return;
    const lost = gcs.isLost(situation.timeS, situation.parameters);
    if (lost === this.#gcsLost) return;
    this.#gcsLost = lost;
    const { notices } = situation;
    if (!lost) notices.inform('GCS connection regained', COMMANDER_EVENTS.stationRegained());
    else notices.inform('Connection to ground station lost', COMMANDER_EVENTS.stationLost());
  }

  #health(): void {
    const { commander, situation } = this.#autopilot;
    const { mode, armed } = commander;
    const report = commander.reportAsked
      ? this.#report.force(situation.timeS, this.#healthState())
      : this.#report.step(situation.timeS, this.#stateOf, mode, armed);
    commander.reportAsked = false;
    for (const event of report) situation.notices.raise(event);
  }

  #healthState(): HealthState {
    const { commander, situation, gcs } = this.#autopilot;
    const { timeS, gnssFused, parameters } = situation;
    const stationHeard = gcs.everSeen && !gcs.isLost(timeS, parameters);
    return { ...commander.armingState(situation), timeS, gnssFused, stationHeard };
  }

  #failsafe(): void {
    const { commander, situation } = this.#autopilot;
    for (const news of commander.failsafe.takeNews()) {
      const delayS = Math.round(situation.parameters.get('COM_FAIL_ACT_T'));
      announceFailsafe(situation.notices, news, delayS);
    }
    if (situation.profile === '1.18') this.#warnOnGround();
  }

  /** v1.18 warns on the ground already of a mode that lacks a mission, a stream or its companion. */
  #warnOnGround(): void {
    const { commander, situation } = this.#autopilot;
    const { armed, intendedMode } = commander;
    const lacks = !armed && commander.lacksPartner;
    if (lacks && !this.#warned) {
      situation.notices.raise(FAILSAFE_EVENTS.genericWarn(customModeOf(intendedMode)));
    }
    this.#warned = lacks;
  }
}
