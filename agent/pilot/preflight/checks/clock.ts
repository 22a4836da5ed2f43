import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** Beyond this, logs of vehicle and companion cannot be laid beside each other. */
const GREATEST_OFFSET_MS = 2000;

/** Beyond this, the age of a position is guesswork. */
const GREATEST_JITTER_MS = 50;

const warning = (code: string, subject: string, found: string, wanted: string): Finding => ({
  code,
  severity: 'warn',
  subject,
  found,
  wanted,
  remedy: 'Set the clock of the companion (chrony, NTP) and let the vehicle find its satellites.',
  fix: [],
});

/** No flight rests on the time of day; a clock that jumps while the vehicle stands is no clock to fly by. */
export const clock: Check = {
  needs: [],
  find: ({ clock: state }) => {
    if (state === undefined) return [];
    const findings: Finding[] = [];
    const { unixOffsetMs, jitterMs, jumps } = state;
    if (jumps > 0) {
      findings.push({
        code: 'clock-jumped',
        severity: 'refuse',
        subject: 'SYSTEM_TIME',
        found: `${jumps} jump${jumps === 1 ? '' : 's'} of time since boot while it was watched`,
        wanted: 'a steady clock',
        remedy: 'Power the vehicle off and on, and look at its supply: it may be restarting.',
        fix: [],
      });
    }
    if (Math.abs(unixOffsetMs) > GREATEST_OFFSET_MS) {
      const found = `${Math.round(unixOffsetMs / 1000)} s from this machine's clock`;
      findings.push(warning('clock-offset', 'SYSTEM_TIME', found, 'within 2 s'));
    }
    if (jitterMs > GREATEST_JITTER_MS) {
      const found = `offset spread of ${Math.round(jitterMs)} ms`;
      findings.push(warning('clock-jitter', 'TIMESYNC', found, `within ${GREATEST_JITTER_MS} ms`));
    }
    return findings;
  },
};
