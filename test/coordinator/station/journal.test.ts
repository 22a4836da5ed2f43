import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readRunDirectory } from '#coordinator/report/run-directory.ts';
import { Journal } from '#coordinator/station/journal-file.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { fabricatedView, irchel } from '../../page/fabricated-swarm.ts';
import { fabricatedSummary } from '../report/flown-run.ts';

const beacon = (author: number, link: number, hash: Uint8Array): Received =>
  ({ topic: 'beacon', author, payload: { logHead: [link, hash] } }) as unknown as Received;

describe('what a station remembers on disk', () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-journal-'));
  const journal = new Journal(directory);
  const headLines = (): { sysid: number; envelope: string }[] =>
    readFileSync(join(directory, 'heads.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { sysid: number; envelope: string });

  it('keeps one envelope for every new head, whatever kind of bytes it came in', () => {
    const hash = Uint8Array.of(0x89, 0x60, 0x07, 0xd5, 0xcb, 0x55, 0x2f, 0xbd);
    const envelope = Uint8Array.of(1, 2, 3);
    journal.heard(beacon(1, 1, hash), envelope, 10);
    journal.heard(beacon(1, 1, Buffer.from(hash)), Uint8Array.of(4), 11);
    journal.heard(beacon(2, 1, hash), Uint8Array.of(5), 12);
    journal.heard(beacon(1, 2, hash), Uint8Array.of(6), 13);
    expect(headLines().map(({ sysid, envelope: kept }) => [sysid, kept])).toEqual([
      [1, 'AQID'],
      [2, 'BQ=='],
      [1, 'Bg=='],
    ]);
  });

  it('writes what a report can read', () => {
    journal.mission(irchel(), 5);
    const view = fabricatedView(irchel());
    journal.view(view);
    journal.view({ ...view, unixMs: view.unixMs + 1000 });
    writeFileSync(join(directory, 'summary.json'), JSON.stringify(fabricatedSummary()));
    const record = readRunDirectory(directory);
    expect(record.mission?.name).toBe('search-irchel');
    expect([...record.tracks].map(([sysid, track]) => [sysid, track.length])).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
      [5, 2],
    ]);
    expect(record.cells.size).toBe(view.cells.length);
    expect(record.findings).toHaveLength(1);
    expect(record.events).toHaveLength(view.events.length);
  });
});
