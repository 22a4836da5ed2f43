import type { Finding } from '#agent/pilot/preflight/finding.ts';
import type { LinkFinding } from '#protocols/mavlink/link-diagnosis.ts';

/** The shares of lost packets and the autopilot's kind have checks of their own. */
const OF_THE_WIRE: ReadonlySet<LinkFinding['code']> = new Set([
  'same-sysid',
  'second-sender',
  'mavlink1',
  'damaged-bytes',
]);

/** What is wrong with the wire itself, as findings beside those of the vehicle. */
export const linkFindings = (diagnosis: readonly LinkFinding[]): Finding[] =>
  diagnosis
    .filter(({ code }) => OF_THE_WIRE.has(code))
    .map(({ code, severity, message, remedy }) => ({
      code,
      severity: severity === 'error' ? 'refuse' : 'warn',
      subject: 'link',
      found: message,
      wanted: 'one vehicle that speaks MAVLink 2, and nobody else',
      remedy,
      fix: [],
    }));
