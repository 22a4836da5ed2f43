import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf, type PreflightInput } from '../input.ts';

/** COM_LOW_BAT_ACT (PX4 parameter reference). */
const WARN_ONLY = 0;
const LAND = 2;
const RETURN_THEN_LAND = 3;

/** What PX4 does by itself when the battery runs low, in case nobody else can. */
export const batteryAction: Check = {
  needs: ['COM_LOW_BAT_ACT', 'BAT_LOW_THR', 'BAT_CRIT_THR', 'BAT_EMERGEN_THR'],
  find: (input) => [...actionOf(input), ...orderOf(input), ...reserveOf(input)],
};

const actionOf = (input: PreflightInput): Finding[] => {
  const action = valueOf(input, 'COM_LOW_BAT_ACT');
  if (action === undefined || action === RETURN_THEN_LAND) return [];
  const landing = action === LAND;
  return [
    {
      code: 'battery-action-off',
      severity: landing ? 'warn' : 'refuse',
      subject: 'COM_LOW_BAT_ACT',
      found: landing ? '2: lands where it is' : numberText(action),
      wanted: '3: return at the critical level, land at the emergency one',
      remedy:
        action === WARN_ONLY
          ? 'Set COM_LOW_BAT_ACT to 3: now PX4 only warns and falls when the battery is empty.'
          : 'Set COM_LOW_BAT_ACT to 3.',
      fix: [{ name: 'COM_LOW_BAT_ACT', value: RETURN_THEN_LAND }],
    },
  ];
};

const orderOf = (input: PreflightInput): Finding[] => {
  const low = valueOf(input, 'BAT_LOW_THR');
  const critical = valueOf(input, 'BAT_CRIT_THR');
  const emergency = valueOf(input, 'BAT_EMERGEN_THR');
  if (low === undefined || critical === undefined || emergency === undefined) return [];
  if (low > critical && critical > emergency && emergency > 0 && low < 1) return [];
  return [
    {
      code: 'battery-thresholds-disordered',
      severity: 'refuse',
      subject: 'BAT_CRIT_THR',
      found: [low, critical, emergency].map(numberText).join(' / '),
      wanted: '1 > BAT_LOW_THR > BAT_CRIT_THR > BAT_EMERGEN_THR > 0',
      remedy: "Set the three thresholds in falling order; PX4's own are 0.15, 0.07 and 0.05.",
      fix: [
        { name: 'BAT_LOW_THR', value: Math.fround(0.15) },
        { name: 'BAT_CRIT_THR', value: Math.fround(0.07) },
        { name: 'BAT_EMERGEN_THR', value: Math.fround(0.05) },
      ],
    },
  ];
};

/** PX4 would cut a mission short that means to land with less than its critical level. */
const reserveOf = (input: PreflightInput): Finding[] => {
  const critical = valueOf(input, 'BAT_CRIT_THR');
  const reserve = input.envelope?.batteryReserve;
  if (critical === undefined || reserve === undefined || critical <= reserve) return [];
  return [
    {
      code: 'battery-reserve-below-critical',
      severity: 'warn',
      subject: 'BAT_CRIT_THR',
      found: numberText(critical),
      wanted: `at most the mission's reserve, ${numberText(reserve)}`,
      remedy: "Raise the mission's battery.reserve above BAT_CRIT_THR: PX4 goes home first.",
      fix: [],
    },
  ];
};
