import type { Finding } from '#agent/pilot/preflight/finding.ts';
import { numberText } from '#agent/pilot/preflight/finding.ts';
import type { ParameterChange } from '#agent/pilot/preflight/fixes.ts';
import type { Fault } from '#protocols/fault.ts';

/** What came of one vehicle. */
export interface DroneVerdict {
  /** For people. */
  name: string;
  /** Undefined for what concerns several. */
  sysid: number | undefined;
  findings: readonly Finding[];
}

const isRefusal = ({ severity }: Finding): boolean => severity === 'refuse';

export const refuses = (verdicts: readonly DroneVerdict[]): boolean =>
  verdicts.some(({ findings }) => findings.some(isRefusal));

const findingText = ({ severity, subject, found, wanted, remedy }: Finding): string =>
  `  ${severity.padEnd(6)}  ${subject}: ${found}; wanted ${wanted}\n          ${remedy}`;

/** A vehicle that is not heard is no vehicle to arm. */
export const silentVerdict = (
  name: string,
  sysid: number | undefined,
  fault: Fault,
): DroneVerdict => ({
  name,
  sysid,
  findings: [
    {
      code: fault.code,
      severity: 'refuse',
      subject: 'HEARTBEAT',
      found: fault.message,
      wanted: 'a vehicle that answers',
      remedy: fault.remedy ?? 'Check the link.',
      fix: [],
    },
  ],
});

/** Only what fails; a line for all that have nothing against them. */
export const verdictText = (verdicts: readonly DroneVerdict[]): string => {
  const ready = verdicts.filter(
    ({ sysid, findings }) => sysid !== undefined && findings.length === 0,
  );
  const blocks = verdicts
    .filter(({ findings }) => findings.length > 0)
    .map((verdict) => {
      const refused = verdict.findings.some(isRefusal);
      const lines = verdict.findings.map(findingText).join('\n');
      return `${verdict.name}: ${refused ? 'not to be armed' : 'may be armed'}\n${lines}`;
    });
  if (ready.length > 0) {
    const names = ready.map(({ sysid }) => sysid).join(', ');
    blocks.push(`ready: ${ready.length === 1 ? 'drone' : 'drones'} ${names}`);
  }
  return blocks.join('\n');
};

/** What would be set, old → new. */
export const changesText = (sysid: number, changes: readonly ParameterChange[]): string => {
  const width = Math.max(...changes.map(({ name }) => name.length));
  const lines = changes.map(
    ({ name, from, value }) =>
      `  ${name.padEnd(width)}  ${numberText(from)} → ${numberText(value)}`,
  );
  return [`drone ${sysid}:`, ...lines].join('\n');
};
