import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openSerialLink } from '#protocols/mavlink/serial.ts';
import type { StreamLink } from '#protocols/mavlink/stream-link.ts';
import { hasPty, Pty } from '../../ports/pty.ts';

const open = (path: string): Promise<StreamLink> =>
  openSerialLink({ path, baud: 57_600, flowControl: false });

describe('a serial device that cannot be opened is refused by name and remedy', () => {
  test('one that is not there', async () => {
    await expect(open('/dev/ttyNOWHERE')).rejects.toMatchObject({
      code: 'serial-missing',
      exit: 'noLink',
      message: expect.stringContaining('/dev/ttyNOWHERE'),
      remedy: expect.stringContaining('/dev/serial/by-id'),
    });
  });

  test('one that is no serial device', async () => {
    await expect(open('/tmp')).rejects.toMatchObject({ code: 'serial-unfit' });
    await expect(open('/dev/null')).rejects.toMatchObject({
      code: expect.stringMatching(/^serial-/u),
      exit: 'noLink',
    });
  });
});

describe.skipIf(!hasPty)('on a pseudo-terminal', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  test('one that another program holds', async () => {
    const pty = new Pty(() => {});
    ends.push(() => pty.remove());
    await pty.plug();
    const first = await open(pty.path);
    ends.push(() => first.close());
    await expect(open(pty.path)).rejects.toMatchObject({
      code: 'serial-busy',
      remedy: expect.stringContaining(`fuser -v ${pty.path}`),
    });
  });

  test('a line that takes nothing more loses the newest packets instead of delaying them', async () => {
    const pty = new Pty(() => {});
    ends.push(() => pty.remove());
    await pty.plug();
    const link = await open(pty.path);
    ends.push(() => link.close());
    // The other end stops reading: the terminal's own buffer of some kilobytes fills, then ours.
    spawnSync('kill', ['-STOP', String(pty.pid)]);
    const packet = new Uint8Array(100);
    for (let count = 0; count < 1000; count += 1) link.send(packet);
    expect(link.counts.sendsFailed).toBeGreaterThan(900);
    spawnSync('kill', ['-CONT', String(pty.pid)]);
    await vi.waitFor(
      () => {
        const before = link.counts.sendsFailed;
        link.send(packet);
        expect(link.counts.sendsFailed).toBe(before);
      },
      { timeout: 5000 },
    );
  });

  test('a device that stays away is asked for again and again, and every try is told', async () => {
    const pty = new Pty(() => {});
    ends.push(() => pty.remove());
    await pty.plug();
    const link = await open(pty.path);
    ends.push(() => link.close());
    await pty.unplug();
    await vi.waitFor(() => expect(link.outage?.code).toBe('serial-lost'), { timeout: 5000 });
    await vi.waitFor(() => expect(link.outage?.code).toBe('serial-missing'), { timeout: 5000 });
    await link.close();
    await pty.plug();
    expect(link.counts.reconnects).toBe(0);
  });
});
