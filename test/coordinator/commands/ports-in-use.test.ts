import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { EXIT } from '#protocols/fault.ts';
import { SITL_VEHICLE_PORT } from '#sim/swarm/layout.ts';
import { runSkein } from '../run-skein.ts';

it('a simulation on a taken port ends at once, names the port and the way out, and leaves nothing running', async () => {
  const holder = createSocket('udp4');
  holder.bind(0);
  await once(holder, 'listening');
  const { port } = holder.address();
  const directory = mkdtempSync(join(tmpdir(), 'skein-ports-'));
  try {
    const { code, stderr } = await runSkein(
      '--station',
      join(directory, 'station.sock'),
      'sim',
      'up',
      '--headless',
      '--no-model',
      '--drones',
      '1',
      '--run-dir',
      join(directory, 'run'),
      '--port-offset',
      `${port - SITL_VEHICLE_PORT}`,
    );
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain(`${port}`);
    expect(stderr).toContain('--port-offset');
  } finally {
    holder.close();
    rmSync(directory, { recursive: true });
  }
}, 30_000);
