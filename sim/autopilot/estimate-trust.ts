import { MavSeverity } from 'mavlink-mappings/dist/lib/common.js';
import { COMMANDER_EVENTS } from './events/event-kinds.ts';
import { slotOf, type Profile } from './parameters.ts';
import type { Situation } from './situation.ts';

const EKF2_NOAID_TOUT = slotOf('EKF2_NOAID_TOUT');

/** The first position counts as one to fly by when it has been there for so long (recorded of v1.15). */
const PROBATION_S: Readonly<Record<Profile, number>> = { '1.15': 1.2, '1.18': 0 };
/** v1.18 has an attitude long before it has a heading. */
const ATTITUDE_S = 1.5;
/** After EKF2_NOAID_TOUT the estimator goes on for so long with GNSS (recorded). */
const FUSION_STOPS_S = 1.93;
/** Internal information, an error for people: the position has not been lost yet. */
const STOPPED_BEFORE_POSITION = 0x63;

/** What of the estimate PX4's commander goes by, and when it says that GNSS is or is no longer part of it. */
export class EstimateTrust {
  #lastFixS = Number.NEGATIVE_INFINITY;
  #withoutPositionS = 0;
  #ever = false;

  /** Writes `positionTrusted`, `attitudeValid` and `gnssFused`. */
  judge(situation: Situation): void {
    const { timeS, profile, positionValid, aligned, gnssFix } = situation;
    if (gnssFix) this.#lastFixS = timeS;
    if (!positionValid) this.#withoutPositionS = timeS;
    const waited = this.#ever || timeS - this.#withoutPositionS >= PROBATION_S[profile];
    situation.positionTrusted = positionValid && waited;
    this.#ever ||= situation.positionTrusted;
    situation.attitudeValid = aligned || (profile === '1.18' && timeS >= ATTITUDE_S);
    situation.gnssFused = aligned && this.#isFused(situation);
  }

  #isFused({ timeS, parameters, armed, notices, gnssFused, positionValid }: Situation): boolean {
    const limitS = parameters.at(EKF2_NOAID_TOUT) / 1e6 + FUSION_STOPS_S;
    const fused = timeS - this.#lastFixS <= limitS;
    if (!armed || fused === gnssFused) return fused;
    if (fused) {
      notices.inform('GNSS data fusion started', COMMANDER_EVENTS.gnssStarted());
    } else {
      const event = COMMANDER_EVENTS.gnssStopped();
      const levels = positionValid ? STOPPED_BEFORE_POSITION : event.levels;
      notices.say(MavSeverity.WARNING, 'GNSS data fusion stopped', { ...event, levels });
    }
    return fused;
  }
}
