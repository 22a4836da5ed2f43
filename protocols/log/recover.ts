import { createHash } from 'node:crypto';

import { Fault } from '../fault.ts';
import {
  CHAIN_FILE,
  EMPTY_CHAIN,
  extendChain,
  parseChain,
  segmentLinks,
  type ChainHead,
  type ChainLink,
  type SegmentLink,
} from './chain.ts';
import { MAX_FILE_BYTES, type Disk } from './disk-port.ts';
import { SegmentEncoder } from './segment-encoder.ts';
import {
  sameFlight,
  segmentFile,
  segmentIndexOf,
  tornFile,
  type FlightInfo,
  type SegmentMeta,
} from './segment-meta.ts';
import { countRecords, scanSegment, type SegmentScan } from './segment-scan.ts';

/** Where the writer goes on. */
export interface FlightState {
  chain: ChainHead;
  /** Index of the next segment. */
  nextSegment: number;
  /** Number of the next record. */
  nextNumber: number;
  /** Segments that a crash had torn and this opening mended. */
  mended: SegmentLink[];
}

const damaged = (what: string, data: Record<string, string | number>): Fault =>
  new Fault('log-damaged', `this flight's log cannot be gone on with: ${what}`, {
    data,
    remedy: 'Keep the directory as it is for "skein log verify", and record into a new one.',
  });

/**
 * Opens the directory of a new flight, or mends what a crash left of this one: a torn last line of
 * the chain is dropped; a last segment that was never closed is kept aside, cut to its last whole
 * commit, closed and added to the chain. Interrupted at any moment, the next opening does the same.
 * Throws Fault 'log-other-flight' or 'log-damaged' (more is wrong than a crash can do).
 */
export const openFlight = async (
  disk: Disk,
  flight: FlightInfo,
  openedUs: number,
): Promise<FlightState> => {
  const files = await disk.list();
  if (!files.includes(CHAIN_FILE)) return beginFlight(disk, flight, openedUs, files);
  const links = await mendChain(disk);
  const first = links[0]?.link;
  if (first?.kind !== 'flight') throw damaged('the chain is empty', { file: CHAIN_FILE });
  if (!sameFlight(first, flight)) {
    throw new Fault('log-other-flight', `the directory holds flight ${first.flight}`, {
      data: { found: first.flight, expected: flight.flight },
      remedy: 'Record every flight into a directory of its own.',
    });
  }
  return mendLastSegment(disk, first, links, files, openedUs);
};

const beginFlight = async (
  disk: Disk,
  flight: FlightInfo,
  openedUs: number,
  files: readonly string[],
): Promise<FlightState> => {
  if (files.length > 0) throw damaged('there are files but no chain', { file: files[0] ?? '' });
  const { flight: name, sysid, bootEpoch, versions } = flight;
  const link = {
    kind: 'flight',
    format: 1,
    flight: name,
    sysid,
    bootEpoch,
    versions,
    openedUs,
  } as const;
  const { line, chain } = extendChain(EMPTY_CHAIN, link);
  await disk.replace(CHAIN_FILE, line);
  return { chain, nextSegment: 1, nextNumber: 0, mended: [] };
};

const mendChain = async (disk: Disk): Promise<ChainLink[]> => {
  const bytes = await disk.read(CHAIN_FILE, MAX_FILE_BYTES);
  const parsed = parseChain(bytes);
  if (parsed.problem !== undefined) {
    throw damaged(parsed.problem, { file: CHAIN_FILE, offset: parsed.validBytes });
  }
  if (parsed.torn) await disk.replace(CHAIN_FILE, bytes.subarray(0, parsed.validBytes));
  return parsed.links;
};

const mendLastSegment = async (
  disk: Disk,
  flight: FlightInfo,
  links: readonly ChainLink[],
  files: readonly string[],
  closedUs: number,
): Promise<FlightState> => {
  const closed = segmentLinks(links);
  const chain = { links: links.length, head: links.at(-1)!.head };
  const nextNumber = closed.reduce((sum, link) => sum + link.records, 0);
  const index = closed.length + 1;
  const stray = files.find((file) => (segmentIndexOf(file) ?? 0) > index);
  if (stray !== undefined) throw damaged('a file that the chain does not know', { file: stray });
  const missing = closed.find((link) => !files.includes(link.file));
  if (missing !== undefined) throw damaged('a segment is missing', { file: missing.file });
  if (!files.includes(segmentFile(index)))
    return { chain, nextSegment: index, nextNumber, mended: [] };
  const meta = { flight, index, previousHead: chain.head, firstNumber: nextNumber };
  const link = await mendSegment(disk, meta, files, closedUs);
  const next = extendChain(chain, link);
  const file = await disk.extend(CHAIN_FILE);
  await file.append(next.line);
  await file.sync();
  await file.close();
  return {
    chain: next.chain,
    nextSegment: index + 1,
    nextNumber: nextNumber + link.records,
    mended: link.recovered === undefined ? [] : [link],
  };
};

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const mendSegment = async (
  disk: Disk,
  meta: SegmentMeta,
  files: readonly string[],
  closedUs: number,
): Promise<SegmentLink> => {
  const file = segmentFile(meta.index);
  const torn = tornFile(meta.index);
  let bytes = await disk.read(file, MAX_FILE_BYTES);
  const scan = scanSegment(bytes);
  if (scan.meta !== undefined && scan.meta.previousHead !== meta.previousHead) {
    throw damaged('the last segment does not follow from the chain', { file });
  }
  let recovered: SegmentLink['recovered'];
  if (!scan.complete) {
    // Kept as it was found: what cannot be read today is evidence all the same.
    await disk.replace(torn, bytes);
    recovered = tornBytes(bytes);
    bytes = rewrite(meta, scan);
    await disk.replace(file, bytes);
  } else if (files.includes(torn)) {
    // An earlier mending came this far and no further.
    recovered = tornBytes(await disk.read(torn, MAX_FILE_BYTES));
  }
  const link = {
    kind: 'segment',
    index: meta.index,
    file,
    bytes: bytes.length,
    sha256: digest(bytes),
    records: countRecords(scan),
    closedUs,
  } as const;
  return recovered === undefined ? link : { ...link, recovered };
};

const tornBytes = (bytes: Uint8Array): NonNullable<SegmentLink['recovered']> => ({
  bytes: bytes.length,
  sha256: digest(bytes),
  droppedBytes: bytes.length - scanSegment(bytes).validBytes,
});

const rewrite = (meta: SegmentMeta, scan: SegmentScan): Uint8Array => {
  const encoder = new SegmentEncoder(meta);
  return Buffer.concat([
    encoder.start(),
    ...scan.chunks.map((chunk) => encoder.chunk(chunk.messages)),
    encoder.end(),
  ]);
};
