import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { AGENT_SOCKETS } from '#agent/config.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { connectChannel } from '#protocols/channel/socket.ts';

const AGENT = fileURLToPath(new URL('../../agent/', import.meta.url));

const PATIENCE_MS = 30_000;

/** Every write to it fails as on a full disk. */
const FULL = '/dev/full';

let runDir = '';
let child: ChildProcess | undefined;

beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'skein-full-'));
});

afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(runDir, { recursive: true, force: true });
});

/** A link on which nobody speaks. */
const silentLink = async (): Promise<string> => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return `udpin://127.0.0.1:${port}?remote=127.0.0.1:9`;
};

const start = (script: string, config: string): ChildProcess => {
  const log = openSync(existsSync(FULL) ? FULL : '/dev/null', 'a');
  child = spawn(process.execPath, [join(AGENT, script), '--config', config], {
    stdio: ['ignore', 'ignore', log],
  });
  closeSync(log);
  return child;
};

describe('on a full disk', () => {
  test.runIf(existsSync(FULL))(
    'a pilot that has something to say goes on',
    async () => {
      const config = join(runDir, 'config.json');
      // Nobody is there: after a second it says so.
      const vehicle = { link: await silentLink() };
      writeFileSync(config, JSON.stringify({ sysid: 1, runDir, vehicle, keys: { operators: [] } }));
      const pilot = start('pilot/main.ts', config);
      let statuses = 0;
      const peer = connectChannel(join(runDir, AGENT_SOCKETS.pilot), {
        onFrame: ({ type }) => {
          if (type === MESSAGE_TYPE.pilotStatus) statuses += 1;
        },
      });
      await expect.poll(() => statuses, { timeout: PATIENCE_MS }).toBeGreaterThan(40);
      peer.close();
      expect(pilot.exitCode).toBeNull();
    },
    PATIENCE_MS,
  );

  test(
    'a supervisor that cannot note its children’s pids goes on restarting them',
    async () => {
      mkdirSync(join(runDir, 'pids.json.new'));
      const config = join(runDir, 'agent.yaml');
      const keys = {
        privateKeyFile: 'none',
        rosterFile: 'none',
        authorityPublicKeyHex: 'ab'.repeat(32),
        operators: [],
        modelSignersHex: [],
      };
      writeFileSync(
        config,
        JSON.stringify({
          sysid: 1,
          name: 'quad-1',
          runDir,
          simulated: true,
          seed: 1,
          vehicle: { link: await silentLink() },
          payloadSocket: null,
          keys,
          mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: [], mdns: false },
          modelDir: null,
        }),
      );
      const supervisor = start('main.ts', config);
      await expect
        .poll(() => existsSync(join(runDir, AGENT_SOCKETS.pilot)), { timeout: PATIENCE_MS })
        .toBe(true);
      await delay(500);
      expect(supervisor.exitCode).toBeNull();
      supervisor.kill('SIGTERM');
      expect(await once(supervisor, 'exit')).toEqual([0, null]);
    },
    PATIENCE_MS,
  );
});
