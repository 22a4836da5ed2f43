import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { valueOf, type PreflightInput } from '../input.ts';

/** On top of the reserve: taking off only to return at once helps nobody. */
const LEAST_ABOVE_RESERVE = 0.1;

/** Without a mission: less than this is no flight. */
const LEAST_REMAINING = 0.3;

/** Volts per cell of a lithium battery at rest: outside, the count of cells is wrong or the pack is spent. */
const LEAST_CELL_V = 3.5;
const GREATEST_CELL_V = 4.4;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Enough in the battery for what the mission wants, and figures that belong together. */
export const batteryCharge: Check = {
  needs: [],
  reads: ['BAT1_N_CELLS'],
  find: (input) => (input.vehicle === undefined ? [] : [...chargeOf(input), ...cellsOf(input)]),
};

const chargeOf = ({ vehicle, envelope }: PreflightInput): Finding[] => {
  const remaining = vehicle!.batteryRemaining;
  const least =
    envelope === undefined ? LEAST_REMAINING : envelope.batteryReserve + LEAST_ABOVE_RESERVE;
  if (remaining >= least) return [];
  const known = Number.isFinite(remaining);
  return [
    {
      code: known ? 'battery-low' : 'battery-unknown',
      severity: 'refuse',
      subject: 'BATTERY_STATUS',
      found: known ? percent(remaining) : 'no charge reported',
      wanted: `at least ${percent(least)}`,
      remedy: known
        ? 'Charge or change the battery.'
        : 'Calibrate the power module (BAT1_SOURCE, BAT1_V_DIV, BAT1_N_CELLS).',
      fix: [],
    },
  ];
};

const cellsOf = (input: PreflightInput): Finding[] => {
  const cells = valueOf(input, 'BAT1_N_CELLS');
  const voltageV = input.vehicle!.batteryVoltageV;
  if (cells === undefined || !(cells > 0) || !(voltageV > 0)) return [];
  const cellV = voltageV / cells;
  if (cellV >= LEAST_CELL_V && cellV <= GREATEST_CELL_V) return [];
  return [
    {
      code: 'battery-cell-voltage',
      severity: cellV > GREATEST_CELL_V ? 'refuse' : 'warn',
      subject: 'BAT1_N_CELLS',
      found: `${cells} cells at ${cellV.toFixed(2)} V`,
      wanted: `${LEAST_CELL_V} to ${GREATEST_CELL_V} V a cell`,
      remedy: 'Set BAT1_N_CELLS to the cells of the pack, or change a pack that is spent.',
      fix: [],
    },
  ];
};
