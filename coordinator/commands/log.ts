import { EXIT, Fault } from '#protocols/fault.ts';
import { openDisk } from '#protocols/log/disk.ts';
import { readFlight } from '#protocols/log/reader.ts';
import { CHANNELS, type ChannelName, type NumberedRecord } from '#protocols/log/record.ts';
import { segmentIndexOf } from '#protocols/log/segment-meta.ts';
import type { Problem, Verification } from '#protocols/log/verify.ts';
import { auditDirectories, type Audit, type FlightAudit } from '../audit/audit.ts';
import { recordContent } from '../audit/describe-record.ts';
import { flightDirectories } from '../audit/directory.ts';
import type { Context } from './context.ts';

/** A log that merely lacks its end is no forgery, but it is refused as a whole record. */
const EXIT_OF: Record<Verification['status'], number> = {
  verified: EXIT.ok,
  truncated: EXIT.refused,
  failed: EXIT.failed,
};

/**
 * `skein log verify DIR …`: every byte of flights, or of all flights of a run. Exit code: ok when all
 * are verified, refused when one lacks its end, failed when a byte, a link or a signed head is wrong.
 */
export const runLogVerify = async (
  context: Context,
  directories: readonly string[],
  options: { allowTruncated: boolean },
): Promise<number> => {
  const audit = await auditDirectories(directories);
  context.output.data(audit, () => auditText(audit));
  if (audit.status === 'truncated' && options.allowTruncated) return EXIT.ok;
  return EXIT_OF[audit.status];
};

const REMEDY: Record<Verification['status'], string> = {
  verified: '',
  truncated:
    'What is there is sound. A recorder that starts on the directory again mends it; or accept it with --allow-truncated.',
  failed: 'Keep the directory as it is, and compare it with a copy that verifies.',
};

const auditText = (audit: Audit): string => {
  const remedy = REMEDY[audit.status];
  const witness =
    audit.witness === null
      ? 'no signed heads at hand: a chain rewritten from its beginning would not show'
      : `${audit.signedHeads} signed heads from ${audit.witness}`;
  return [
    ...audit.flights.flatMap(flightLines),
    ...audit.complaints.map((complaint) => `  ${complaint}`),
    `audit: ${audit.status} (${witness})`,
    ...(remedy === '' ? [] : [remedy]),
  ].join('\n');
};

const flightLines = (flight: FlightAudit): string[] => {
  const { flight: info, headsOnChain, mended } = flight;
  const name = info === undefined ? 'unknown flight' : `drone ${info.sysid}, ${info.flight}`;
  const heads = headsOnChain === 0 ? '' : `, ${headsOnChain} signed heads on the chain`;
  return [
    `${flight.directory}: ${flight.status}: ${name}, ${flight.segments} segments, ${flight.records} records${heads}`,
    ...mended.map(
      ({ file, droppedBytes }) => `  ${file}: mended, ${droppedBytes} torn bytes kept aside`,
    ),
    ...flight.problems.map((problem) => `  ${problemText(problem)}`),
  ];
};

const problemText = ({ file, offset, code, message }: Problem): string => {
  const segment = segmentIndexOf(file);
  const place = [
    file,
    ...(segment === undefined ? [] : [`segment ${segment}`]),
    ...(offset === undefined ? [] : [`byte ${offset}`]),
  ].join(', ');
  return `${place}: ${message} (${code})`;
};

interface ShowOptions {
  channel: string | undefined;
  limit: number;
}

/** `skein log show DIR`: the records of a flight, one line each; with --json one object each. */
export const runLogShow = async (
  context: Context,
  directory: string,
  options: ShowOptions,
): Promise<number> => {
  const channel = channelOf(options.channel);
  let shown = 0;
  for await (const record of readFlight(openDisk(onlyFlight(directory)))) {
    if (channel !== undefined && record.channel !== channel) continue;
    if (shown >= options.limit) {
      context.output.say(`… the first ${options.limit}; more with --limit`);
      break;
    }
    shown += 1;
    const content = recordContent(record);
    const { number, monotonicMs, payload } = record;
    const unixUs = Number(record.logTimeUs);
    context.output.data(
      { number, channel: record.channel, monotonicMs, unixUs, bytes: payload.length, content },
      () => recordText(record, content),
    );
  }
  return EXIT.ok;
};

const MAX_TEXT = 160;

const recordText = (record: NumberedRecord, content: unknown): string => {
  const time = new Date(Number(record.logTimeUs / 1000n)).toISOString().slice(11, 23);
  const text = content === undefined ? '' : JSON.stringify(content);
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
  return `${String(record.number).padStart(7)} ${time} ${record.channel.padEnd(14)} ${String(record.payload.length).padStart(6)} B  ${cut}`;
};

const channelOf = (name: string | undefined): ChannelName | undefined => {
  if (name === undefined) return undefined;
  const names = Object.keys(CHANNELS) as ChannelName[];
  const channel = names.find((one) => one === name);
  if (channel !== undefined) return channel;
  throw new Fault('usage', `--channel is "${name}": a log has no such channel`, {
    exit: 'usage',
    data: { option: '--channel', value: name },
    remedy: `The channels are ${names.join(', ')}.`,
  });
};

/** Throws Fault 'log-ambiguous' (exit usage) for a directory with several flights. */
export const onlyFlight = (directory: string): string => {
  const [first, ...others] = flightDirectories(directory);
  if (first !== undefined && others.length === 0) return first;
  throw new Fault('log-ambiguous', `${directory} holds ${others.length + 1} flights`, {
    exit: 'usage',
    data: { file: directory, flights: others.length + 1 },
    remedy: `Name one of them, e.g. ${first}.`,
  });
};
