import { isManual } from '../../act/mode-watch.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** MAV_STATE: 6 emergency, 7 powering off, 8 terminated. */
const LOST_STATE = 6;

const refusal = (code: string, subject: string, found: string, wanted: string, remedy: string) =>
  ({ code, severity: 'refuse', subject, found, wanted, remedy, fix: [] }) satisfies Finding;

/** The vehicle stands disarmed, and PX4's own checks pass in a mode from which it can be armed. */
export const readiness: Check = {
  needs: [],
  find: ({ vehicle }) => {
    if (vehicle === undefined) return [];
    const { armed, mode, systemStatus, readyToArm } = vehicle;
    if (armed) {
      const remedy = 'Disarm first: nothing is checked or set while the motors may turn.';
      return [refusal('armed', 'HEARTBEAT', 'armed', 'disarmed', remedy)];
    }
    if (systemStatus >= LOST_STATE) {
      const remedy = 'Power the vehicle off and on.';
      return [refusal('state-lost', 'HEARTBEAT', `MAV_STATE ${systemStatus}`, '3', remedy)];
    }
    if (readyToArm !== false) return [];
    const manual = isManual(mode);
    return [
      refusal(
        'not-ready-to-arm',
        'SYS_STATUS',
        `PX4's pre-arm checks fail in mode ${mode ?? 'unknown'}`,
        'ready to arm',
        mode === 'OFFBOARD' || manual
          ? 'Select Hold (AUTO_LOITER): readiness is judged for the present mode.'
          : "Read PX4's own reasons (health and arming events) in a ground station.",
      ),
    ];
  },
};
