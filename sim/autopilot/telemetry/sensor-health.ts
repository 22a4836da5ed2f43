import { PREARM_CHECK_BIT } from '#protocols/mavlink/modes.ts';
import type { Autopilot } from '../autopilot.ts';
import type { Profile } from '../parameters.ts';

/** MAV_SYS_STATUS_SENSOR. */
const GPS = 0x20;
const BATTERY = 0x0200_0000;
const AUTOPILOT_BITS = 0x0001_0000;

/** What SYS_STATUS says of the sensors: MAV_SYS_STATUS_SENSOR bits. */
export interface SensorHealth {
  present: number;
  enabled: number;
  healthy: number;
}

/** Bits seen on SIH of each version: with everything well, and healthy before the estimator has aligned. */
const SEEN: Readonly<Record<Profile, { present: number; healthy: number; waiting: number }>> = {
  '1.15': { present: 0x0220_002d, healthy: 0x2220_803f, waiting: 0x2220_803f },
  '1.18': { present: 0x0300_c02f, healthy: 0x0320_c83f, waiting: 0x0320_883f },
};
/** Until PX4 has looked at its sensors for the first time. */
const FIRST_LOOK_S = 1.5;

/**
 * GNSS counts as present while it is of use; a battery that is low is unwell; the last bit says
 * whether arming would be allowed in the present mode.
 */
export const sensorHealth = ({ commander, situation }: Autopilot): SensorHealth => {
  const { timeS, profile, positionValid } = situation;
  const seen = SEEN[profile];
  const looked = timeS >= FIRST_LOOK_S;
  const present = looked ? seen.present & (positionValid ? ~0 : ~GPS) : 0;
  const well = commander.batteryLevel === 'none' ? ~0 : ~BATTERY;
  const ready = commander.canArm(situation) ? PREARM_CHECK_BIT : 0;
  const healthy = (positionValid ? seen.healthy : seen.waiting) & well;
  return {
    present,
    enabled: present === 0 ? 0 : present | AUTOPILOT_BITS,
    healthy: (healthy | ready) >>> 0,
  };
};
