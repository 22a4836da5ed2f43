import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf } from '../input.ts';

/** A real vehicle must not believe simulated sensors. */
export const simulation: Check = {
  needs: ['SYS_HITL'],
  find: (input): Finding[] => {
    const value = valueOf(input, 'SYS_HITL');
    if (input.simulated || value === undefined || value === 0) return [];
    return [
      {
        code: 'sensors-simulated',
        severity: 'refuse',
        subject: 'SYS_HITL',
        found: `${numberText(value)}: its sensors are simulated`,
        wanted: '0 on a real vehicle',
        remedy: 'Set SYS_HITL to 0 and restart the vehicle; say --simulated if it is none.',
        fix: [],
      },
    ];
  },
};
