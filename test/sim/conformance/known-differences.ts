import type { Difference } from './compare/comparison.ts';
import { EVENT_DIFFERENCES, eventKey } from './event-differences.ts';
import type { KnownDifference } from './known-difference.ts';
import { TRIMMED } from './recordings.ts';

/**
 * What is known to differ from the recorded PX4, and why. docs/px4.md shows this list, and a test
 * holds the two together; an entry that no recording needs any longer fails too.
 */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  ...EVENT_DIFFERENCES,
  {
    id: 'gimbal-commands',
    aspects: ['stream'],
    key: /^flying COMMAND_LONG$/u,
    what: 'PX4 sends COMMAND_LONG to a gimbal now and then; the stand-in never',
    reason: 'It has no gimbal manager, and nothing here answers such commands',
  },
  {
    id: 'orbit',
    recordings: ['refused-commands'],
    aspects: ['trajectory'],
    key: /^#6 ORBIT /u,
    what: 'The way onto the circle of DO_ORBIT differs by up to 1.7 m/s rms',
    reason:
      'Begun at its centre the circle is met where the vehicle drifts: the recorded one at 0.6 m/s, ours, farther on its way back, at 3 m/s',
  },
  {
    id: 'log-streaming',
    recordings: ['refused-commands', 'v1.18beta-refused-commands'],
    aspects: ['stream'],
    key: /LOGGING_DATA_ACKED$/u,
    what: 'LOGGING_START is acknowledged, no log is streamed',
    reason: 'The stand-in keeps no ULog',
  },
  {
    id: 'target-streams',
    recordings: ['refused-commands', 'v1.18beta-refused-commands', 'mission-fence'],
    aspects: ['stream'],
    key: /POSITION_TARGET_(LOCAL_NED|GLOBAL_INT)$/u,
    what: 'POSITION_TARGET_LOCAL_NED and _GLOBAL_INT pass up to a third more or less often while modes change',
    reason:
      'PX4 sends them as its setpoints are published, which pauses in modes that the stand-in does not fly',
  },
  {
    id: 'calibration',
    recordings: ['refused-commands'],
    aspects: ['ack'],
    key: /^unasked$/u,
    what: 'v1.15 acknowledges PREFLIGHT_CALIBRATION with 34 further refusals',
    reason:
      'Several parts of PX4 refuse what comes during a calibration: one ack is what a client waits for',
  },
  {
    id: 'sensor-parameters',
    recordings: [
      'v1.18beta-boot-params',
      'refused-commands',
      'v1.18beta-refused-commands',
      'v1.18beta-arm-takeoff-offboard-flight',
      'v1.18beta-offboard-loss-default',
      'rtl-land-disarm',
      'mission-fence',
    ],
    aspects: ['parameter'],
    key: /^(missing|(CAL|SENS|SYS)_\w+)$/u,
    what: 'PX4 broadcasts up to 19 parameters by itself: calibrations found at the first boot of an airframe, in flight, or by a calibration',
    reason: 'The stand-in has no sensors to calibrate; it answers for these parameters when asked',
  },
  {
    id: 'parameter-broadcast',
    recordings: ['boot-params'],
    aspects: ['parameter'],
    key: /^MIS_TAKEOFF_ALT$/u,
    what: 'One PARAM_VALUE of a changed parameter is repeated once more by v1.15',
    reason: 'PX4 tells of unsaved changes in bursts whose number depends on when it saves',
  },
  {
    id: 'first-command-lost',
    recordings: ['boot-params'],
    aspects: ['ack'],
    key: /^#0 /u,
    what: 'v1.15 did not acknowledge the first command after boot',
    reason: 'Its mavlink instance was still starting; the stand-in starts at once',
  },
  {
    id: 'inject-failure',
    recordings: ['v1.18beta-refused-commands'],
    aspects: ['ack'],
    key: /^#88 /u,
    what: 'v1.18 acknowledges INJECT_FAILURE to nobody (0/0)',
    reason: 'The stand-in answers the sender, who would otherwise wait',
  },
  {
    id: 'gripper',
    recordings: [
      'v1.18beta-refused-commands',
      'v1.18beta-arm-takeoff-offboard-flight',
      'v1.18beta-offboard-loss-default',
    ],
    aspects: ['ack'],
    key: /^unasked$/u,
    what: 'v1.18 acknowledges a gripper command that nobody sent',
    reason: 'A second after boot it closes its own gripper; the stand-in has none',
  },
  {
    id: 'state-between-heartbeats',
    recordings: ['refused-commands', 'v1.18beta-offboard-loss-default'],
    aspects: ['state'],
    key: /^#(18|1) AUTO_LOITER disarmed 0x1d status 3 time$/u,
    what: '"Ready" shows 1.6–1.8 s earlier or later in HEARTBEAT',
    reason:
      'A state of less than a second falls between heartbeats in one of the two; in v1.18 the two readiness checks run in another phase',
  },
  {
    id: 'landing-duration',
    aspects: ['state', 'landed'],
    key: /^#\d+ (ON_GROUND( time)?|(AUTO_LOITER|OFFBOARD) disarmed 0x1[1d] status [03] time)$/u,
    what: 'Touch-down is noticed, and the motors stop, 1.7–8 s earlier than recorded (17 s in mission-fence)',
    reason:
      "PX4's estimate went on moving at up to 0.3 m/s after the ground was reached and kept its land detector waiting; ours stands still, and began the descent metres lower or higher because the estimates of height had drifted apart",
  },
  {
    id: 'takeoff-estimate',
    recordings: [
      'arm-takeoff-offboard-flight',
      'offboard-loss-act3-rtl',
      'offboard-loss-act5-hold',
      'v1.18beta-offboard-loss-default',
      'rtl-land-disarm',
    ],
    aspects: ['state', 'landed', 'trajectory'],
    key: /^#\d+ (IN_AIR time|AUTO_LOITER armed 0x9d status 4 time|AUTO_TAKEOFF velocityRmsMps)$/u,
    what: 'Take-off ends 1.6–3 s earlier than recorded, mostly in v1.15',
    reason:
      'The vehicles took off a second after their estimators had aligned; speed and height were still converging by metres, which delayed lift-off and the last metre. Where the estimate was settled (flight logs, other v1.18 flights) the climbs agree',
  },
  {
    id: 'reposition-and-hold',
    recordings: ['refused-commands', 'v1.18beta-refused-commands', 'mission-fence'],
    aspects: ['trajectory'],
    key: /^#[145] (AUTO_LOITER|OFFBOARD) /u,
    what: 'Flights to a place (DO_REPOSITION, return into the fence) differ by up to 1.5 m/s rms',
    reason:
      'A first DO_REPOSITION agrees within 0.3 m/s; turned back by a second one v1.15 goes at 2 m/s at first, ours at 5. In v1.18 the place was an ocean away, where the local frame is none. Into the fence both fly from where each believes to be',
  },
  {
    id: 'termination',
    recordings: ['refused-commands'],
    aspects: ['trajectory'],
    key: /^#10 TERMINATION /u,
    what: 'After DO_FLIGHTTERMINATION the recorded vehicle fell from 14 m, ours from 8 m',
    reason: 'The RTL before it had climbed further; both fall freely',
  },
  {
    id: 'rtl',
    recordings: [
      'offboard-loss-act3-rtl',
      'v1.18beta-offboard-loss-default',
      'failsafe-gcs-loss',
      'mission-fence',
    ],
    aspects: ['trajectory'],
    key: /^#\d+ (AUTO_RTL|AUTO_LAND) /u,
    what: 'RTL differs by 0.5–1 m/s rms (1.5 in mission-fence), and LAND behind it',
    reason:
      'Braking and climb agree; the way home begins up to a second earlier (2 s in mission-fence), when 0.8 m of the climb are left: it creeps there, and a decimetre between the two estimates is half a second',
  },
  {
    id: 'mission-pace',
    recordings: ['mission-fence'],
    aspects: ['trajectory'],
    key: /^(#1 AUTO_MISSION velocityRmsMps|#3 OFFBOARD positionRmsM)$/u,
    what: 'The mission is flown half a second faster in 30 (0.51 m/s rms)',
    reason:
      'PX4 comes to its cruise speed with 0.3 m/s less; the climb of the RTL that ends it, which LOITER goes on with, is 0.1 m over the bound when OFFBOARD begins',
  },
  {
    id: 'position-steps',
    recordings: ['setpoint-frames', 'offboard-stream-rates'],
    aspects: ['trajectory'],
    key: /^#(16|22) OFFBOARD |^#8 AUTO_LAND /u,
    what: 'Single stretches differ by up to 0.9 m/s rms or 3.4 m',
    reason:
      'Each begins where the one before ended: after minutes of velocity setpoints the two stand metres apart, so that a position lies in another direction and the ground at another time',
  },
  {
    id: 'slow-streams',
    recordings: ['offboard-stream-rates'],
    aspects: ['state'],
    key: /^#[568] (POSCTL|OFFBOARD) /u,
    what: 'Below 1 Hz of setpoints single losses of OFFBOARD come one setpoint earlier or later',
    reason: 'At 0.9 Hz the gap is COM_OF_LOSS_T and the few hundredths of a second that decide',
  },
  {
    id: 'failsafe-at-arming',
    recordings: ['failsafe-gcs-loss'],
    aspects: ['text', 'event'],
    key: new RegExp(
      `^Failsafe activated$|${eventKey('commander_failsafe_enter_generic', 'failsafe_rc_override').source}`,
      'u',
    ),
    what: 'v1.15 says "Failsafe activated" at the moment of arming when its ground station was heard a second ago only',
    reason:
      'Its loss of the ground station had not cleared; no action followed, and the stand-in says nothing',
  },
  {
    id: 'gnss-loss',
    recordings: ['failsafe-gps-loss'],
    aspects: ['stream', 'trajectory'],
    key: /^(flying (GPS_RAW_INT|OPEN_DRONE_ID_SYSTEM)|#4 ALTCTL )/u,
    what: 'Without GNSS the estimate does not run away, and GPS_RAW_INT keeps its rate',
    reason:
      "PX4's estimate drifted at up to 6 m/s and it slowed GPS_RAW_INT to 1 Hz; the stand-in's estimate is the truth with an error that grows more slowly",
  },
  {
    id: 'battery-height',
    recordings: ['failsafe-battery'],
    aspects: ['trajectory'],
    key: /^#[34] (OFFBOARD|AUTO_LAND) positionRmsM$/u,
    what: 'While it hovered for a minute the recorded position wandered by 6 m',
    reason: "The recorded estimator drifted; ours is reset once by the drift's final size",
  },
];

const originalName = (recording: string): string =>
  recording.startsWith(TRIMMED) ? recording.slice(TRIMMED.length) : recording;

/** The entry that explains a difference. */
export const explain = (recording: string, difference: Difference): KnownDifference | undefined =>
  KNOWN_DIFFERENCES.find(
    ({ recordings, aspects, key }) =>
      aspects.includes(difference.aspect) &&
      (recordings === undefined || recordings.includes(originalName(recording))) &&
      key.test(difference.key),
  );
