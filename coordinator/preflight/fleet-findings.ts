import type { Finding } from '#agent/pilot/preflight/finding.ts';
import { numberText } from '#agent/pilot/preflight/finding.ts';
import { valueOf, type PreflightInput } from '#agent/pilot/preflight/input.ts';
import { nedFromGeodetic } from '#protocols/frames.ts';

/** Without a mission: return heights nearer than this are one height, m. */
const LEAST_LAYER_M = 3;

/** What only shows when the vehicles are laid side by side. */
export const fleetFindings = (inputs: readonly PreflightInput[]): Finding[] =>
  inputs.flatMap((one, index) =>
    inputs
      .slice(index + 1)
      .flatMap((other) => [
        ...homesOf(one, other),
        ...heightsOf(one, other),
        ...referencesOf(one, other),
      ]),
  );

const homesOf = (one: PreflightInput, other: PreflightInput): Finding[] => {
  const from = one.vehicle?.home;
  const to = other.vehicle?.home;
  if (from === undefined || to === undefined || one.envelope === undefined) return [];
  const { x, y } = nedFromGeodetic(from, to);
  const apartM = Math.sqrt(x * x + y * y);
  const leastM = 2 * one.envelope.minSeparationM;
  if (apartM >= leastM) return [];
  return [
    {
      code: 'homes-too-near',
      severity: 'refuse',
      subject: 'HOME_POSITION',
      found: `drones ${one.sysid} and ${other.sysid} stand ${apartM.toFixed(1)} m apart`,
      wanted: `at least ${numberText(leastM)} m, twice the minimum separation`,
      remedy: 'Carry one of them farther away: RTL brings both down where they stand.',
      fix: [],
    },
  ];
};

/** With a mission every drone's own check says which layer is its own. */
const heightsOf = (one: PreflightInput, other: PreflightInput): Finding[] => {
  const first = valueOf(one, 'RTL_RETURN_ALT');
  const second = valueOf(other, 'RTL_RETURN_ALT');
  if (one.envelope !== undefined || first === undefined || second === undefined) return [];
  if (Math.abs(first - second) >= LEAST_LAYER_M) return [];
  return [
    {
      code: 'return-heights-shared',
      severity: 'refuse',
      subject: 'RTL_RETURN_ALT',
      found: `${numberText(first)} m on drone ${one.sysid}, ${numberText(second)} m on drone ${other.sysid}`,
      wanted: `heights at least ${LEAST_LAYER_M} m apart`,
      remedy: 'Say which mission: skein preflight --mission FILE --fix sets a layer for each.',
      fix: [],
    },
  ];
};

const referencesOf = (one: PreflightInput, other: PreflightInput): Finding[] => {
  const first = valueOf(one, 'EKF2_HGT_REF');
  const second = valueOf(other, 'EKF2_HGT_REF');
  if (first === undefined || second === undefined || first === second) return [];
  return [
    {
      code: 'height-references-differ',
      severity: 'warn',
      subject: 'EKF2_HGT_REF',
      found: `${numberText(first)} on drone ${one.sysid}, ${numberText(second)} on drone ${other.sysid}`,
      wanted: 'one reference for the whole fleet',
      remedy: 'Set EKF2_HGT_REF to the same on all: their heights drift apart otherwise.',
      fix: [],
    },
  ];
};
