import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { replaceFile } from '../replaced-file.ts';
import { PIECE_BYTES } from './pieces.ts';

/** Where a member keeps contents, whole or in part; `name` is a content's file name. May throw what the disk throws. */
export interface PieceStore {
  readHashes(name: string): Uint8Array;
  writeHashes(name: string, hashes: Uint8Array): void;
  /** As many bytes as are there, which need not be the piece's: whoever reads verifies. */
  readPiece(name: string, index: number): Uint8Array;
  writePiece(name: string, index: number, bytes: Uint8Array): void;
  /** The content is whole: it gets its name, if it has not got it yet. */
  finish(name: string): void;
  /** Forgets all contents but these and as many others, those that were written to last. */
  keep(names: readonly string[], others: number): void;
}

const HASHES = '.hashes';
const PART = '.part';

/**
 * Door: NAME.part while pieces are missing, NAME once all are there, NAME.hashes beside either, in
 * `directory`. What was written before a power cut is found by its hash afterwards, whatever is torn.
 */
export const pieceFiles = (directory: string): PieceStore => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pathOf = (name: string): string => join(directory, name);
  const openToRead = (name: string): number | undefined => {
    for (const path of [pathOf(name), pathOf(name) + PART]) {
      try {
        return openSync(path, 'r');
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    }
    return undefined;
  };
  return {
    readHashes: (name) => {
      try {
        return Uint8Array.from(readFileSync(pathOf(name) + HASHES));
      } catch (error) {
        if (isAbsent(error)) return new Uint8Array(0);
        throw error;
      }
    },
    writeHashes: (name, hashes) => replaceFile(pathOf(name) + HASHES, hashes),
    readPiece: (name, index) => {
      const file = openToRead(name);
      if (file === undefined) return new Uint8Array(0);
      try {
        const bytes = new Uint8Array(PIECE_BYTES);
        return bytes.subarray(0, readSync(file, bytes, 0, PIECE_BYTES, index * PIECE_BYTES));
      } finally {
        closeSync(file);
      }
    },
    writePiece: (name, index, bytes) => {
      // 'a' appends wherever it is told to write, 'w' begins anew: neither will do.
      const file = openSync(pathOf(name) + PART, 'a');
      closeSync(file);
      const part = openSync(pathOf(name) + PART, 'r+');
      try {
        writeSync(part, bytes, 0, bytes.length, index * PIECE_BYTES);
      } finally {
        closeSync(part);
      }
    },
    finish: (name) => {
      let part: number;
      try {
        part = openSync(pathOf(name) + PART, 'r+');
      } catch (error) {
        if (isAbsent(error)) return;
        throw error;
      }
      try {
        fsyncSync(part);
      } finally {
        closeSync(part);
      }
      renameSync(pathOf(name) + PART, pathOf(name));
    },
    keep: (names, others) => forgetOthers(directory, names, others),
  };
};

const forgetOthers = (directory: string, names: readonly string[], others: number): void => {
  const kept = new Set(names);
  const writtenMs = new Map<string, number>();
  for (const file of readdirSync(directory)) {
    const name = contentOf(file);
    if (kept.has(name)) continue;
    const { mtimeMs } = statSync(join(directory, file));
    writtenMs.set(name, Math.max(mtimeMs, writtenMs.get(name) ?? 0));
  }
  const newestFirst = [...writtenMs].sort(([, a], [, b]) => b - a);
  for (const [name] of newestFirst.slice(others)) {
    for (const ending of ['', PART, HASHES])
      rmSync(join(directory, name + ending), { force: true });
  }
};

const contentOf = (file: string): string => {
  const ending = [HASHES, PART].find((one) => file.endsWith(one)) ?? '';
  return file.slice(0, file.length - ending.length);
};

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
