import { packBundles } from './bundle.ts';
import { entryId, type Entry, type Registers } from './registers.ts';
import { TOPICS } from './topic.ts';

/**
 * Anti-entropy over durable state (Demers et al. 1987): two members compare a digest per author, list
 * the numbers of the authors that differ, and hand over the original signed envelopes that the other
 * lacks. Four kinds of message, each complete in itself, any of which may be lost:
 *
 *   digest → inventory (of the authors that differ) → transfer and want → transfer
 *
 * Little-endian. digest: u8 1, then per author u16 id, u16 entries, u32 hash. inventory, want: u8 2
 * or 4, then per author u16 id, u16 entries, per entry u32 boot epoch, u32 sequence. transfer: u8 3,
 * then a bundle of envelopes.
 */
const KIND = { digest: 1, inventory: 2, transfer: 3, want: 4 } as const;

/** One message of repair: a digest of 256 authors is 2 KiB, a transfer one bundle. */
export const MAX_REPAIR_BYTES = 72_000;

/** Bytes of envelopes in one transfer and numbers in one list; the next round carries on. */
const TRANSFER_BYTES = 32_768;
const MAX_TRANSFERS = 2;
const MAX_LISTED = 3000;

export interface RepairReply {
  /** Messages for whoever sent the one that was handled. */
  replies: Uint8Array[];
  /** Envelopes to be admitted like any other: a stream proves nothing about their authors. */
  bundle: Uint8Array | undefined;
  /** True when the two sides were seen to differ: repair again soon. */
  differs: boolean;
}

const SILENCE: RepairReply = { replies: [], bundle: undefined, differs: false };

/** Sum of one author's numbers, the same in whatever order they came. */
const hashOf = (entries: Iterable<Entry>): number => {
  let hash = 0;
  for (const entry of entries) {
    // FNV-1a over the three words that name an entry.
    let one = 0x811c9dc5;
    for (const word of [TOPICS[entry.topic].id, entry.bootEpoch, entry.sequence]) {
      for (let shift = 0; shift < 32; shift += 8) {
        one = Math.imul(one ^ ((word >>> shift) & 0xff), 0x01000193);
      }
    }
    hash ^= one;
  }
  return hash >>> 0;
};

/** Digest of what one author said that lasts, as far as we have it; 0 for nothing. */
export const authorDigest = (registers: Registers, author: number): number =>
  hashOf(registers.byAuthor.get(author)?.values() ?? []);

export const encodeDigest = (registers: Registers): Uint8Array => {
  const authors = [...registers.byAuthor].filter(([, entries]) => entries.size > 0);
  const bytes = new Uint8Array(1 + 8 * authors.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = KIND.digest;
  for (const [index, [author, entries]] of authors.entries()) {
    view.setUint16(1 + 8 * index, author, true);
    view.setUint16(3 + 8 * index, entries.size, true);
    view.setUint32(5 + 8 * index, hashOf(entries.values()), true);
  }
  return bytes;
};

/** What to answer to a message of repair. Never throws; answers nothing to what it cannot read. */
export const answerRepair = (
  registers: Registers,
  message: Uint8Array,
  isMember: (author: number) => boolean,
): RepairReply => {
  if (message.length > MAX_REPAIR_BYTES) return SILENCE;
  const body = message.subarray(1);
  switch (message[0]) {
    case KIND.digest:
      return answerDigest(registers, body);
    case KIND.inventory:
      return answerInventory(registers, body, isMember);
    case KIND.transfer:
      return { ...SILENCE, bundle: body };
    case KIND.want:
      return answerWant(registers, body);
    default:
      return SILENCE;
  }
};

const answerDigest = (registers: Registers, body: Uint8Array): RepairReply => {
  if (body.length % 8 !== 0) return SILENCE;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const differing = new Set<number>();
  const theirs = new Set<number>();
  for (let offset = 0; offset < body.length; offset += 8) {
    const author = view.getUint16(offset, true);
    const entries = registers.byAuthor.get(author);
    theirs.add(author);
    const same =
      entries !== undefined &&
      entries.size === view.getUint16(offset + 2, true) &&
      hashOf(entries.values()) === view.getUint32(offset + 4, true);
    if (!same) differing.add(author);
  }
  for (const [author, entries] of registers.byAuthor) {
    if (entries.size > 0 && !theirs.has(author)) differing.add(author);
  }
  if (differing.size === 0) return SILENCE;
  const lists = new Map(
    [...differing].map((author) => [author, [...(registers.byAuthor.get(author)?.values() ?? [])]]),
  );
  return { replies: [encodeLists(KIND.inventory, lists)], bundle: undefined, differs: true };
};

const answerInventory = (
  registers: Registers,
  body: Uint8Array,
  isMember: (author: number) => boolean,
): RepairReply => {
  const lists = decodeLists(body);
  if (lists === undefined) return SILENCE;
  const wanted = new Map<number, Numbered[]>();
  const lacking: Entry[] = [];
  for (const [author, listed] of lists) {
    const own = registers.byAuthor.get(author);
    const missing = listed.filter((one) => own?.has(entryId(one)) !== true);
    if (missing.length > 0 && isMember(author)) wanted.set(author, missing);
    const theirs = new Set(listed.map(entryId));
    for (const [id, entry] of own ?? []) if (!theirs.has(id)) lacking.push(entry);
  }
  const replies = transfersOf(lacking);
  if (wanted.size > 0) replies.push(encodeLists(KIND.want, wanted));
  return { replies, bundle: undefined, differs: replies.length > 0 };
};

const answerWant = (registers: Registers, body: Uint8Array): RepairReply => {
  const lists = decodeLists(body);
  if (lists === undefined) return SILENCE;
  const entries = [...lists].flatMap(([author, listed]) =>
    listed.flatMap((one) => registers.byAuthor.get(author)?.get(entryId(one)) ?? []),
  );
  return { replies: transfersOf(entries), bundle: undefined, differs: false };
};

const urgency = (entry: Entry): number => TOPICS[entry.topic].id;

/** Few of one kind must not wait for many of another: what commands goes first. */
const transfersOf = (entries: Entry[]): Uint8Array[] => {
  const sorted = [...entries].sort((a, b) => urgency(a) - urgency(b) || a.order - b.order);
  const envelopes = sorted.map((entry) => entry.bytes);
  return packBundles(envelopes, TRANSFER_BYTES)
    .slice(0, MAX_TRANSFERS)
    .map((bundle) => {
      const message = new Uint8Array(1 + bundle.length);
      message[0] = KIND.transfer;
      message.set(bundle, 1);
      return message;
    });
};

interface Numbered {
  bootEpoch: number;
  sequence: number;
}

const encodeLists = (kind: number, lists: ReadonlyMap<number, Numbered[]>): Uint8Array => {
  let left = MAX_LISTED;
  // An author's list goes whole or not at all: what a cut list leaves out would look lacking.
  const cut = [...lists].filter(([, entries]) => {
    const fits = entries.length <= left;
    if (fits) left -= entries.length;
    return fits;
  });
  const total = cut.reduce((sum, [, entries]) => sum + 4 + 8 * entries.length, 1);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  bytes[0] = kind;
  let offset = 1;
  for (const [author, entries] of cut) {
    view.setUint16(offset, author, true);
    view.setUint16(offset + 2, entries.length, true);
    offset += 4;
    for (const entry of entries) {
      view.setUint32(offset, entry.bootEpoch, true);
      view.setUint32(offset + 4, entry.sequence, true);
      offset += 8;
    }
  }
  return bytes;
};

const decodeLists = (body: Uint8Array): Map<number, Numbered[]> | undefined => {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const lists = new Map<number, Numbered[]>();
  let offset = 0;
  while (offset < body.length) {
    if (body.length - offset < 4) return undefined;
    const author = view.getUint16(offset, true);
    const count = view.getUint16(offset + 2, true);
    offset += 4;
    if (count > MAX_LISTED || body.length - offset < 8 * count) return undefined;
    const entries: Numbered[] = [];
    for (let index = 0; index < count; index += 1) {
      const bootEpoch = view.getUint32(offset, true);
      entries.push({ bootEpoch, sequence: view.getUint32(offset + 4, true) });
      offset += 8;
    }
    lists.set(author, entries);
  }
  return lists;
};
