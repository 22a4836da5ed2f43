import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AGENT_SOCKETS, type AgentConfig } from '#agent/config.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { decodePilotStatus, type PilotStatus } from '#protocols/channel/pilot-status.ts';
import { connectChannel, type ChannelPeer } from '#protocols/channel/socket.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';

const MAIN = fileURLToPath(new URL('../../../agent/pilot/main.ts', import.meta.url));

/** Starting a process on a busy machine. */
export const PATIENCE_MS = 30_000;

export interface StartedPilot {
  child: ChildProcess;
  /** [exit code, signal]. */
  ended: Promise<unknown[]>;
  /** All that it wrote to its log so far. */
  said: () => string;
}

/** Pilot processes of drone 1 with a run directory of their own, and what its mind would hear of them. */
export class PilotBench {
  readonly runDir = mkdtempSync(join(tmpdir(), 'skein-pilot-'));
  readonly #children: ChildProcess[] = [];
  readonly #peers: ChannelPeer[] = [];

  start(vehicle: AgentConfig['vehicle']): StartedPilot {
    const config = join(this.runDir, 'config.json');
    const keys = { operators: [] };
    writeFileSync(config, JSON.stringify({ sysid: 1, runDir: this.runDir, vehicle, keys }));
    const child = spawn(process.execPath, [MAIN, '--config', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#children.push(child);
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return { child, ended: once(child, 'exit'), said: () => text };
  }

  /** Every status from now on, the newest last. */
  listen(): PilotStatus[] {
    const heard: PilotStatus[] = [];
    const peer = connectChannel(join(this.runDir, AGENT_SOCKETS.pilot), {
      onFrame: ({ type, payload }) => {
        if (type === MESSAGE_TYPE.pilotStatus) heard.push(decodePilotStatus(payload)!);
      },
    });
    this.#peers.push(peer);
    return heard;
  }

  close(): void {
    for (const peer of this.#peers) peer.close();
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.runDir, { recursive: true, force: true });
  }
}

export const phaseOf = (status: PilotStatus | undefined): string =>
  FLIGHT_PHASES[status?.values.phase ?? -1] ?? 'none';

export const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
};
