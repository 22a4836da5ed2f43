import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { LinkState } from '../input.ts';

/** PX4 sends a HEARTBEAT every second. */
const GREATEST_HEARTBEAT_AGE_MS = 3000;

/** Shares of packets that arrive. */
const LEAST_QUALITY = 0.7;
const GOOD_QUALITY = 0.95;

/** Share of a stream's rate below which the guard would run on old positions. */
const LEAST_RATE_SHARE = 0.5;

const GREATEST_ROUND_TRIP_MS = 200;

const BANDWIDTH = 'Raise the baud rate, use hardware flow control, or turn off other streams.';

/** The wire between vehicle and companion carries what flying needs. */
export const link: Check = {
  needs: [],
  find: ({ link: state }) =>
    state === undefined ? [] : [...beatOf(state), ...qualityOf(state), ...otherOf(state)],
};

const beatOf = ({ heartbeatAgeMs }: Readonly<LinkState>): Finding[] => {
  if (heartbeatAgeMs <= GREATEST_HEARTBEAT_AGE_MS) return [];
  const found = Number.isFinite(heartbeatAgeMs)
    ? `${(heartbeatAgeMs / 1000).toFixed(1)} s old`
    : 'never heard';
  return [
    {
      code: 'heartbeat-missing',
      severity: 'refuse',
      subject: 'HEARTBEAT',
      found,
      wanted: 'one every second',
      remedy: 'Check power, wiring, port and baud rate (MAV_0_CONFIG, SER_TEL1_BAUD).',
      fix: [],
    },
  ];
};

const qualityOf = ({ quality }: Readonly<LinkState>): Finding[] => {
  if (quality >= GOOD_QUALITY) return [];
  return [
    {
      code: 'link-lossy',
      severity: quality >= LEAST_QUALITY ? 'warn' : 'refuse',
      subject: 'HEARTBEAT',
      found: `${Math.round(100 * (1 - quality))} % of its packets lost`,
      wanted: 'less than 5 %',
      remedy: BANDWIDTH,
      fix: [],
    },
  ];
};

const otherOf = ({ streams, roundTripMs, signed }: Readonly<LinkState>): Finding[] => {
  const findings = streams
    .filter(({ wantedHz, seenHz }) => seenHz < LEAST_RATE_SHARE * wantedHz)
    .map(({ name, wantedHz, seenHz }): Finding => ({
      code: 'stream-too-slow',
      severity: 'refuse',
      subject: name,
      found: `${seenHz.toFixed(1)} Hz`,
      wanted: `${wantedHz} Hz, as asked for`,
      remedy: BANDWIDTH,
      fix: [],
    }));
  if (roundTripMs > GREATEST_ROUND_TRIP_MS) {
    findings.push({
      code: 'link-slow',
      severity: 'warn',
      subject: 'TIMESYNC',
      found: `answers after ${Math.round(roundTripMs)} ms`,
      wanted: `within ${GREATEST_ROUND_TRIP_MS} ms`,
      remedy: BANDWIDTH,
      fix: [],
    });
  }
  if (signed === false) {
    findings.push({
      code: 'link-unsigned',
      severity: 'warn',
      subject: 'SETUP_SIGNING',
      found: 'unsigned MAVLink on a network',
      wanted: 'signed, or a wire that nobody else can reach',
      remedy:
        'Use a serial wire or loopback to the companion, or sign: skein vehicle signing enable.',
      fix: [],
    });
  }
  return findings;
};
