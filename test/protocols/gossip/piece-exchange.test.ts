import { mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { PieceExchange } from '#protocols/gossip/piece-exchange.ts';
import { pieceFiles, type PieceStore } from '#protocols/gossip/piece-files.ts';
import { decodePieceMessage, encodePieceMessage, PIECE_BYTES } from '#protocols/gossip/pieces.ts';
import { seededRandom, type Random } from '#protocols/random.ts';

const TICK_MS = 50;
const PIECES = 40;
const contentOf = (seed: number): Uint8Array => {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: PIECES * PIECE_BYTES - 1000 }, () => 256 * random.uniform());
};

interface Member {
  exchange: PieceExchange;
  directory: string;
  whole: string[];
  notKept: string[];
  distrusted: number[];
}

interface Message {
  atMs: number;
  from: number;
  to: number;
  bytes: Uint8Array;
}

/** Members with disks of their own, and a network that delays and loses. */
class Village {
  readonly members = new Map<number, Member>();
  readonly random: Random;
  nowMs = 0;
  loss = 0;
  delayMs = 20;
  crowding = 1;
  /** Pieces that each member has sent. */
  readonly served = new Map<number, number>();
  isCut = (_from: number, _to: number): boolean => false;
  tamper = (message: Message): Message => message;
  #flying: Message[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  start(
    id: number,
    directory = mkdtempSync(join(tmpdir(), 'skein-pieces-')),
    store: PieceStore = pieceFiles(directory),
  ): Member {
    const [whole, notKept, distrusted]: [string[], string[], number[]] = [[], [], []];
    const exchange = new PieceExchange(store, this.random.fork(`${id}`), {
      onWhole: (_, name) => whole.push(name),
      onFalse: (from) => distrusted.push(from),
      onNotKept: (error) => notKept.push(String(error)),
    });
    const member = { exchange, directory, whole, notKept, distrusted };
    this.members.set(id, member);
    return member;
  }

  #send(message: Omit<Message, 'atMs'>): void {
    if (this.isCut(message.from, message.to) || this.random.uniform() < this.loss) return;
    if (decodePieceMessage(message.bytes)?.kind === 'piece') {
      this.served.set(message.from, (this.served.get(message.from) ?? 0) + 1);
    }
    this.#flying.push(this.tamper({ ...message, atMs: this.nowMs + this.delayMs }));
  }

  runFor(forMs: number, isDone = (): boolean => false): void {
    const untilMs = this.nowMs + forMs;
    for (; this.nowMs < untilMs && !isDone(); this.nowMs += TICK_MS) {
      const due = this.#flying.filter(({ atMs }) => atMs <= this.nowMs);
      this.#flying = this.#flying.filter(({ atMs }) => atMs > this.nowMs);
      for (const { from, to, bytes } of due) {
        const replies = this.members.get(to)?.exchange.receive(from, bytes, this.nowMs) ?? [];
        for (const reply of replies) this.#send({ from: to, to: from, bytes: reply });
      }
      for (const [id, { exchange }] of this.members) {
        const peers = [...this.members.keys()].filter((one) => one !== id && !this.isCut(id, one));
        for (const { to, bytes } of exchange.tick(peers, this.crowding, this.nowMs)) {
          this.#send({ from: id, to, bytes });
        }
      }
    }
  }
}

const contentAt = ({ directory }: Member, name = 'quad-1'): Uint8Array =>
  Uint8Array.from(readFileSync(join(directory, name)));

const present = ({ exchange }: Member): number => exchange.progress().at(-1)?.present ?? 0;

describe('a content that goes from member to member', () => {
  it('reaches all, though words are lost, and those who have pieces serve each other', () => {
    const village = new Village(1);
    village.loss = 0.1;
    const operator = village.start(9);
    const drones = [1, 2, 3, 4].map((id) => village.start(id));
    const release = operator.exchange.offer('quad', 1, contentOf(1));
    for (const { exchange } of drones) exchange.want(release);
    village.runFor(600_000, () => drones.every(({ whole }) => whole.length > 0));
    for (const drone of drones) {
      expect(drone.whole).toEqual(['quad-1']);
      expect(contentAt(drone)).toEqual(contentOf(1));
    }
    expect(village.served.get(9)!).toBeLessThan(2 * PIECES);
    village.runFor(10_000);
    const others = operator.exchange.progress()[0]!.others.map((one) => one.present);
    expect(others).toEqual([PIECES, PIECES, PIECES, PIECES]);
  });

  it('goes on after a cut and a restart with what is on disk, torn or not', () => {
    const village = new Village(2);
    const operator = village.start(9);
    const drone = village.start(1);
    const release = operator.exchange.offer('quad', 1, contentOf(2));
    drone.exchange.want(release);
    village.runFor(600_000, () => present(drone) >= PIECES / 2);
    village.isCut = () => true;
    village.runFor(30_000);
    // Power is cut as a piece is written: one is torn, another is gone with the end of the file.
    const part = join(drone.directory, 'quad-1.part');
    const bytes = readFileSync(part);
    truncateSync(part, bytes.length - 10);
    bytes.fill(0, 0, 100);
    writeFileSync(part, bytes.subarray(0, bytes.length - 10));
    const before = present(drone);
    const again = village.start(1, drone.directory);
    // It remembers another one first, or hears of it.
    again.exchange.want({ ...release, name: 'wing', piecesSha256: new Uint8Array(32) });
    again.exchange.want(release);
    village.served.clear();
    village.runFor(5000);
    expect(present(again)).toBeGreaterThanOrEqual(before - 2);
    expect(present(again)).toBeLessThan(PIECES);
    village.isCut = () => false;
    village.runFor(600_000, () => again.whole.length > 0);
    expect(contentAt(again)).toEqual(contentOf(2));
    expect(village.served.get(9)!).toBeLessThanOrEqual(PIECES - before + 2);

    // And a last restart has nothing to fetch.
    village.served.clear();
    const last = village.start(1, drone.directory);
    last.exchange.want(release);
    village.runFor(10_000, () => last.whole.length > 0);
    expect(last.whole).toEqual(['quad-1']);
    expect(village.served.get(9) ?? 0).toBe(0);
  });

  it('is not spoilt by one that sends something else, which is not asked again soon', () => {
    const village = new Village(3);
    const operator = village.start(9);
    const [liar, drone] = [village.start(1), village.start(2)];
    const release = operator.exchange.offer('quad', 1, contentOf(3));
    liar.exchange.want(release);
    village.runFor(600_000, () => liar.whole.length > 0);
    village.tamper = (message) => {
      if (message.from !== 1) return message;
      const read = decodePieceMessage(message.bytes)!;
      if (read.kind !== 'piece') return message;
      return {
        ...message,
        bytes: encodePieceMessage({ ...read, bytes: read.bytes.slice().reverse() }),
      };
    };
    drone.exchange.want(release);
    const fromMs = village.nowMs;
    village.runFor(600_000, () => drone.whole.length > 0);
    expect(contentAt(drone)).toEqual(contentOf(3));
    expect(drone.distrusted.length).toBeGreaterThan(0);
    expect(drone.distrusted.length).toBeLessThanOrEqual(2 + (village.nowMs - fromMs) / 60_000);
    expect(new Set(drone.distrusted)).toEqual(new Set([1]));
  });

  it('waits for a disk that is full, and says so', () => {
    const village = new Village(4);
    const operator = village.start(9);
    const directory = mkdtempSync(join(tmpdir(), 'skein-pieces-'));
    const files = pieceFiles(directory);
    let isFull = true;
    const drone = village.start(1, directory, {
      ...files,
      writePiece: (...piece) => {
        if (isFull) throw new Error('ENOSPC');
        files.writePiece(...piece);
      },
    });
    drone.exchange.want(operator.exchange.offer('quad', 1, contentOf(4)));
    village.runFor(60_000);
    expect(drone.notKept.length).toBeGreaterThan(1);
    expect(drone.notKept.length).toBeLessThan(8);
    isFull = false;
    village.runFor(600_000, () => drone.whole.length > 0);
    expect(contentAt(drone)).toEqual(contentOf(4));
  });

  it('leaves most of the channel to others, the more of them fetch and the fuller it is the more', () => {
    const piecesPerS = (drones: number, crowding: number): number => {
      const village = new Village(5);
      village.crowding = crowding;
      const operator = village.start(9);
      const some = Array.from({ length: drones }, (_, nth) => village.start(nth + 1));
      const release = operator.exchange.offer('quad', 1, contentOf(5));
      for (const { exchange } of some) exchange.want(release);
      const isDone = (): boolean => some.every(({ whole }) => whole.length > 0);
      village.runFor(600_000, isDone);
      const pieces = some.reduce((sum, one) => sum + present(one), 0);
      return pieces / (village.nowMs / 1000);
    };
    for (const drones of [1, 4]) {
      // All together no more than twenty, and the pauses of 50 ms are the least of it for one alone.
      expect(piecesPerS(drones, 1)).toBeLessThan(20);
      expect(piecesPerS(drones, 4)).toBeLessThan(20 / 4 ** 2);
      expect(piecesPerS(drones, 4)).toBeGreaterThan(0.1);
    }
  });

  it('takes up room for four, the newest', () => {
    const village = new Village(6);
    const operator = village.start(9);
    for (let version = 1; version <= 6; version += 1) {
      operator.exchange.offer('quad', version, contentOf(version));
    }
    const files = readdirSync(operator.directory).filter((name) => !name.endsWith('.hashes'));
    expect(files.sort()).toEqual(['quad-3', 'quad-4', 'quad-5', 'quad-6']);
    expect(operator.exchange.progress().map(({ version }) => version)).toEqual([3, 4, 5, 6]);
  });
});
