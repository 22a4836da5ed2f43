import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Framer } from '#protocols/mavlink/framer.ts';
import { hasPty, Pty } from '../../ports/pty.ts';
import { PATIENCE_MS, PilotBench } from './pilot-process.ts';

let bench: PilotBench;

beforeEach(() => {
  bench = new PilotBench();
});

afterEach(() => {
  bench.close();
});

test(
  'a line too slow for what the pilot reads is refused before it is opened',
  async () => {
    const { ended, said } = bench.start({ link: 'serial:///dev/ttyNOWHERE:57600' });
    expect(await ended).toEqual([3, null]);
    expect(said()).toMatch(/57600 baud leaves 4608.*ODOMETRY[\s\S]*115200 or more/u);
  },
  PATIENCE_MS,
);

test(
  'a device that is not there is named, with the way to find it',
  async () => {
    const { ended, said } = bench.start({ link: 'serial:///dev/ttyNOWHERE:921600' });
    expect(await ended).toEqual([5, null]);
    expect(said()).toMatch(/no device \/dev\/ttyNOWHERE[\s\S]*by-id/u);
  },
  PATIENCE_MS,
);

describe.skipIf(!hasPty)('on a pseudo-terminal', () => {
  test(
    'the pilot speaks on its serial line, says that nobody answers, and lives through an unplugging',
    async () => {
      const framer = new Framer();
      let heartbeats = 0;
      const pty = new Pty((bytes) => {
        framer.push(bytes);
        for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
          if (frame.msgid === 0 && frame.compid === 191) heartbeats += 1;
        }
      });
      await pty.plug();
      try {
        const { child, ended, said } = bench.start({ link: `serial://${pty.path}:921600` });
        const patience = { timeout: PATIENCE_MS };
        await expect.poll(() => heartbeats, patience).toBeGreaterThanOrEqual(2);
        await expect.poll(said, patience).toContain('link-silent');
        await pty.unplug();
        await expect.poll(said, patience).toContain('link-down');
        const before = heartbeats;
        await pty.plug();
        await expect.poll(() => heartbeats, patience).toBeGreaterThan(before);
        child.kill('SIGTERM');
        expect(await ended).toEqual([0, null]);
      } finally {
        await pty.remove();
      }
    },
    PATIENCE_MS,
  );
});
