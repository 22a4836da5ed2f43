import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import { journalEntries } from '../report/journal.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import type { SwarmView } from './view.ts';

/**
 * The station's memory on disk, JSON Lines in the run directory: `journal.jsonl` for people and
 * reports, `heads.jsonl` for the heads of the drones' audit chains, which make a rewritten log show.
 */
export class Journal {
  readonly #runDir: string;
  #before: SwarmView | undefined;
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
    const heads = view.drones.filter(
      (drone) => drone.logHead !== null && this.#heads.get(drone.sysid) !== drone.logHead,
    );
    for (const drone of heads) this.#heads.set(drone.sysid, drone.logHead!);
    this.#append(
      'heads.jsonl',
      heads.map(({ sysid, logHead }) => ({ unixMs: view.unixMs, sysid, logHead })),
    );
    this.#before = view;
  }

  #append(file: string, lines: unknown[]): void {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    appendFileSync(join(this.#runDir, file), text);
  }
}
