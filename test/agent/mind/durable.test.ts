import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readDurable, writeDurable } from '#agent/mind/durable-file.ts';
import { restoredFor, type DurableState } from '#agent/mind/durable.ts';

const state: DurableState = {
  version: 1,
  goal: { issuer: 1000, epoch: 3, sequence: 1 },
  receivedMs: 5000,
  phase: 'work',
  over: '',
  cells: [[33_595_397, 2, 1]],
};

describe('what survives the death of a mind', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'skein-mind-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('comes back as it was written', async () => {
    const path = join(directory, 'state.json');
    expect(readDurable(path)).toBeNull();
    await writeDurable(path, state);
    await writeDurable(path, { ...state, phase: 'home' });
    expect(readDurable(path)).toEqual({ ...state, phase: 'home' });
  });

  it.each(['', '{"version":1', '[]', JSON.stringify({ ...state, cells: [[1, 2]] })])(
    'is a fresh start when the file holds %j',
    (text) => {
      const path = join(directory, 'state.json');
      writeFileSync(path, text);
      expect(readDurable(path)).toBeNull();
    },
  );

  it('concerns its own goal only, and no earlier boot of the machine', () => {
    expect(restoredFor(state, state.goal, 6000)).toBe(state);
    expect(restoredFor(state, { ...state.goal, epoch: 4 }, 6000)).toBeUndefined();
    expect(restoredFor(state, state.goal, 4000)).toBeUndefined();
    expect(restoredFor(null, state.goal, 6000)).toBeUndefined();
  });
});
