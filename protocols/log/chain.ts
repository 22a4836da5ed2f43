import { createHash } from 'node:crypto';

import { parseFlightInfo, segmentFile, type FlightInfo } from './segment-meta.ts';

/**
 * A flight's chain: one JSON line per link in `chain.jsonl`. Each link's head is SHA-256 over the
 * head before it and the exact text of the link, so a head stands for everything up to it. The first
 * link names the flight, then every closed segment adds one, and a clean end adds one.
 */
export const CHAIN_FILE = 'chain.jsonl';

interface FlightLink extends FlightInfo {
  kind: 'flight';
  format: 1;
  /** Unix time, µs. */
  openedUs: number;
}

export interface SegmentLink {
  kind: 'segment';
  /** From 1. */
  index: number;
  file: string;
  bytes: number;
  /** Over all bytes of the file, index and footer included. */
  sha256: string;
  records: number;
  /** Unix time, µs. */
  closedUs: number;
  /** Present when a crash tore the segment: what it was before it was mended. */
  recovered?: { bytes: number; sha256: string; droppedBytes: number };
}

interface EndLink {
  kind: 'end';
  /** Unix time, µs. */
  closedUs: number;
}

export type Link = FlightLink | SegmentLink | EndLink;

/** Where a chain stands; the next link goes on from here. */
export interface ChainHead {
  /** Links so far. */
  links: number;
  /** SHA-256 of the last link, hex; 64 zeros before the first. */
  head: string;
}

export const EMPTY_CHAIN: ChainHead = { links: 0, head: '0'.repeat(64) };

export interface ChainLink {
  link: Link;
  /** Head after this link. */
  head: string;
}

const headAfter = (previousHead: string, body: string): string =>
  createHash('sha256').update(Buffer.from(previousHead, 'hex')).update(body).digest('hex');

/** The line (newline included) that adds `link`, and where the chain stands then. */
export const extendChain = (
  chain: ChainHead,
  link: Link,
): { line: Uint8Array; chain: ChainHead } => {
  const body = JSON.stringify(link);
  const head = headAfter(chain.head, body);
  return {
    line: new TextEncoder().encode(`{"link":${body},"head":"${head}"}\n`),
    chain: { links: chain.links + 1, head },
  };
};

/** A chain file as far as it is sound. */
export interface ParsedChain {
  links: ChainLink[];
  /** Everything before this offset is sound. */
  validBytes: number;
  /** The last line lacks its end, as a crash in the middle of a write leaves it. */
  torn: boolean;
  /** What is wrong with the whole line at `validBytes`. */
  problem: string | undefined;
}

const NEWLINE = 10;

/** Reads a chain file up to the first line that does not follow from those before it. Never throws. */
export const parseChain = (bytes: Uint8Array): ParsedChain => {
  const parsed: ParsedChain = { links: [], validBytes: 0, torn: false, problem: undefined };
  while (parsed.validBytes < bytes.length) {
    const end = bytes.indexOf(NEWLINE, parsed.validBytes);
    if (end < 0) return { ...parsed, torn: true };
    const next = parseLine(bytes.subarray(parsed.validBytes, end), parsed.links);
    if (typeof next === 'string') return { ...parsed, problem: next };
    parsed.links.push(next);
    parsed.validBytes = end + 1;
  }
  return parsed;
};

const LINE = /^\{"link":(\{.*\}),"head":"([0-9a-f]{64})"\}$/;

/** The link, or what is wrong with the line. */
const parseLine = (line: Uint8Array, before: readonly ChainLink[]): ChainLink | string => {
  const [, body, head] = LINE.exec(new TextDecoder().decode(line)) ?? [];
  if (body === undefined || head === undefined) return 'not a link';
  if (headAfter(before.at(-1)?.head ?? EMPTY_CHAIN.head, body) !== head) {
    return 'the head does not follow from the links before it';
  }
  const link = parseLink(body);
  if (link === undefined) return 'a link of unknown shape';
  const segments = before.filter((one) => one.link.kind === 'segment').length;
  if ((link.kind === 'flight') !== (before.length === 0)) return 'the flight link is not the first';
  if (link.kind === 'segment' && link.index !== segments + 1) return 'a segment out of order';
  return { link, head };
};

const parseLink = (body: string): Link | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  return isLink(value) ? value : undefined;
};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isDigest = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

// By hand rather than by schema: zod would add 19 MB to every recorder.
const isLink = (value: unknown): value is Link => {
  if (typeof value !== 'object' || value === null) return false;
  const link = value as Partial<Record<string, unknown>>;
  const { kind, index, recovered } = link;
  if (kind === 'flight') {
    return link['format'] === 1 && isCount(link['openedUs']) && parseFlightInfo(link) !== undefined;
  }
  if (kind === 'end') return isCount(link['closedUs']);
  const counts = [index, link['bytes'], link['records'], link['closedUs']];
  return (
    kind === 'segment' &&
    counts.every(isCount) &&
    link['file'] === segmentFile(Number(index)) &&
    isDigest(link['sha256']) &&
    (recovered === undefined || isRecovered(recovered))
  );
};

const isRecovered = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const recovered = value as Partial<Record<string, unknown>>;
  return (
    isCount(recovered['bytes']) &&
    isCount(recovered['droppedBytes']) &&
    isDigest(recovered['sha256'])
  );
};

export const segmentLinks = (links: readonly ChainLink[]): SegmentLink[] =>
  links.map((one) => one.link).filter((link) => link.kind === 'segment');
