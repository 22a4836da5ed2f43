import type { Check } from '../check.ts';
import type { Finding, Severity } from '../finding.ts';

/** MAV_SYS_STATUS_SENSOR bits that PX4 uses, and what their failure means here. */
const SENSORS: readonly [bit: number, name: string, severity: Severity][] = [
  [0x1, 'gyroscope', 'refuse'],
  [0x2, 'accelerometer', 'refuse'],
  [0x4, 'magnetometer', 'refuse'],
  [0x8, 'barometer', 'refuse'],
  [0x20, 'GPS', 'refuse'],
  [0x8000, 'motor outputs', 'refuse'],
  [0x20_0000, 'attitude and heading', 'refuse'],
  [0x200_0000, 'battery', 'refuse'],
  [0x100_0000, 'logging (storage)', 'warn'],
];

/** What PX4 uses and says is broken. The radio's bit is not read: it is unhealthy wherever none is bound. */
export const sensors: Check = {
  needs: [],
  find: ({ vehicle }) => {
    if (vehicle === undefined || !Number.isFinite(vehicle.sensorsEnabled)) return [];
    const broken = vehicle.sensorsEnabled & ~vehicle.sensorsHealthy;
    return SENSORS.filter(([bit]) => (broken & bit) !== 0).map(([, name, severity]): Finding => ({
      code: 'sensor-unhealthy',
      severity,
      subject: 'SYS_STATUS',
      found: `${name}: in use and not healthy`,
      wanted: 'healthy',
      remedy:
        name === 'logging (storage)'
          ? 'Put a card in: without it no log of PX4 is kept.'
          : 'Calibrate or replace it; a ground station shows the reason.',
      fix: [],
    }));
  },
};
