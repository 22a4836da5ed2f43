import { Fault } from '../fault.ts';

/** Who flew: the same in every segment of a flight. */
export interface FlightInfo {
  /** Name of the flight, letters, digits, `.`, `_`, `-`; at most 64. */
  flight: string;
  /** MAVLink system id of the drone, 1–255. */
  sysid: number;
  /** Counts the starts of the companion computer. */
  bootEpoch: number;
  /** Name of a part to its version, e.g. skein, model. */
  versions: Readonly<Record<string, string>>;
}

/** What a segment says of itself, so that one found alone can still be placed. */
export interface SegmentMeta {
  flight: FlightInfo;
  /** From 1. */
  index: number;
  /** Head of the chain before this segment, 32 bytes as hex. */
  previousHead: string;
  /** Number of its first record in the flight. */
  firstNumber: number;
}

/** Name of the MCAP metadata record that holds a {@link SegmentMeta}. */
export const SEGMENT_METADATA = 'skein.segment';

const FLIGHT_NAME = /^[\w.-]{1,64}$/;
const HEAD = /^[0-9a-f]{64}$/;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/**
 * A flight as read from a file or an argument; undefined when malformed. By hand rather than by
 * schema, because zod would add 19 MB to every recorder.
 */
export const parseFlightInfo = (value: unknown): FlightInfo | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { flight, sysid, bootEpoch, versions } = value as Partial<Record<string, unknown>>;
  if (typeof flight !== 'string' || !FLIGHT_NAME.test(flight)) return undefined;
  if (!isCount(sysid) || sysid < 1 || sysid > 255 || !isCount(bootEpoch)) return undefined;
  if (typeof versions !== 'object' || versions === null || Array.isArray(versions))
    return undefined;
  const entries = Object.entries(versions);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    return undefined;
  }
  return { flight, sysid, bootEpoch, versions: Object.fromEntries(entries) };
};

export const sameFlight = (a: FlightInfo, b: FlightInfo): boolean =>
  a.flight === b.flight && a.sysid === b.sysid && a.bootEpoch === b.bootEpoch;

/** `000001.mcap` … */
export const segmentFile = (index: number): string => `${String(index).padStart(6, '0')}.mcap`;

/** What a segment was before it was mended after a crash. */
export const tornFile = (index: number): string => `${String(index).padStart(6, '0')}.torn`;

/** Undefined for a name that no segment has. */
export const segmentIndexOf = (file: string): number | undefined => {
  const index = Number(/^(\d{6,})\.mcap$/.exec(file)?.[1] ?? 0);
  return index > 0 && segmentFile(index) === file ? index : undefined;
};

export const encodeSegmentMeta = (meta: SegmentMeta): Map<string, string> =>
  new Map([
    ['flight', meta.flight.flight],
    ['sysid', String(meta.flight.sysid)],
    ['bootEpoch', String(meta.flight.bootEpoch)],
    ['versions', JSON.stringify(meta.flight.versions)],
    ['segment', String(meta.index)],
    ['previousHead', meta.previousHead],
    ['firstNumber', String(meta.firstNumber)],
  ]);

/** Throws Fault 'log-segment-malformed'. */
export const decodeSegmentMeta = (metadata: ReadonlyMap<string, string>): SegmentMeta => {
  const number = (key: string): number => Number(metadata.get(key) ?? Number.NaN);
  const flight = parseFlightInfo({
    flight: metadata.get('flight'),
    sysid: number('sysid'),
    bootEpoch: number('bootEpoch'),
    versions: parseJson(metadata.get('versions')),
  });
  const index = number('segment');
  const previousHead = metadata.get('previousHead') ?? '';
  const firstNumber = number('firstNumber');
  if (
    flight === undefined ||
    !isCount(index) ||
    !isCount(firstNumber) ||
    !HEAD.test(previousHead)
  ) {
    throw new Fault('log-segment-malformed', 'a segment does not say where it belongs');
  }
  return { flight, index, previousHead, firstNumber };
};

const parseJson = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
};
