import type { Check } from '../check.ts';
import type { Finding, Severity } from '../finding.ts';
import { valueOf } from '../input.ts';

interface Breaker {
  name: string;
  /** The number that engages it (PX4 parameter reference). */
  engagedAt: number;
  severity: Severity;
  disables: string;
  /** Whether taking it out is safe without knowing the vehicle. */
  fixable: boolean;
}

/**
 * Flight termination stays a warning without a fix: taken out, PX4 stops the motors of a vehicle that
 * it holds for lost, and only the owner can say whether that is wanted. CBRK_IO_SAFETY is engaged on
 * every vehicle without a safety switch, and CBRK_BUZZER and CBRK_VTOLARMING endanger nobody here.
 */
const BREAKERS: readonly Breaker[] = [
  {
    name: 'CBRK_SUPPLY_CHK',
    engagedAt: 894_281,
    severity: 'refuse',
    disables: 'the check of the power supply',
    fixable: true,
  },
  {
    name: 'CBRK_USB_CHK',
    engagedAt: 197_848,
    severity: 'warn',
    disables: 'the refusal to arm with USB plugged in',
    fixable: true,
  },
  {
    name: 'CBRK_FLIGHTTERM',
    engagedAt: 121_212,
    severity: 'warn',
    disables: 'flight termination by the failure detector',
    fixable: false,
  },
];

const namesOf = (wanted: Severity): string[] =>
  BREAKERS.filter(({ severity }) => severity === wanted).map(({ name }) => name);

/** Protections that somebody has taken out; a simulated vehicle has none of what they guard. */
export const circuitBreakers: Check = {
  needs: namesOf('refuse'),
  reads: namesOf('warn'),
  find: (input) =>
    input.simulated
      ? []
      : BREAKERS.filter(({ name, engagedAt }) => valueOf(input, name) === engagedAt).map(engaged),
};

const engaged = ({ name, engagedAt, severity, disables, fixable }: Breaker): Finding => ({
  code: 'circuit-breaker-engaged',
  severity,
  subject: name,
  found: `${engagedAt}: disables ${disables}`,
  wanted: '0',
  remedy: fixable
    ? `Set ${name} to 0.`
    : `Decide whether the vehicle may drop when PX4 holds it for lost: then set ${name} to 0.`,
  fix: fixable ? [{ name, value: 0 }] : [],
});
