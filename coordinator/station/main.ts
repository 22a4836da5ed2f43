/**
 * The ground station: the operator's member of the mesh, the control socket, the map page, the journal.
 *
 *   node coordinator/station/main.ts --config FILE
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { EXIT, Fault } from '#protocols/fault.ts';
import { publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { openGroupKey } from '#protocols/gossip/group-key.ts';
import { createMeshMember, type MeshMember } from '#protocols/gossip/mesh-member.ts';
import type { MeshReport } from '#protocols/gossip/mesh-report.ts';
import { MeshSession } from '#protocols/gossip/mesh-session.ts';
import type { Mesh } from '#protocols/gossip/mesh.ts';
import { note as countRefusal } from '#protocols/gossip/mesh-receive.ts';
import { openLanes } from '#protocols/gossip/node-lanes.ts';
import { PieceExchange } from '#protocols/gossip/piece-exchange.ts';
import { pieceFiles } from '#protocols/gossip/piece-files.ts';
import { pieceCount } from '#protocols/gossip/pieces.ts';
import type { Release } from '#protocols/gossip/release.ts';
import { readRoster, saveRoster } from '#protocols/gossip/roster-file.ts';
import { loadSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import { startingTrust } from '#protocols/gossip/starting-trust.ts';
import { seededRandom } from '#protocols/random.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { StationConfig } from '#sim/swarm/run-directory.ts';
import { createPageApp } from '../map/page-files.ts';
import { createControlApp, createReadApp, type Station } from './app.ts';
import { emptyStation, hear, hearGoal, newestKnownGoal, note, type StationState } from './fold.ts';
import { readFollowedAuthority, writeFollowedAuthority } from './followed-authority-file.ts';
import { createGoalDesk } from '#protocols/gossip/goal-desk.ts';
import { Journal } from './journal-file.ts';
import { serveLoopback, serveUnix } from './server.ts';
import { stationBeacon } from '#protocols/gossip/station-beacon.ts';
import { leaseOf, needsCommand, requireCommand } from './lease.ts';
import { requireOwnPlace } from './own-place.ts';
import { viewOf } from './view-of.ts';
import type { SwarmView } from './view.ts';

const TICK_MS = 50;
const RELAY_MS = 10;
const BEACON_MS = 1000;
const VIEW_MS = 250;

const unixMs = (): number => Number(systemClock.unixUs() / 1000n);

/** The mesh member with its transport, and the picture that it feeds. */
class StationProcess implements Station {
  readonly #config: StationConfig;
  readonly #authorityFile: string;
  readonly #member: MeshMember;
  readonly #session: MeshSession;
  readonly #state: StationState = emptyStation();
  readonly #desk: ReturnType<typeof createGoalDesk>;
  readonly #journal: Journal;
  readonly #random = seededRandom(unixMs() | 0);
  #mesh: Mesh | undefined;
  #waiting: (() => void)[] = [];

  constructor(config: StationConfig) {
    this.#config = config;
    const rootKey = publicKeyFromHex(config.keys.authorityPublicKeyHex);
    if (rootKey === undefined) {
      throw new Fault('config-field', 'keys.authorityPublicKeyHex is not 64 hexadecimal digits', {
        exit: 'usage',
      });
    }
    const key = loadSigningKey(config.keys.privateKeyFile);
    this.#authorityFile = join(config.runDir, 'authority.json');
    const followed = readFollowedAuthority(this.#authorityFile, rootKey);
    const { authorityKey, signedRoster } = startingTrust(
      rootKey,
      readRoster(config.keys.rosterFile),
      followed && { authorityKey: followed },
      verifySignature,
    );
    this.#member = createMeshMember({
      self: config.member,
      sign: key.sign,
      verify: verifySignature,
      authorityKey,
      rootKey,
      signedRoster,
      bootEpoch: Math.floor(unixMs() / 1000),
      nowMs: systemClock.monotonicMs(),
      groupKeyOf: (roster, signer) => openGroupKey(roster, config.member, key.seed, signer),
    });
    this.#session = new MeshSession(this.#member, systemClock, this.#random.fork('session'), {
      onReceived: (message, envelope) => {
        hear(this.#state, message, (id) => this.#nameOf(id));
        if (message.topic === 'roster') this.#keepRoster(envelope);
        this.#journal.heard(message, envelope, unixMs());
      },
      onSent: () => undefined,
    });
    this.#session.exchange(this.#pieces());
    this.#desk = createGoalDesk(this.#member, unixMs());
    this.#journal = new Journal(config.runDir);
  }

  #pieces(): PieceExchange {
    const store = pieceFiles(join(this.#config.runDir, 'contents'));
    return new PieceExchange(store, this.#random.fork('pieces'), {
      onWhole: () => undefined,
      onFalse: (from) => countRefusal(this.#member, from, 'piece-false'),
      onNotKept: (error) => complain('content-not-kept', error),
    });
  }

  async start(): Promise<void> {
    const config = this.#config;
    const session = this.#session;
    const mesh = await openLanes({
      key: loadSigningKey(config.keys.privateKeyFile),
      roster: this.#member.admission.roster,
      listen: config.mesh.listen,
      bootstrap: config.mesh.bootstrap,
      mdns: config.mesh.mdns,
      multicast: config.mesh.multicast,
      random: this.#random.fork('node'),
      handlers: session,
    });
    this.#mesh = mesh;
    session.attach(mesh);
    setInterval(() => session.tick(), TICK_MS);
    setInterval(() => session.relay(), RELAY_MS);
    setInterval(() => {
      session.publishBeacon(() => stationBeacon(session.echoes()));
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
    const status = this.#session.status();
    return viewOf(this.#state, roster, this.#config.name, status, { nowMs, unixMs: unixMs() });
  }

  mission(): ReturnType<Station['mission']> {
    return this.#state.goal?.mission;
  }

  startMission(
    ...[mission, takeOver]: Parameters<Station['startMission']>
  ): ReturnType<Station['startMission']> {
    requireCommand(this.#lease(), takeOver);
    const goal = this.#desk.start(mission, newestKnownGoal(this.#state), now());
    hearGoal(this.#state, goal, now());
    this.#journal.mission(mission, unixMs());
    this.#session.tick();
    return Promise.resolve({ goal: goal.id });
  }

  sendDirective(
    ...[kind, targets, confirmed, takeOver]: Parameters<Station['sendDirective']>
  ): ReturnType<Station['sendDirective']> {
    if (needsCommand(kind)) requireCommand(this.#lease(), takeOver);
    const { number } = this.#desk.direct(kind, targets, confirmed, now());
    const whom = targets.length === 0 ? 'all' : targets.join(', ');
    note(this.#state, now(), `station: ${kind} to ${whom}`);
    this.#session.tick();
    return Promise.resolve({ issuer: this.#member.admission.self, number });
  }

  #lease(): ReturnType<typeof leaseOf> {
    const { roster, self } = this.#member.admission;
    const heardS = (member: number): number => {
      const heardMs = this.#session.heardMs(member);
      return heardMs < 0 ? Number.POSITIVE_INFINITY : (now() - heardMs) / 1000;
    };
    return leaseOf(this.view().mission, roster, self, heardS);
  }

  mesh(): MeshReport {
    return this.#session.report();
  }

  introduceRoster(
    ...[signedRoster, leave]: Parameters<Station['introduceRoster']>
  ): ReturnType<Station['introduceRoster']> {
    const { admission } = this.#member;
    if (!leave) requireOwnPlace(admission, signedRoster);
    this.#session.introduceRoster(signedRoster);
    this.#keepRoster(signedRoster);
    const { epoch } = admission.roster;
    note(this.#state, now(), `station: roster of epoch ${epoch}`);
    return Promise.resolve({ epoch });
  }

  /** The next start begins with it. A disk that refuses ends nothing: the mesh has it. */
  #keepRoster(signedRoster: Uint8Array): void {
    try {
      saveRoster(this.#config.keys.rosterFile, signedRoster);
      const { rootKey, admission } = this.#member;
      const { authorityKey } = admission;
      writeFollowedAuthority(this.#authorityFile, { rootKey, authorityKey });
    } catch (error) {
      complain('roster-not-kept', error);
    }
  }

  offerRelease(
    ...[name, version, content]: Parameters<Station['offerRelease']>
  ): ReturnType<Station['offerRelease']> {
    const { bytes } = this.#offer(name, version, content);
    note(this.#state, now(), `station: ${name} version ${version} to all`);
    return Promise.resolve({ pieces: pieceCount(bytes) });
  }

  #offer(...[name, version, content]: Parameters<Station['offerRelease']>): Release {
    try {
      return this.#session.offer(name, version, content);
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      throw new Fault('content-not-kept', `the station cannot keep it: ${String(cause)}`, {
        data: { name, version, bytes: content.length },
        remedy: `Make room in ${this.#config.runDir}.`,
        exit: 'refused',
        cause,
      });
    }
  }

  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #nameOf(member: number): string {
    return this.#member.admission.members.get(member)?.name ?? `member ${member}`;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

const complain = (event: string, error: unknown): void => {
  process.stderr.write(`${JSON.stringify({ event, detail: String(error) })}\n`);
};

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
