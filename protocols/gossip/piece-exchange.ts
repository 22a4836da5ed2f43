import type { Random } from '../random.ts';
import { contentName, PieceContent, storeContent } from './piece-content.ts';
import type { PieceStore } from './piece-files.ts';
import {
  bitCount,
  decodePieceMessage,
  encodePieceMessage,
  LIST,
  PROBE,
  type PieceMessage,
} from './pieces.ts';
import type { Release } from './release.ts';
import { fullBucket, takeTokens, type TokenBucket } from './token-bucket.ts';

/** Contents that a member holds; the one that was announced longest ago goes first. */
const MAX_CONTENTS = 4;
/** Who does not answer in that time has lost the question, or its answer is lost, ms. */
const ANSWER_MS = 8000;
/** Who had nothing for us is asked again after, ms. */
const LACKS_MS = 3000;
/** Who sent what is not what was announced is not asked again for, ms. */
const FALSE_MS = 60_000;
/**
 * Between an answer and the next question, for each that may fetch at the same time, ms: all together
 * take 160 kB/s, a quarter of what a mesh radio of 5 Mbit/s carries. On a channel that fills up, and so
 * slows everyone's words by some factor, longer by its square.
 */
const PAUSE_MS = 50;
const MOST_PAUSE_MS = 30_000;
/** Served to all, pieces a second. */
const SERVED = { perS: 32, burst: 32 };
/** Whoever offers a content asks each peer this often how much of it is there, ms. */
const PROBE_MS = 2000;
/** A disk that took nothing is tried again after, ms. */
const DISK_MS = 10_000;

export interface PieceEvents {
  /** All of it is there, verified, in the store under `name`; once a start. */
  onWhole(release: Release, name: string): void;
  /** A member sent something else than was announced. */
  onFalse(from: number): void;
  /** A piece could not be kept, or read; tried again. */
  onNotKept(error: unknown): void;
}

export interface ContentProgress {
  name: string;
  version: number;
  pieces: number;
  present: number;
  /** Pieces that others have, as they said last; asked for by whoever offered the content. */
  others: { member: number; present: number }[];
}

interface Source {
  /** Which pieces it said it has; undefined: it never had to say. */
  bits: Uint8Array | undefined;
  /** Not asked before, monotonic ms. */
  nextMs: number;
}

interface Question {
  content: PieceContent;
  to: number;
  index: number;
  askedMs: number;
}

/**
 * Brings announced contents to a member, piece by piece from whoever of its peers has one, and hands them
 * on. One question at a time, then a pause by how full the channel is: a swarm in flight has first use of
 * it. What is on disk counts after a restart.
 */
export class PieceExchange {
  readonly #store: PieceStore;
  readonly #random: Random;
  readonly #events: PieceEvents;
  readonly #contents: PieceContent[] = [];
  readonly #sources = new Map<PieceContent, Map<number, Source>>();
  readonly #served: TokenBucket = fullBucket(SERVED, 0);
  /** How much of what we offer the others have. */
  readonly #offered = new Map<PieceContent, Map<number, number>>();
  #question: Question | undefined;
  #crowding = 1;
  #nextMs = 0;
  #probeMs = -Infinity;

  constructor(store: PieceStore, random: Random, events: PieceEvents) {
    this.#store = store;
    this.#random = random;
    this.#events = events;
  }

  /** What an operator announced, now or before a restart. */
  want(release: Release): void {
    this.#tried(() => this.#hold(release));
  }

  #hold(release: Release): void {
    const before = this.#contents.find(({ name }) => name === contentName(release));
    if (before !== undefined) {
      const { piecesSha256 } = before.release;
      if (Buffer.compare(piecesSha256, release.piecesSha256) === 0) return;
      this.#drop(before);
    }
    const content = new PieceContent(release, this.#store);
    this.#contents.push(content);
    this.#sources.set(content, new Map());
    if (this.#contents.length > MAX_CONTENTS) this.#drop(this.#contents[0]!);
    // Announced again after a restart it counts: what is not known of yet is not thrown away.
    const names = this.#contents.map(({ name }) => name);
    this.#store.keep(names, MAX_CONTENTS - names.length);
  }

  #drop(content: PieceContent): void {
    this.#contents.splice(this.#contents.indexOf(content), 1);
    this.#sources.delete(content);
    this.#offered.delete(content);
    if (this.#question?.content === content) this.#question = undefined;
  }

  /** Puts a content of our own into the store; returns what to announce. Throws what the store throws. */
  offer(name: string, version: number, bytes: Uint8Array): Release {
    const release = storeContent(this.#store, name, version, bytes);
    this.#hold(release);
    this.#offered.set(
      this.#contents.find((one) => one.release === release)!,
      new Map(),
    );
    return release;
  }

  progress(): ContentProgress[] {
    return this.#contents.map((content) => ({
      name: content.release.name,
      version: content.release.version,
      pieces: content.pieces,
      present: content.pieces - content.missing,
      others: [...(this.#offered.get(content) ?? [])].map(([member, present]) => ({
        member,
        present,
      })),
    }));
  }

  /** Answers to whoever sent it; nothing to what it cannot read. */
  receive(from: number, bytes: Uint8Array, nowMs: number): Uint8Array[] {
    const message = decodePieceMessage(bytes);
    if (message === undefined) return [];
    const content = this.#contents.find(
      ({ release }) => Buffer.compare(release.piecesSha256, message.id) === 0,
    );
    if (message.kind === 'ask') return this.#answer(content, message, nowMs);
    const question = this.#question;
    if (content === undefined) return [];
    if (message.kind === 'have') this.#offered.get(content)?.set(from, bitCount(message.bits));
    if (question?.to !== from || question.content !== content) return [];
    if (message.kind === 'have') {
      this.#settle(question, nowMs, { bits: message.bits.slice(), nextMs: nowMs + LACKS_MS });
    } else if (message.index === question.index) {
      this.#take(question, message.bytes, nowMs);
    }
    return [];
  }

  #answer(
    content: PieceContent | undefined,
    { id, index }: PieceMessage & { kind: 'ask' },
    nowMs: number,
  ): Uint8Array[] {
    // Whoever comes too often is not told that there is nothing: it would go elsewhere.
    if (!takeTokens(this.#served, SERVED, 1, nowMs)) return [];
    const bytes = this.#tried(() => content?.read(index));
    if (bytes !== undefined) return [encodePieceMessage({ kind: 'piece', id, index, bytes })];
    const bits = content?.bits() ?? new Uint8Array(0);
    return [encodePieceMessage({ kind: 'have', id, bits })];
  }

  #tried<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#events.onNotKept(error);
      return undefined;
    }
  }

  /** The question is answered, or lost. */
  #settle({ content, to }: Question, nowMs: number, source: Source): void {
    const sources = this.#sources.get(content)!;
    sources.set(to, source);
    this.#question = undefined;
    const pauseMs = PAUSE_MS * sources.size * this.#crowding ** 2;
    this.#nextMs = nowMs + Math.min(MOST_PAUSE_MS, pauseMs);
  }

  #take(question: Question, bytes: Uint8Array, nowMs: number): void {
    const { content, to, index } = question;
    if (!content.isTrue(index, bytes)) {
      this.#settle(question, nowMs, { bits: undefined, nextMs: nowMs + FALSE_MS });
      this.#events.onFalse(to);
      return;
    }
    const { bits } = this.#sources.get(content)!.get(to)!;
    this.#settle(question, nowMs, { bits, nextMs: nowMs });
    try {
      content.keep(index, bytes);
    } catch (error) {
      this.#nextMs = nowMs + DISK_MS;
      this.#events.onNotKept(error);
      return;
    }
    if (content.missing === 0 && index !== LIST) {
      this.#events.onWhole(content.release, content.name);
    }
  }

  /**
   * What to ask whom now; to be called some twenty times a second.
   *
   * @param crowding by what factor members speak more seldom than on a free channel (pace.ts), ≥ 1
   */
  tick(
    peers: readonly number[],
    crowding: number,
    nowMs: number,
  ): { to: number; bytes: Uint8Array }[] {
    this.#crowding = crowding;
    return [...this.#probes(peers, nowMs), ...this.#asks(peers, nowMs)];
  }

  #probes(peers: readonly number[], nowMs: number): { to: number; bytes: Uint8Array }[] {
    if (nowMs - this.#probeMs < PROBE_MS) return [];
    this.#probeMs = nowMs;
    return [...this.#offered].flatMap(([{ release, pieces }, present]) => {
      const ask = { kind: 'ask', id: release.piecesSha256, index: PROBE } as const;
      return peers
        .filter((peer) => present.get(peer) !== pieces)
        .map((to) => ({ to, bytes: encodePieceMessage(ask) }));
    });
  }

  #asks(peers: readonly number[], nowMs: number): { to: number; bytes: Uint8Array }[] {
    this.#forgetLost(peers, nowMs);
    if (this.#question !== undefined || nowMs < this.#nextMs) return [];
    if (!this.#areChecked(nowMs)) return [];
    for (const content of this.#contents) {
      if (content.hasList && content.missing === 0) continue;
      this.#noteSources(content, peers);
      const question = this.#nextQuestion(content, nowMs);
      if (question === undefined) continue;
      this.#question = question;
      const { to, index } = question;
      const { piecesSha256: id } = content.release;
      return [{ to, bytes: encodePieceMessage({ kind: 'ask', id, index }) }];
    }
    return [];
  }

  #areChecked(nowMs: number): boolean {
    for (const content of this.#contents) {
      const checked = this.#tried(() => content.check());
      if (checked === 'checked') continue;
      if (checked === undefined) this.#nextMs = nowMs + DISK_MS;
      if (checked === 'whole') this.#events.onWhole(content.release, content.name);
      return false;
    }
    return true;
  }

  #forgetLost(peers: readonly number[], nowMs: number): void {
    const question = this.#question;
    if (question === undefined) return;
    if (nowMs - question.askedMs <= ANSWER_MS && peers.includes(question.to)) return;
    this.#settle(question, nowMs, { bits: undefined, nextMs: nowMs + LACKS_MS });
    // Who is gone has kept the channel from nobody.
    if (!peers.includes(question.to)) this.#nextMs = nowMs;
  }

  #noteSources(content: PieceContent, peers: readonly number[]): void {
    const sources = this.#sources.get(content)!;
    for (const peer of sources.keys()) if (!peers.includes(peer)) sources.delete(peer);
    for (const peer of peers) {
      if (!sources.has(peer)) sources.set(peer, { bits: undefined, nextMs: 0 });
    }
  }

  #nextQuestion(content: PieceContent, nowMs: number): Question | undefined {
    const ready = [...this.#sources.get(content)!].filter(([, { nextMs }]) => nextMs <= nowMs);
    if (ready.length === 0) return undefined;
    const [to, { bits }] = this.#drawn(ready);
    // At random, so that two that fetch have different pieces for each other.
    const index = content.hasList ? this.#drawn(content.wantedOf(bits)) : LIST;
    return { content, to, index, askedMs: nowMs };
  }

  #drawn<T>(some: readonly T[]): T {
    return some[Math.floor(this.#random.uniform() * some.length)]!;
  }
}
