import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { numberText } from '../finding.ts';
import { valueOf } from '../input.ts';

/** Motors must stop by themselves, after landing and when a take-off does not come. */
const TIMES = [
  { name: 'COM_DISARM_LAND', after: 'after landing', value: 2, longestS: 10 },
  { name: 'COM_DISARM_PRFLT', after: 'when no take-off follows', value: 10, longestS: 60 },
] as const;

export const disarming: Check = {
  needs: [],
  reads: TIMES.map(({ name }) => name),
  find: (input) =>
    TIMES.flatMap(({ name, after, value, longestS }): Finding[] => {
      const seconds = valueOf(input, name);
      if (seconds === undefined || (seconds > 0 && seconds <= longestS)) return [];
      return [
        {
          code: 'auto-disarm-off',
          severity: 'warn',
          subject: name,
          found: seconds > 0 ? `${numberText(seconds)} s` : `${numberText(seconds)}: off`,
          wanted: `${value} s: the motors stop ${after}`,
          remedy: `Set ${name} to ${value}.`,
          fix: [{ name, value }],
        },
      ];
    }),
};
