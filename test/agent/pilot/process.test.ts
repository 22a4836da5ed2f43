import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodePilotMemory } from '#agent/pilot/memory.ts';
import { freePort, PATIENCE_MS, phaseOf, PilotBench } from './pilot-process.ts';

let bench: PilotBench;

beforeEach(() => {
  bench = new PilotBench();
});

afterEach(() => {
  bench.close();
});

const udpLink = (port: number): string => `udpin://0.0.0.0:${port}?remote=127.0.0.1:9`;

describe('the pilot process', () => {
  test(
    'speaks to whoever connects, and ends when it is told',
    async () => {
      const { child, ended } = bench.start({ link: udpLink(await freePort()) });
      const statuses = bench.listen();
      await expect.poll(() => statuses.length, { timeout: PATIENCE_MS }).toBeGreaterThan(3);
      expect(new Set(statuses.map(phaseOf))).toEqual(new Set(['boot']));
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    },
    PATIENCE_MS,
  );

  test(
    'whose memory cannot be read takes no vehicle until an operator says so',
    async () => {
      const stateFile = join(bench.runDir, 'pilot-state.json');
      writeFileSync(stateFile, '{"version":1,"flight":{"phase":"offb');
      const { said } = bench.start({ link: udpLink(await freePort()) });
      await expect
        .poll(() => decodePilotMemory(readFileSync(stateFile))?.flight, { timeout: PATIENCE_MS })
        .toMatchObject({ owned: false, lostBy: 'memory of the pilot unreadable' });
      expect(said()).toContain('pilot-state.json is damaged');
    },
    PATIENCE_MS,
  );

  test(
    'does not begin while another of the same drone lives, on a link that would take both',
    async () => {
      const link = `udpout://127.0.0.1:${await freePort()}`;
      const first = bench.start({ link });
      const statuses = bench.listen();
      await expect.poll(() => statuses.length, { timeout: PATIENCE_MS }).toBeGreaterThan(3);
      const second = bench.start({ link });
      expect(await second.ended).not.toEqual([0, null]);
      expect(second.said()).toContain('another pilot has');
      const heard = statuses.length;
      await expect.poll(() => statuses.length, { timeout: PATIENCE_MS }).toBeGreaterThan(heard + 3);
      first.child.kill('SIGKILL');
      await first.ended;
      const third = bench.start({ link });
      const later = bench.listen();
      await expect.poll(() => later.length, { timeout: PATIENCE_MS }).toBeGreaterThan(3);
      expect(third.child.exitCode).toBeNull();
    },
    2 * PATIENCE_MS,
  );

  test(
    'says which setting to change when its port is taken',
    async () => {
      const taken = createSocket('udp4').bind(0, '0.0.0.0');
      await once(taken, 'listening');
      const { ended, said } = bench.start({ link: udpLink(taken.address().port) });
      expect(await ended).toEqual([2, null]);
      expect(said()).toMatch(/is taken[\s\S]*vehicle\.link/u);
      taken.close();
    },
    PATIENCE_MS,
  );
});
