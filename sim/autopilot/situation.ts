import type { Geodetic } from '#protocols/frames.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { Motion } from './control/flight-control.ts';
import { NoticeBoard } from './notice-board.ts';
import type { Parameters, Profile } from './parameters.ts';

/**
 * What the modes and the commander know at a tick. Local NED, zero at the EKF origin. One mutable
 * object for each vehicle, kept up to date by the autopilot.
 */
export interface Situation {
  readonly profile: Profile;
  readonly parameters: Parameters;
  readonly motion: Motion;
  /** What is to be said, as texts and events. */
  readonly notices: NoticeBoard;
  /** Seconds since boot. */
  timeS: number;
  /** The estimator has aligned: position, velocity and heading may be used. */
  aligned: boolean;
  /** Aligned, and position is not only guessed on, and exact enough (COM_POS_FS_EPH). */
  positionValid: boolean;
  /** What the estimator believes its horizontal error to be, m. */
  horizontalErrorM: number;
  /** Valid for long enough to arm and fly by. */
  positionTrusted: boolean;
  /** Level and rates may be used. */
  attitudeValid: boolean;
  /** GNSS is part of the estimate: PX4 keeps it for a while after the position is no longer valid. */
  gnssFused: boolean;
  /** The receiver has a fix. */
  gnssFix: boolean;
  /** Where its last one was; undefined before the first. */
  gnss: Readonly<Geodetic> | undefined;
  /** Wind by the estimate, m/s. */
  windMps: number;
  armed: boolean;
  /** Seconds since boot of the last arming; not a number before the first. */
  armedAtS: number;
  landed: boolean;
  readonly homeNed: Vector3;
  homeYawRad: number;
  homeKnown: boolean;
  /** Altitude of the EKF origin above mean sea level. */
  originAltAmslM: number;
  /** A mission is stored that PX4 would fly. */
  missionValid: boolean;
  /** Outside the geofence, which is not without an action. */
  geofenceBreached: boolean;
  /** Charge left, 0..1. */
  batteryRemaining: number;
}

/** Height above home by the estimate, m. */
export const heightAboveHomeM = (situation: Situation): number =>
  situation.homeNed.z - situation.motion.positionNed.z;

type Given = Pick<Situation, 'profile' | 'parameters' | 'motion' | 'originAltAmslM'>;

/** Nothing is known yet but what the vehicle was given. */
export const situationAtBoot = (given: Given): Situation => ({
  ...given,
  notices: new NoticeBoard(),
  timeS: 0,
  aligned: false,
  positionValid: false,
  horizontalErrorM: Number.POSITIVE_INFINITY,
  positionTrusted: false,
  attitudeValid: false,
  gnssFused: false,
  gnssFix: false,
  gnss: undefined,
  windMps: 0,
  armed: false,
  armedAtS: Number.NaN,
  landed: true,
  homeNed: vector3(0, 0, 0),
  homeYawRad: 0,
  homeKnown: false,
  missionValid: false,
  geofenceBreached: false,
  batteryRemaining: 1,
});
