import type { Check } from './check.ts';
import { batteryAction } from './checks/battery-action.ts';
import { batteryCharge } from './checks/battery-charge.ts';
import { braking } from './checks/braking.ts';
import { circuitBreakers } from './checks/circuit-breakers.ts';
import { clock } from './checks/clock.ts';
import { disarming } from './checks/disarming.ts';
import { estimator } from './checks/estimator.ts';
import { estimatorSources } from './checks/estimator-sources.ts';
import { geofence } from './checks/geofence.ts';
import { gpsArming } from './checks/gps-arming.ts';
import { groundLinkLoss } from './checks/ground-link-loss.ts';
import { home } from './checks/home.ts';
import { identity } from './checks/identity.ts';
import { link } from './checks/link.ts';
import { offboardLoss } from './checks/offboard-loss.ts';
import { place } from './checks/place.ts';
import { radioLoss } from './checks/radio-loss.ts';
import { readiness } from './checks/readiness.ts';
import { returnHeight } from './checks/return-height.ts';
import { satellites } from './checks/satellites.ts';
import { sensors } from './checks/sensors.ts';
import { simulation } from './checks/simulation.ts';
import { speedLimits } from './checks/speed-limits.ts';
import { takeoffHeight } from './checks/takeoff-height.ts';
import { version } from './checks/version.ts';
import { wind } from './checks/wind.ts';
import type { Finding } from './finding.ts';
import { valueOf, type PreflightInput } from './input.ts';

/** All of them, in the order in which a person would mend things. */
const CHECKS: readonly Check[] = [
  version,
  link,
  identity,
  simulation,
  circuitBreakers,
  sensors,
  estimatorSources,
  estimator,
  satellites,
  clock,
  home,
  place,
  batteryCharge,
  batteryAction,
  offboardLoss,
  groundLinkLoss,
  radioLoss,
  geofence,
  gpsArming,
  wind,
  returnHeight,
  takeoffHeight,
  speedLimits,
  braking,
  disarming,
  readiness,
];

/** Every parameter that any check looks at, each once. */
export const PREFLIGHT_PARAMETERS: readonly string[] = [
  ...new Set(CHECKS.flatMap(({ needs, reads = [] }) => [...needs, ...reads])),
].sort();

/**
 * Everything that speaks against arming now, refusals first. Pure, and the same on board and on the
 * ground. Whatever the values are it returns: a parameter that this PX4 does not have is a finding.
 */
export const preflight = (input: PreflightInput): Finding[] => {
  const findings = CHECKS.flatMap((check) => [...absentIn(check, input), ...check.find(input)]);
  return [...findings.filter(isRefusal), ...findings.filter((finding) => !isRefusal(finding))];
};

const isRefusal = ({ severity }: Finding): boolean => severity === 'refuse';

const readingText = ({ parameters }: PreflightInput, name: string): string => {
  const reading = parameters.get(name);
  if (reading === 'missing') return 'not in this PX4';
  return reading === undefined ? 'not read' : String(reading);
};

const absentIn = ({ needs, reads = [] }: Check, input: PreflightInput): Finding[] => {
  const absent = (name: string): boolean => valueOf(input, name) === undefined;
  return [
    ...needs.filter(absent).map((name) => absence(name, 'refuse', readingText(input, name))),
    ...reads.filter(absent).map((name) => absence(name, 'warn', readingText(input, name))),
  ];
};

const absence = (subject: string, severity: Finding['severity'], found: string): Finding => ({
  code: 'parameter-missing',
  severity,
  subject,
  found,
  wanted: 'a value',
  remedy: 'Fly PX4 1.15 to 1.18 with the module that it belongs to, and run the check again.',
  fix: [],
});
