import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
