import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { AGENT_SOCKETS } from '#agent/config.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { decodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { connectChannel } from '#protocols/channel/socket.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';

const MAIN = fileURLToPath(new URL('../../../agent/pilot/main.ts', import.meta.url));

/** Starting a process on a busy machine. */
const PATIENCE_MS = 30_000;

let runDir = '';
let child: ChildProcess | undefined;

beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'skein-pilot-'));
});

afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(runDir, { recursive: true, force: true });
});

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
};

const udpLink = (port: number): string => `udpin://0.0.0.0:${port}?remote=127.0.0.1:9`;

const startPilot = (link: string): { ended: Promise<unknown[]>; said: () => string } => {
  const config = join(runDir, 'config.json');
  const vehicle = { link };
  writeFileSync(config, JSON.stringify({ sysid: 1, runDir, vehicle, keys: { operators: [] } }));
  let text = '';
  child = spawn(process.execPath, [MAIN, '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { ended: once(child, 'exit'), said: () => text };
};

describe('the pilot process', () => {
  test(
    'speaks to whoever connects, and ends when it is told',
    async () => {
      const { ended } = startPilot(udpLink(await freePort()));
      const phases: string[] = [];
      const peer = connectChannel(join(runDir, AGENT_SOCKETS.pilot), {
        onFrame: ({ type, payload }) => {
          if (type !== MESSAGE_TYPE.pilotStatus) return;
          phases.push(FLIGHT_PHASES[decodePilotStatus(payload)!.values.phase]!);
        },
      });
      await expect.poll(() => phases.length, { timeout: PATIENCE_MS }).toBeGreaterThan(3);
      expect(new Set(phases)).toEqual(new Set(['boot']));
      peer.close();
      child!.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    },
    PATIENCE_MS,
  );

  test(
    'says which setting to change when its port is taken',
    async () => {
      const taken = createSocket('udp4').bind(0, '0.0.0.0');
      await once(taken, 'listening');
      const { ended, said } = startPilot(udpLink(taken.address().port));
      expect(await ended).toEqual([2, null]);
      expect(said()).toMatch(/is taken[\s\S]*vehicle\.link/u);
      taken.close();
    },
    PATIENCE_MS,
  );
});
