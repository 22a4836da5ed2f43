import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf, type PreflightInput } from '../input.ts';

/** Layers are metres apart: this much of one is no matter. */
const TOLERANCE_M = 0.25;

/** The height above home at which a member of the fleet returns; undefined for a stranger. */
export const returnHeightM = (
  envelope: Readonly<SafetyEnvelope>,
  sysid: number,
): number | undefined => {
  const layer = envelope.fleet.indexOf(sysid);
  return layer < 0 ? undefined : envelope.rtlBaseHeightM + layer * envelope.rtlLayerM;
};

/**
 * RTL goes past our guard, so every drone has a height of its own for it. RTL_RETURN_ALT does not hold
 * within RTL_MIN_DIST of home (the cone of RTL_CONE_ANG) nor within NAV_ACC_RAD (twice the distance);
 * without the cone it holds everywhere.
 */
export const returnHeight: Check = {
  needs: ['RTL_RETURN_ALT', 'RTL_CONE_ANG', 'RTL_MIN_DIST', 'NAV_ACC_RAD'],
  reads: ['RTL_TYPE', 'RTL_LAND_DELAY'],
  find: (input) => [...layerOf(input), ...coneOf(input), ...endOf(input)],
};

const layerOf = (input: PreflightInput): Finding[] => {
  const value = valueOf(input, 'RTL_RETURN_ALT');
  const { envelope, sysid } = input;
  const layerM = envelope === undefined ? undefined : returnHeightM(envelope, sysid);
  if (value === undefined || layerM === undefined) return [];
  if (Math.abs(value - layerM) <= TOLERANCE_M) return [];
  return [
    {
      code: 'return-height-not-layered',
      severity: 'refuse',
      subject: 'RTL_RETURN_ALT',
      found: `${numberText(value)} m`,
      wanted: `${numberText(layerM)} m: the layer of drone ${sysid} in this mission`,
      remedy: `Set RTL_RETURN_ALT to ${numberText(layerM)}.`,
      fix: [{ name: 'RTL_RETURN_ALT', value: Math.fround(layerM) }],
    },
  ];
};

const coneOf = (input: PreflightInput): Finding[] => {
  const { envelope } = input;
  const coneDeg = valueOf(input, 'RTL_CONE_ANG');
  const nearM = valueOf(input, 'RTL_MIN_DIST');
  const arrivedM = valueOf(input, 'NAV_ACC_RAD');
  if (envelope === undefined || envelope.fleet.length < 2) return [];
  if (coneDeg === undefined || coneDeg <= 0 || nearM === undefined || arrivedM === undefined) {
    return [];
  }
  const lowM = Math.max(nearM, arrivedM);
  // Homes lie twice the separation apart: below that much around one's own, nobody else is met.
  if (lowM <= envelope.minSeparationM) return [];
  return [
    {
      code: 'return-cone',
      severity: 'refuse',
      subject: 'RTL_CONE_ANG',
      found: `${numberText(coneDeg)}: within ${numberText(lowM)} m of home it returns below its layer`,
      wanted: `0, or RTL_MIN_DIST and NAV_ACC_RAD of at most ${numberText(envelope.minSeparationM)} m`,
      remedy: 'Set RTL_CONE_ANG to 0: then RTL_RETURN_ALT holds near home too.',
      fix: [{ name: 'RTL_CONE_ANG', value: 0 }],
    },
  ];
};

const endOf = (input: PreflightInput): Finding[] => {
  const findings: Finding[] = [];
  const type = valueOf(input, 'RTL_TYPE');
  const delayS = valueOf(input, 'RTL_LAND_DELAY');
  if (type !== undefined && type !== 0) {
    findings.push({
      code: 'return-elsewhere',
      severity: 'warn',
      subject: 'RTL_TYPE',
      found: numberText(type),
      wanted: '0: home, where the others reckon with it',
      remedy: 'Set RTL_TYPE to 0.',
      fix: [{ name: 'RTL_TYPE', value: 0 }],
    });
  }
  if (delayS !== undefined && delayS < 0) {
    findings.push({
      code: 'return-without-landing',
      severity: 'warn',
      subject: 'RTL_LAND_DELAY',
      found: `${numberText(delayS)}: circles over home for ever`,
      wanted: '0: lands',
      remedy: 'Set RTL_LAND_DELAY to 0.',
      fix: [{ name: 'RTL_LAND_DELAY', value: 0 }],
    });
  }
  return findings;
};
