import type { Check } from '../check.ts';
import { numberText } from '../finding.ts';
import { valueOf } from '../input.ts';

/** A drone of a swarm without a position is a danger to all others: PX4 must not arm it. */
export const gpsArming: Check = {
  needs: ['COM_ARM_WO_GPS'],
  find: (input) => {
    const value = valueOf(input, 'COM_ARM_WO_GPS');
    if (value === undefined || value === 0) return [];
    return [
      {
        code: 'arming-without-gps',
        severity: 'refuse',
        subject: 'COM_ARM_WO_GPS',
        found: `${numberText(value)}: arms without a position`,
        wanted: '0',
        remedy: 'Set COM_ARM_WO_GPS to 0.',
        fix: [{ name: 'COM_ARM_WO_GPS', value: 0 }],
      },
    ];
  },
};
