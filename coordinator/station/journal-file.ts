import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Received } from '#protocols/channel/mesh-messages.ts';
import { hexFromBytes } from '#protocols/gossip/identity.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { journalEntries } from '../report/journal.ts';
import type { SwarmView } from './view.ts';

/**
 * The station's memory on disk, JSON Lines in the run directory: `journal.jsonl` for people and
 * reports; `heads.jsonl` with every beacon that carried a new head of its author's audit chain, as
 * it was signed, so that nobody who rewrites a log can take the head back.
 */
export class Journal {
  readonly #runDir: string;
  #before: SwarmView | undefined;
  /** Last head by author, as text. */
  readonly #heads = new Map<number, string>();

  constructor(runDir: string) {
    this.#runDir = runDir;
  }

  mission(mission: Mission, unixMs: number): void {
    this.#append('journal.jsonl', [{ kind: 'mission', unixMs, mission }]);
  }

  /** To be called about once a second; writes what is new since the last call. */
  view(view: SwarmView): void {
    this.#append('journal.jsonl', journalEntries(view, this.#before));
    this.#before = view;
  }

  /** Takes every admitted message with its envelope. */
  heard(message: Received, envelope: Uint8Array, unixMs: number): void {
    if (message.topic !== 'beacon' || message.payload.logHead === null) return;
    const [link, hash] = message.payload.logHead;
    const head = `${link}:${hexFromBytes(hash)}`;
    if (this.#heads.get(message.author) === head) return;
    this.#heads.set(message.author, head);
    this.#append('heads.jsonl', [
      { unixMs, sysid: message.author, envelope: Buffer.from(envelope).toString('base64') },
    ]);
  }

  #append(file: string, lines: unknown[]): void {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    appendFileSync(join(this.#runDir, file), text);
  }
}
