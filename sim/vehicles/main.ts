/**
 * The simulated vehicles of one run in real time: PX4 stand-ins on UDP, payloads on Unix sockets.
 *
 *   node sim/vehicles/main.ts --scenario FILE --run-dir DIR
 *
 * Says {"event":"ready"} on standard output when all sockets listen; takes drill commands as JSON
 * lines on standard input; writes DIR/truth.json every second and at the end.
 */
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { EXIT, Fault } from '#protocols/fault.ts';
import type { VehicleLink } from '#protocols/mavlink/link.ts';
import { openUdpLink } from '#protocols/mavlink/udp.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { Fleet, type FleetOutputs } from '../fleet.ts';
import { PayloadSocket } from '../payload-socket.ts';
import { readScenario } from '../scenario-file.ts';
import type { Scenario } from '../scenario.ts';
import { writeTruth } from '../truth-file.ts';
import { Displays } from './displays.ts';
import { parseDrillCommand, type DrillCommand } from './drill-command.ts';
import { Pacing } from './pacing.ts';

const LOOPBACK = '127.0.0.1';
const TRUTH_PERIOD_MS = 1000;
const ALIVE_PERIOD_MS = 500;

/**
 * A flight controller is a computer of its own: it does not wait for what else this machine does, least of
 * all for the pilots (SCHED_RR 10), or their setpoints would meet a world that stands still. Five
 * stand-ins take a twentieth of a core, and Linux leaves the others 5 % whatever happens.
 */
const REAL_TIME = ['--all-tasks', '--rr', '--pid', '20'];

type Links = ReadonlyMap<number, VehicleLink>;

/**
 * Instance N = sysid − 1, as PX4 SITL numbers its ports. Whoever speaks to a port first becomes its peer,
 * as PX4 has it.
 */
const openLinks = async (scenario: Scenario): Promise<Links> => {
  const links = new Map<number, VehicleLink>();
  for (const { sysid } of scenario.vehicles) {
    const instance = sysid - 1;
    const link = await openUdpLink({
      local: { address: LOOPBACK, port: scenario.vehiclePort + instance },
      remote: { address: LOOPBACK, port: scenario.companionPort + instance },
      adoptFirst: true,
      portSetting: '"vehiclePort" in the scenario',
    });
    links.set(sysid, link);
  }
  return links;
};

/** Bound to every address only where the station is not on this machine. */
const openGroundLinks = async ({ vehicles, groundLink }: Scenario): Promise<Links> => {
  const links = new Map<number, VehicleLink>();
  if (groundLink === undefined) return links;
  const { address, port, vehiclePort } = groundLink;
  const isLocal = address === LOOPBACK || address === '::1';
  const anywhere = address.includes(':') ? '::' : '0.0.0.0';
  for (const { sysid } of vehicles) {
    const link = await openUdpLink({
      local: { address: isLocal ? address : anywhere, port: vehiclePort + sysid - 1 },
      remote: { address, port },
      adoptFirst: true,
      portSetting: '"groundLink" in the scenario',
    });
    links.set(sysid, link);
  }
  return links;
};

class VehiclesProcess implements FleetOutputs {
  readonly #fleet: Fleet;
  readonly #runDir: string;
  readonly #links: Links;
  readonly #groundLinks: Links;
  readonly #payloads: ReadonlyMap<number, PayloadSocket>;
  readonly #displays: Displays;
  readonly #cutUntilMs = new Map<number, number>();
  readonly #pacing = new Pacing(systemClock.monotonicMs());
  #truthDueMs = 0;
  #aliveDueMs = 0;
  #stopping = false;

  constructor(
    fleet: Fleet,
    runDir: string,
    [links, groundLinks]: readonly [Links, Links],
    payloads: ReadonlyMap<number, PayloadSocket>,
    displays: Displays,
  ) {
    this.#fleet = fleet;
    this.#runDir = runDir;
    this.#links = links;
    this.#groundLinks = groundLinks;
    this.#payloads = payloads;
    this.#displays = displays;
  }

  readonly run = (): void => {
    if (this.#stopping) return;
    const nowMs = systemClock.monotonicMs();
    const { steps, lagMs, slippedMs } = this.#pacing.due(nowMs);
    if (steps > 0) {
      this.#fleet.noteLoopLag(lagMs, slippedMs);
      this.#receive(nowMs);
      for (let step = 0; step < steps; step += 1) {
        this.#fleet.step(this, nowMs);
        this.#displays.step();
      }
      this.#report(nowMs);
    }
    setTimeout(this.run, this.#pacing.waitMs(systemClock.monotonicMs()));
  };

  send(sysid: number, datagram: Uint8Array): void {
    if (!this.#cutUntilMs.has(sysid)) this.#links.get(sysid)?.send(datagram);
  }

  sendGround(sysid: number, datagram: Uint8Array): void {
    if (!this.#cutUntilMs.has(sysid)) this.#groundLinks.get(sysid)?.send(datagram);
  }

  look(sysid: number, look: Parameters<PayloadSocket['sendLook']>[0]): void {
    this.#payloads.get(sysid)?.sendLook(look);
  }

  drill(command: DrillCommand): void {
    if ('shutdown' in command) void this.stop();
    else if ('closePayload' in command) this.#payloads.get(command.closePayload)?.close();
    else if ('injure' in command) this.#fleet.vehicle(command.injure)?.injure(command.injury);
    else this.#cutUntilMs.set(command.cutLink, systemClock.monotonicMs() + command.forMs);
  }

  /** Writes the truth a last time and lets go of all sockets; the process then ends by itself. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    writeTruth(this.#runDir, this.#fleet.truth());
    for (const payload of this.#payloads.values()) payload.close();
    const links = [...this.#links.values(), ...this.#groundLinks.values()];
    await Promise.all(links.map((link) => link.close()));
    await this.#displays.close();
    process.stdin.destroy();
  }

  #receive(nowMs: number): void {
    for (const [sysid, untilMs] of this.#cutUntilMs) {
      if (nowMs >= untilMs) this.#cutUntilMs.delete(sysid);
    }
    for (const [sysid, link] of this.#links) {
      const frames = link.receive();
      if (frames.length > 0 && !this.#cutUntilMs.has(sysid)) this.#fleet.receive(sysid, frames);
    }
    for (const [sysid, link] of this.#groundLinks) {
      const frames = link.receive();
      if (frames.length === 0 || this.#cutUntilMs.has(sysid)) continue;
      this.#fleet.receive(sysid, frames, 'ground');
    }
  }

  #report(nowMs: number): void {
    if (nowMs >= this.#aliveDueMs) {
      this.#aliveDueMs = nowMs + ALIVE_PERIOD_MS;
      for (const payload of this.#payloads.values()) payload.sendAlive(nowMs);
    }
    if (nowMs >= this.#truthDueMs) {
      this.#truthDueMs = nowMs + TRUTH_PERIOD_MS;
      writeTruth(this.#runDir, this.#fleet.truth());
    }
  }
}

/** A user without the right to it simulates all the same; under load, simulated time then slips (truth.json). */
const goFirst = (): void => {
  const { status } = spawnSync('chrt', [...REAL_TIME, String(process.pid)], { stdio: 'ignore' });
  if (status !== 0) process.stderr.write('no real-time scheduling: time may slip under load\n');
};

const openPayloads = async (fleet: Fleet, runDir: string): Promise<Map<number, PayloadSocket>> => {
  const payloads = new Map<number, PayloadSocket>();
  for (const sysid of fleet.sysids) {
    const configure: ConstructorParameters<typeof PayloadSocket>[2] = (grid) =>
      fleet.configureDetector(sysid, grid);
    const payload = new PayloadSocket(runDir, sysid, configure);
    await payload.open();
    payloads.set(sysid, payload);
  }
  return payloads;
};

const listenForDrills = (vehicles: VehiclesProcess): void => {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const command = parseDrillCommand(line);
    if (command === undefined) process.stderr.write(`not a drill command: ${line.slice(0, 200)}\n`);
    else vehicles.drill(command);
  });
};

const start = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { scenario: { type: 'string' }, 'run-dir': { type: 'string' } },
  });
  const { scenario: scenarioFile, 'run-dir': runDir } = values;
  if (scenarioFile === undefined || runDir === undefined) {
    throw new Fault('usage', 'needs --scenario FILE and --run-dir DIR', { exit: 'usage' });
  }
  const scenario = readScenario(scenarioFile);
  const fleet = new Fleet(scenario, { startUnixUs: systemClock.unixUs() });
  const links = [await openLinks(scenario), await openGroundLinks(scenario)] as const;
  const payloads = await openPayloads(fleet, runDir);
  const displays = new Displays();
  await displays.open(scenario, fleet);
  const vehicles = new VehiclesProcess(fleet, runDir, links, payloads, displays);
  process.on('SIGTERM', () => void vehicles.stop());
  process.on('SIGINT', () => void vehicles.stop());
  listenForDrills(vehicles);
  goFirst();
  process.stdout.write(`${JSON.stringify({ event: 'ready', sysids: fleet.sysids })}\n`);
  vehicles.run();
};

try {
  await start();
} catch (error) {
  const fault = error instanceof Fault ? error : undefined;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (fault?.remedy !== undefined) process.stderr.write(`  ${fault.remedy}\n`);
  process.exit(EXIT[fault?.exit ?? 'failed']);
}
