import { createHash } from 'node:crypto';

import { Fault } from '../fault.ts';
import {
  CHAIN_FILE,
  parseChain,
  segmentLinks,
  type ParsedChain,
  type SegmentLink,
} from './chain.ts';
import { MAX_FILE_BYTES, type Disk } from './disk-port.ts';
import { segmentFile, tornFile, type FlightInfo } from './segment-meta.ts';
import { countRecords, scanSegment } from './segment-scan.ts';
import { checkSignedHeads, type SignedHead } from './signed-head.ts';

/** What a crash or a power cut leaves behind; everything else means damage or tampering. */
const TRUNCATIONS = ['chain-torn', 'segment-open', 'not-ended'] as const;

type ProblemCode =
  | (typeof TRUNCATIONS)[number]
  | 'chain-missing'
  | 'chain-broken'
  | 'chain-rewritten'
  | 'chain-cut-back'
  | 'no-signed-head'
  | 'segment-missing'
  | 'segment-changed'
  | 'segment-malformed'
  | 'unexpected-file'
  | 'file-oversize';

export interface Problem {
  code: ProblemCode;
  file: string;
  /** First byte that is not sound, where that is known. */
  offset?: number;
  message: string;
}

export interface Verification {
  /**
   * verified: every byte is as it was written, to a clean end. truncated: what is there is sound, but
   * the end is missing, as after a crash (or while the flight is being recorded). failed: the rest.
   */
  status: 'verified' | 'truncated' | 'failed';
  flight: FlightInfo | undefined;
  segments: number;
  /** Sound records. */
  records: number;
  /** Segments that were torn by a crash and mended by the recorder itself; no problem. */
  mended: { file: string; droppedBytes: number }[];
  /** Signed heads of this flight that stand on the chain. */
  headsOnChain: number;
  problems: Problem[];
}

/**
 * Verifies a whole flight: the chain, every byte of every segment, and that each of `signedHeads`
 * (signatures checked by the caller) stands on the chain. Throws Fault 'log-not-found' for a directory
 * without any file of a log; whatever else is wrong is in the answer.
 */
export const verifyFlight = async (
  disk: Disk,
  signedHeads: readonly SignedHead[] = [],
): Promise<Verification> => {
  const files = await disk.list();
  if (files.length === 0) {
    throw new Fault('log-not-found', 'there is no flight log here', {
      remedy: 'Name the directory that holds chain.jsonl and 000001.mcap.',
      exit: 'usage',
    });
  }
  return new FlightVerifier(disk, files).run(signedHeads);
};

class FlightVerifier {
  readonly #disk: Disk;
  readonly #files: readonly string[];
  readonly #known = new Set<string>([CHAIN_FILE]);
  readonly #problems: Problem[] = [];
  #records = 0;

  constructor(disk: Disk, files: readonly string[]) {
    this.#disk = disk;
    this.#files = files;
  }

  async run(signedHeads: readonly SignedHead[]): Promise<Verification> {
    const { links } = await this.#verifyChain();
    const closed = segmentLinks(links);
    let previousHead = '';
    for (const { link, head } of links) {
      if (link.kind === 'segment') await this.#verifySegment(link, previousHead);
      previousHead = head;
    }
    await this.#verifyOpenSegment(closed.length + 1, previousHead);
    for (const file of this.#files) {
      if (this.#known.has(file)) continue;
      this.#report({ code: 'unexpected-file', file, message: 'the chain knows no such file' });
    }
    const first = links[0]?.link;
    const flight = first?.kind === 'flight' ? first : undefined;
    const heads = flight && checkSignedHeads(flight, links, signedHeads);
    for (const one of heads?.disagreements ?? []) this.#report({ ...one, file: CHAIN_FILE });
    return {
      status: this.#status(),
      flight,
      segments: closed.length,
      records: this.#records,
      mended: closed.flatMap(({ file, recovered }) =>
        recovered === undefined ? [] : [{ file, droppedBytes: recovered.droppedBytes }],
      ),
      headsOnChain: heads?.onChain ?? 0,
      problems: this.#problems,
    };
  }

  #report(problem: Problem): void {
    this.#problems.push(problem);
  }

  #status(): Verification['status'] {
    if (this.#problems.length === 0) return 'verified';
    const mild = this.#problems.every(({ code }) => TRUNCATIONS.some((one) => one === code));
    return mild ? 'truncated' : 'failed';
  }

  async #read(file: string): Promise<Uint8Array | undefined> {
    this.#known.add(file);
    if (!this.#files.includes(file)) return undefined;
    try {
      return await this.#disk.read(file, MAX_FILE_BYTES);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#report({ code: 'file-oversize', file, message: error.message });
      return new Uint8Array(0);
    }
  }

  async #verifyChain(): Promise<ParsedChain> {
    const file = CHAIN_FILE;
    const bytes = await this.#read(file);
    if (bytes === undefined) {
      this.#report({ code: 'chain-missing', file, message: 'there are segments but no chain' });
    }
    const chain = parseChain(bytes ?? new Uint8Array(0));
    const offset = chain.validBytes;
    if (chain.problem !== undefined) {
      const message = `line ${chain.links.length + 1}: ${chain.problem}`;
      this.#report({ code: 'chain-broken', file, offset, message });
    } else if (chain.torn) {
      this.#report({ code: 'chain-torn', file, offset, message: 'the last line is cut short' });
    } else if (bytes !== undefined && chain.links.at(-1)?.link.kind !== 'end') {
      this.#report({ code: 'not-ended', file, offset, message: 'the flight was never ended' });
    }
    return chain;
  }

  async #verifySegment(link: SegmentLink, previousHead: string): Promise<void> {
    const { file } = link;
    await this.#verifyTorn(link);
    const bytes = await this.#read(file);
    if (bytes === undefined) {
      this.#report({ code: 'segment-missing', file, message: 'the chain names it' });
      return;
    }
    const scan = scanSegment(bytes);
    const records = countRecords(scan);
    this.#records += records;
    if (bytes.length !== link.bytes || sha256(bytes) !== link.sha256) {
      const message = `its ${bytes.length} bytes are not the ${link.bytes} that were closed`;
      const where = scan.complete ? {} : { offset: scan.validBytes };
      this.#report({ code: 'segment-changed', file, ...where, message });
    } else if (
      !scan.complete ||
      records !== link.records ||
      scan.meta?.index !== link.index ||
      scan.meta.previousHead !== previousHead
    ) {
      const message = scan.problem ?? 'it is not the segment that its link describes';
      this.#report({ code: 'segment-malformed', file, offset: scan.validBytes, message });
    }
  }

  async #verifyTorn({ index, recovered }: SegmentLink): Promise<void> {
    if (recovered === undefined) return;
    const file = tornFile(index);
    const bytes = await this.#read(file);
    if (bytes === undefined) {
      this.#report({ code: 'segment-missing', file, message: 'the torn original is gone' });
    } else if (sha256(bytes) !== recovered.sha256) {
      this.#report({ code: 'segment-changed', file, message: 'the torn original has changed' });
    }
  }

  async #verifyOpenSegment(index: number, previousHead: string): Promise<void> {
    const file = segmentFile(index);
    const bytes = await this.#read(file);
    if (bytes === undefined) return;
    // A mending that was cut short leaves its copy beside the segment.
    this.#known.add(tornFile(index));
    const scan = scanSegment(bytes);
    const records = countRecords(scan);
    const offset = scan.validBytes;
    if (scan.meta !== undefined && scan.meta.previousHead !== previousHead) {
      const message = 'it does not follow from the chain';
      this.#report({ code: 'segment-malformed', file, offset, message });
      return;
    }
    this.#records += records;
    const lost = bytes.length - offset;
    const message = `it was never closed; ${records} records are sound, ${lost} bytes after them are not`;
    this.#report({ code: 'segment-open', file, offset, message });
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
