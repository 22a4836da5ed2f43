/**
 * The ground station: the operator's member of the mesh, the control socket, the map page, the journal.
 *
 *   node coordinator/station/main.ts --config FILE
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { EXIT, Fault } from '#protocols/fault.ts';
import { publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { createMeshMember, type MeshMember } from '#protocols/gossip/mesh-member.ts';
import { queuePublish } from '#protocols/gossip/mesh-publish.ts';
import { receiveDirect, receiveGossip, type Receipt } from '#protocols/gossip/mesh-receive.ts';
import { greeting, meshTick } from '#protocols/gossip/mesh-tick.ts';
import type { Mesh } from '#protocols/gossip/mesh.ts';
import { openNode } from '#protocols/gossip/node.ts';
import { loadRoster } from '#protocols/gossip/roster-file.ts';
import { loadSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import { seededRandom } from '#protocols/random.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { StationConfig } from '#sim/swarm/run-directory.ts';
import { createPageApp } from '../map/page-files.ts';
import { createControlApp, createReadApp, type Station } from './app.ts';
import { emptyStation, hear, hearGoal, note, type StationState } from './fold.ts';
import { createGoalDesk } from '#protocols/gossip/goal-desk.ts';
import { Journal } from './journal-file.ts';
import { meshStatusOf } from './mesh-status.ts';
import { serveLoopback, serveUnix } from './server.ts';
import { stationBeacon } from '#protocols/gossip/station-beacon.ts';
import { viewOf } from './view-of.ts';
import type { SwarmView } from './view.ts';

const TICK_MS = 50;
const BEACON_MS = 1000;
const VIEW_MS = 250;

const unixMs = (): number => Number(systemClock.unixUs() / 1000n);

/** The mesh member with its transport, and the picture that it feeds. */
class StationProcess implements Station {
  readonly #config: StationConfig;
  readonly #member: MeshMember;
  readonly #state: StationState = emptyStation();
  readonly #desk: ReturnType<typeof createGoalDesk>;
  readonly #journal: Journal;
  readonly #random = seededRandom(unixMs() | 0);
  #mesh: Mesh | undefined;
  #waiting: (() => void)[] = [];

  constructor(config: StationConfig) {
    this.#config = config;
    const authorityKey = publicKeyFromHex(config.keys.authorityPublicKeyHex);
    if (authorityKey === undefined) {
      throw new Fault('config-field', 'keys.authorityPublicKeyHex is not 64 hexadecimal digits', {
        exit: 'usage',
      });
    }
    const key = loadSigningKey(config.keys.privateKeyFile);
    const { bytes } = loadRoster(config.keys.rosterFile, authorityKey);
    this.#member = createMeshMember({
      self: config.member,
      sign: key.sign,
      verify: verifySignature,
      authorityKey,
      signedRoster: bytes,
      bootEpoch: Math.floor(unixMs() / 1000),
      nowMs: systemClock.monotonicMs(),
    });
    this.#desk = createGoalDesk(this.#member, unixMs());
    this.#journal = new Journal(config.runDir);
  }

  async start(): Promise<void> {
    const { config, member } = { config: this.#config, member: this.#member };
    this.#mesh = await openNode({
      key: loadSigningKey(config.keys.privateKeyFile),
      roster: member.admission.roster,
      listen: config.mesh.listen,
      bootstrap: config.mesh.bootstrap,
      mdns: config.mesh.mdns,
      random: this.#random.fork('node'),
      handlers: {
        onGossip: (from, bytes) => this.#took(receiveGossip(member, from, bytes, now()), from),
        onDirect: (from, bytes) => {
          this.#took(receiveDirect(member, from, bytes, now()), from);
        },
        onConnect: (peer) => this.#mesh?.send(peer, greeting(member)),
        onDisconnect: () => undefined,
      },
    });
    setInterval(() => this.#tick(), TICK_MS);
    setInterval(() => {
      queuePublish(member, { topic: 'beacon', payload: stationBeacon([]) }, now());
      this.#journal.view(this.view());
    }, BEACON_MS);
    setInterval(() => this.#wake(), VIEW_MS);
  }

  close(): Promise<void> | undefined {
    this.#journal.view(this.view());
    return this.#mesh?.close();
  }

  view(): SwarmView {
    const nowMs = now();
    const { roster } = this.#member.admission;
    const status = meshStatusOf(this.#member, this.#mesh, nowMs);
    return viewOf(this.#state, roster, this.#config.name, status, { nowMs, unixMs: unixMs() });
  }

  mission(): ReturnType<Station['mission']> {
    return this.#state.goal?.mission;
  }

  startMission(
    mission: Parameters<Station['startMission']>[0],
  ): ReturnType<Station['startMission']> {
    const goal = this.#desk.start(mission, this.#state.goal?.id, now());
    hearGoal(this.#state, goal, now());
    this.#journal.mission(mission, unixMs());
    this.#tick();
    return Promise.resolve({ goal: goal.id });
  }

  sendDirective(
    ...[kind, targets, confirmed]: Parameters<Station['sendDirective']>
  ): ReturnType<Station['sendDirective']> {
    const { number } = this.#desk.direct(kind, targets, confirmed, now());
    const whom = targets.length === 0 ? 'all' : targets.join(', ');
    note(this.#state, now(), `station: ${kind} to ${whom}`);
    this.#tick();
    return Promise.resolve({ issuer: this.#member.admission.self, number });
  }

  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #tick(): void {
    const mesh = this.#mesh;
    if (mesh === undefined) return;
    const peers = mesh.peers().map((peer) => peer.member);
    const outbox = meshTick(this.#member, peers, now(), this.#random);
    for (const bundle of outbox.gossip) mesh.publish(bundle);
    for (const { to, bytes } of outbox.direct) mesh.send(to, bytes);
  }

  #took(receipt: Receipt, from: number): Receipt['verdict'] {
    const { members } = this.#member.admission;
    for (const [index, message] of receipt.received.entries()) {
      hear(this.#state, message, (id) => members.get(id)?.name ?? `member ${id}`);
      this.#journal.heard(message, receipt.envelopes[index]!, unixMs());
    }
    for (const reply of receipt.replies) this.#mesh?.send(from, reply);
    return receipt.verdict;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

const now = (): number => systemClock.monotonicMs();

/** Serves until SIGTERM or SIGINT; resolves with the exit code. Throws faults of keys, roster, ports. */
export const runStation = async (configFile: string): Promise<number> => {
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as StationConfig;
  const station = new StationProcess(config);
  const closeControl = await serveUnix(createControlApp(station), config.socket);
  const page =
    config.mapPort < 0
      ? undefined
      : await serveLoopback(createReadApp(station).route('/', createPageApp()), config.mapPort);
  await station.start();
  process.stdout.write(`${JSON.stringify({ event: 'ready', map: page?.url ?? null })}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  closeControl();
  page?.close();
  await Promise.race([station.close(), new Promise((resolve) => setTimeout(resolve, 1500))]);
  return EXIT.ok;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  try {
    process.exit(await runStation(values.config ?? 'station.json'));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(`${error.message}\n${error.remedy ?? ''}\n`);
    process.exit(EXIT[error.exit]);
  }
}
