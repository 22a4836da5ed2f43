import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AGENT_SOCKETS, type AgentConfig } from '#agent/config.ts';
import { stationClient, type StationClient } from '#coordinator/client/station-socket.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { decodePilotStatus, type PilotStatus } from '#protocols/channel/pilot-status.ts';
import { connectChannel, type ChannelPeer } from '#protocols/channel/socket.ts';
import { freePort } from '../../agent/pilot/pilot-process.ts';
import { runSkein, type Ran } from '../run-skein.ts';

const fileOf = (path: string): string =>
  fileURLToPath(new URL(`../../../${path}`, import.meta.url));

interface Enrolled {
  id: number;
  directory: string;
  keyFile: string;
  listen: string[];
}

/** A swarm that people made by the command line, with real mesh, pilot and station processes; no vehicles. */
export class EnrolledSwarm {
  readonly place = mkdtempSync(join(tmpdir(), 'skein-enrolled-'));
  readonly authority = ['--authority', join(this.place, 'authority')];
  readonly #children = new Map<string, ChildProcess>();
  readonly #ears: ChannelPeer[] = [];
  readonly #statuses = new Map<number, PilotStatus>();
  readonly #accepted = new Map<string, string>();
  #authorityKeyHex = '';

  /** Runs a command that must go well. */
  async skein(...args: string[]): Promise<Ran> {
    const ran = await runSkein(...args);
    if (ran.code !== 0) throw new Error(`skein ${args.join(' ')}: ${ran.code} ${ran.stderr}`);
    return ran;
  }

  async init(): Promise<void> {
    const { stdout } = await this.skein(
      '--json',
      'roster',
      'init',
      '--swarm',
      'meadow',
      ...this.authority,
    );
    const { authorityPublicKeyHex } = JSON.parse(stdout) as { authorityPublicKeyHex: string };
    this.#authorityKeyHex = authorityPublicKeyHex;
  }

  async enrol(id: number, name: string, ...terms: string[]): Promise<Enrolled> {
    const directory = join(this.place, name);
    mkdirSync(directory, { mode: 0o700 });
    const port = await freePort();
    const listen = [`/ip4/127.0.0.1/udp/${port}/quic-v1`, `/ip4/127.0.0.1/tcp/${port}`];
    const file = (ending: string): string => join(directory, `${name}.${ending}`);
    const enrol = (...args: string[]): Promise<Ran> => this.skein('roster', 'enrol', ...args);
    await enrol('token', `${id}`, name, '--out', file('token'), ...terms, ...this.authority);
    const secrets = ['--token', file('token'), '--key', file('pem')];
    await enrol('request', ...secrets, '--out', file('request'), '--address', ...listen);
    const { stdout } = await enrol('accept', file('request'), ...this.authority);
    this.#accepted.set(name, stdout);
    return { id, directory, keyFile: file('pem'), listen };
  }

  /** By the authority when it took this member in. */
  said(name: string): string {
    return this.#accepted.get(name) ?? '';
  }

  /** Its mesh and its pilot; the pilot's configuration knows no operator. */
  async startDrone(drone: Enrolled): Promise<void> {
    const runDir = join(drone.directory, 'run');
    mkdirSync(runDir, { recursive: true, mode: 0o700 });
    const config: Partial<AgentConfig> = {
      sysid: drone.id,
      runDir,
      simulated: true,
      seed: drone.id,
      vehicle: { link: `udpin://127.0.0.1:${await freePort()}` },
      keys: { ...this.#keysOf(drone), operators: [], modelSignersHex: [] },
      mesh: { listen: drone.listen, bootstrap: [], mdns: false },
    };
    writeFileSync(join(runDir, 'config.json'), JSON.stringify(config), { mode: 0o600 });
    this.startPilot(drone);
    this.startMesh(drone, 1);
    const ear = connectChannel(join(runDir, AGENT_SOCKETS.pilot), {
      onFrame: ({ type, payload }) => {
        if (type !== MESSAGE_TYPE.pilotStatus) return;
        this.#statuses.set(drone.id, decodePilotStatus(payload)!);
      },
    });
    this.#ears.push(ear);
  }

  startPilot(drone: Enrolled): void {
    const config = join(drone.directory, 'run', 'config.json');
    this.#start(`pilot ${drone.id}`, 'agent/pilot/main.ts', '--config', config);
  }

  startMesh(drone: Enrolled, bootEpoch: number): void {
    const config = join(drone.directory, 'run', 'config.json');
    const boot = ['--boot-epoch', `${bootEpoch}`];
    this.#start(`mesh ${drone.id}`, 'agent/mesh/main.ts', '--config', config, ...boot);
  }

  async startStation(operator: Enrolled, name: string): Promise<StationClient> {
    const socket = join(operator.directory, 'station.sock');
    const config = join(operator.directory, 'station.json');
    const mesh = { listen: operator.listen, bootstrap: [], mdns: false };
    const keys = this.#keysOf(operator);
    const runDir = operator.directory;
    const text = { member: operator.id, name, runDir, socket, mapPort: -1, keys, mesh };
    writeFileSync(config, JSON.stringify(text), { mode: 0o600 });
    this.#start(`station ${operator.id}`, 'coordinator/cli.ts', 'station', '--config', config);
    const client = stationClient(socket);
    await this.until(
      () =>
        client.call('GET', '/state').then(
          () => true,
          () => false,
        ),
      20_000,
    );
    return client;
  }

  #keysOf({ directory, keyFile }: Enrolled) {
    const rosterFile = join(directory, 'roster.bin');
    copyFileSync(join(this.place, 'authority', 'roster.bin'), rosterFile);
    return { privateKeyFile: keyFile, rosterFile, authorityPublicKeyHex: this.#authorityKeyHex };
  }

  #start(name: string, main: string, ...args: string[]): void {
    const child = spawn(process.execPath, [fileOf(main), ...args], { stdio: 'ignore' });
    this.#children.set(name, child);
  }

  /** Resolves with the exit code of a process that ends by itself. */
  async exitOf(name: string): Promise<number | null> {
    const [code] = (await once(this.#children.get(name)!, 'exit')) as [number | null];
    return code;
  }

  /** Kills a process; resolves with its exit code, null when it was the signal. */
  end(name: string, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<number | null> {
    const exit = this.exitOf(name);
    this.#children.get(name)!.kill(signal);
    return exit;
  }

  /** What the pilot of a drone last said. */
  pilot(id: number): Partial<PilotStatus['values']> {
    return this.#statuses.get(id)?.values ?? {};
  }

  forgetStatuses(): void {
    this.#statuses.clear();
  }

  /** Ms until it holds. Throws when it never does. */
  async until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<number> {
    const startMs = performance.now();
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop
      if (await holds()) return performance.now() - startMs;
      if (performance.now() - startMs > withinMs) throw new Error(`not within ${withinMs} ms`);
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  close(): void {
    for (const ear of this.#ears) ear.close();
    for (const child of this.#children.values()) child.kill('SIGKILL');
    rmSync(this.place, { recursive: true, force: true });
  }
}
