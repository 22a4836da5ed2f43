import { eventId } from '#sim/autopilot/events/event-id.ts';
import type { KnownDifference } from './known-difference.ts';

/** Matches the keys of events by PX4's names, missing or too many. */
export const eventKey = (...names: string[]): RegExp => {
  const numbers = names.map((name) => eventId(name) & 0xff_ffff);
  return new RegExp(`^(\\+ )?1:(${numbers.join('|')})$`, 'u');
};

/** What is known to differ in EVENT. */
export const EVENT_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'log-events',
    aspects: ['event'],
    key: eventKey('logger_open_file_time'),
    what: 'The event that tells of a new log file is not sent',
    reason: 'The stand-in keeps no ULog; its first event is the first report on arming checks',
  },
  {
    id: 'estimator-events',
    recordings: [
      'boot-params',
      'refused-commands',
      'arm-takeoff-offboard-flight',
      'offboard-stream-rates',
      'offboard-loss-act3-rtl',
      'mission-fence',
      'failsafe-battery',
    ],
    aspects: ['event'],
    key: eventKey(
      'check_estimator_vert_vel_not_stable',
      'check_estimator_hor_vel_not_stable',
      'check_estimator_hgt_not_stable',
      'check_estimator_yaw_est_err',
      'check_estimator_vel_est_err',
    ),
    what: 'Arming checks of an unsettled estimator (velocity, height or yaw not stable) never fail',
    reason:
      'They come from the innovations of an extended Kalman filter; the stand-in estimates by truth and made errors, and is settled once it has aligned',
  },
  {
    id: 'first-report',
    recordings: [
      'refused-commands',
      'mission-fence',
      'offboard-loss-act0-position-default',
      'v1.18beta-boot-params',
      'v1.18beta-arm-takeoff-offboard-flight',
      'v1.18beta-offboard-loss-default',
    ],
    aspects: ['event'],
    key: eventKey(
      'check_modes_attitude',
      'check_estimator_heading_no_source',
      'check_modes_local_pos',
      'check_modes_global_pos',
    ),
    what: 'The report 2.1 s after boot, of an estimator that has not aligned, is missing',
    reason:
      'The stand-in sends it too; laid on the first GLOBAL_POSITION_INT, it boots up to 3 s before the recorded vehicle, and what it says before the recording begins is not compared',
  },
  {
    id: 'end-events',
    recordings: [
      'refused-commands',
      'offboard-stream-rates',
      'failsafe-battery',
      'failsafe-gps-loss',
    ],
    aspects: ['event'],
    key: eventKey(
      'commander_landing_detected',
      'commander_disarmed_by',
      'check_estimator_gps_fix_too_low',
    ),
    what: 'In the last second of a recording one of the two has already landed, disarmed or reported what is wrong on the ground, the other has not',
    reason:
      'They touch down at other moments, as `landing-duration`, `slow-streams` and `termination` say',
  },
];
