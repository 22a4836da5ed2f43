import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createContext } from '#coordinator/commands/context.ts';
import { FuzzJournal } from '#coordinator/commands/fuzz-journal-file.ts';
import { runSimFuzz, type FuzzOptions } from '#coordinator/commands/sim-fuzz.ts';
import { createOutput } from '#coordinator/output.ts';
import { Fault } from '#protocols/fault.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import type { SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';

const SETTINGS: FuzzSettings = { kinds: ['kill'], samples: 32 };

const verdictOf = (seed: number, detail = 'too near'): SeedVerdict => ({
  seed,
  violations: [{ invariant: 'I1', atMs: 1500, drones: [1, 2], detail }],
  simulatedMs: 60_000,
  ended: true,
  tasksDone: 3,
  flownHours: 0.02,
  digest: 'ab',
  faults: [],
  kinds: [],
  abortDelaysMs: [],
  mission: 'search',
  drones: 3,
  planner: 'analytic',
  radio: 'P1',
  isCut: false,
});

const faultOf = (act: () => unknown): Fault => {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-fuzz-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the journal of a fuzzing run', () => {
  it('goes on after its last whole line', () => {
    const file = join(folder, 'fuzz.jsonl');
    const journal = new FuzzJournal(file, SETTINGS);
    for (const seed of [1, 2, 3]) journal.add(verdictOf(seed));
    const text = readFileSync(file, 'utf8');
    // As a power cut in the middle of a write leaves it.
    for (let cut = text.indexOf('"seed":3'); cut < text.length; cut += 37) {
      writeFileSync(file, text.slice(0, cut));
      const again = new FuzzJournal(file, SETTINGS);
      expect(again.outcomes).toEqual([verdictOf(1), verdictOf(2)]);
      again.add(verdictOf(3));
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });

  it('keeps hangs and crashes too', () => {
    const file = join(folder, 'fuzz.jsonl');
    const hung = verdictOf(1);
    const outcomes = [
      { ...hung, violations: [{ ...hung.violations[0]!, invariant: 'hang' as const }] },
      { seed: 2, crash: 'the process ended: SIGKILL' },
    ];
    const journal = new FuzzJournal(file, SETTINGS);
    for (const outcome of outcomes) journal.add(outcome);
    expect(new FuzzJournal(file, SETTINGS).outcomes).toEqual(outcomes);
  });

  it('refuses other options, and names a line that is none of it', () => {
    const file = join(folder, 'fuzz.jsonl');
    new FuzzJournal(file, SETTINGS).add(verdictOf(1));
    const other = faultOf(() => new FuzzJournal(file, { ...SETTINGS, samples: 64 }));
    expect(other.code).toBe('fuzz-journal-other-run');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"seed":2}\n`);
    const bad = faultOf(() => new FuzzJournal(file, SETTINGS));
    expect([bad.code, bad.data]).toEqual(['fuzz-journal-malformed', { file, line: 3 }]);
  });

  const mounted = (): boolean =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder]).status === 0;
  const canMount = process.getuid?.() === 0 && existsSync('/proc/mounts');

  it.skipIf(!canMount)(
    'on a full disk says what is kept, and goes on when there is room (needs root: a small disk)',
    ({ skip }) => {
      if (!mounted()) skip('this machine mounts no tmpfs');
      try {
        const file = join(folder, 'fuzz.jsonl');
        const journal = new FuzzJournal(file, SETTINGS);
        journal.add(verdictOf(1));
        writeFileSync(join(folder, 'other'), Buffer.alloc(45_000));
        let kept = 1;
        const full = faultOf(() => {
          for (let seed = 2; seed < 200; seed += 1) {
            journal.add(verdictOf(seed, 'x'.repeat(900)));
            kept += 1;
          }
        });
        expect(full.code).toBe('fuzz-journal-unwritable');
        expect(full.message).toContain(`the disk is full; ${kept} seeds are kept`);
        expect(full.remedy).toContain('goes on there');
        const text = readFileSync(file, 'utf8');
        expect(text.endsWith('\n'), 'no half line is left').toBe(true);
        expect(statSync(file).size).toBe(Buffer.byteLength(text));
        rmSync(join(folder, 'other'));
        const again = new FuzzJournal(file, SETTINGS);
        expect(again.outcomes).toHaveLength(kept);
        again.add(verdictOf(1000));
        expect(new FuzzJournal(file, SETTINGS).outcomes).toHaveLength(kept + 1);
      } finally {
        spawnSync('umount', [folder]);
      }
    },
  );
});

describe('sim fuzz', () => {
  const asked: FuzzOptions = {
    seeds: '1..2',
    drones: 1,
    mission: 'goto',
    faults: 'kill',
    samples: 32,
    learnedPercent: 0,
    wholePercent: 0,
    jobs: 1,
    out: undefined,
    shrink: undefined,
    stallS: 60,
  };
  const run = async (options: FuzzOptions, json: boolean) => {
    const said = { stdout: '', stderr: '' };
    const output = createOutput(
      json,
      (text) => (said.stdout += text),
      (text) => (said.stderr += text),
    );
    const code = await runSimFuzz({ ...createContext({}), output }, options);
    return { code, ...said };
  };

  it('refuses a folder for its findings before it flies, not after', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(run({ ...asked, shrink: join(file, 'below') }, false)).rejects.toMatchObject({
      code: 'report-unwritable',
      exit: 'usage',
    });
  });

  it(
    'goes on from its journal, and tells programs how it gets on',
    { timeout: 240_000 },
    async () => {
      const out = join(folder, 'fuzz.jsonl');
      const first = await run({ ...asked, out }, false);
      const text = readFileSync(out, 'utf8');
      expect(text.trimEnd().split('\n')).toHaveLength(3);
      writeFileSync(out, text.slice(0, -20));
      const second = await run({ ...asked, out }, true);
      expect(readFileSync(out, 'utf8'), 'the same seed, the same verdict').toBe(text);
      expect(first.stderr).toContain('2/2 episodes, 0 with violations or crashes');
      const lines = second.stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      expect(lines).toEqual([
        {
          progress: {
            flown: 2,
            of: 2,
            failed: 0,
            episodesPerMinute: expect.any(Number),
            cpuSPerEpisode: expect.any(Number),
            leftS: 0,
          },
        },
      ]);
      expect(JSON.parse(second.stdout)).toMatchObject({ episodes: 2, cut: 2, violations: [] });
      expect([first.code, second.code]).toEqual([0, 0]);
    },
  );
});
