/**
 * Beside vehicles that real PX4s fly (SITL with its built-in simulator): their payloads on Unix
 * sockets, and the observer of the truth, which PX4 sends to a display on UDP 19410 + N.
 *
 *   node sim/px4/main.ts --scenario FILE --run-dir DIR
 *
 * Says {"event":"ready"} on standard output when all sockets listen; takes `{"closePayload": SYSID}`
 * as a JSON line on standard input; writes DIR/truth.json every second and at the end.
 */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXIT, Fault } from '#protocols/fault.ts';
import { openUdpLink, type UdpLink } from '#protocols/mavlink/udp.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { PayloadSocket } from '../payload-socket.ts';
import { readScenario } from '../scenario-file.ts';
import type { Scenario } from '../scenario.ts';
import { writeTruth } from '../truth-file.ts';
import { parseDrillCommand } from '../vehicles/drill-command.ts';
import { Px4Watch } from './watch.ts';

const LOOPBACK = '127.0.0.1';
const STEP_MS = 20;
const TRUTH_PERIOD_MS = 1000;
const ALIVE_PERIOD_MS = 500;
/** PX4 v1.15 is heard some seconds after its start. */
const COMPLAIN_AFTER_MS = 20_000;

class Px4WatchProcess {
  readonly #watch: Px4Watch;
  readonly #runDir: string;
  readonly #links: ReadonlyMap<number, UdpLink>;
  readonly #payloads: ReadonlyMap<number, PayloadSocket>;
  readonly #startMs = systemClock.monotonicMs();
  #truthDueMs = 0;
  #aliveDueMs = 0;
  #complained = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    watch: Px4Watch,
    runDir: string,
    links: ReadonlyMap<number, UdpLink>,
    payloads: ReadonlyMap<number, PayloadSocket>,
  ) {
    this.#watch = watch;
    this.#runDir = runDir;
    this.#links = links;
    this.#payloads = payloads;
  }

  run(): void {
    this.#timer = setInterval(() => this.#step(), STEP_MS);
  }

  #step(): void {
    const nowMs = systemClock.monotonicMs();
    for (const [sysid, link] of this.#links) this.#watch.receive(sysid, link.receive());
    this.#watch.step(nowMs - this.#startMs, nowMs, (sysid, look) =>
      this.#payloads.get(sysid)?.sendLook(look),
    );
    if (nowMs >= this.#aliveDueMs) {
      this.#aliveDueMs = nowMs + ALIVE_PERIOD_MS;
      for (const payload of this.#payloads.values()) payload.sendAlive(nowMs);
    }
    if (nowMs >= this.#truthDueMs) {
      this.#truthDueMs = nowMs + TRUTH_PERIOD_MS;
      writeTruth(this.#runDir, this.#watch.truth());
    }
    if (!this.#complained && nowMs - this.#startMs > COMPLAIN_AFTER_MS) this.#complain();
  }

  #complain(): void {
    this.#complained = true;
    const unheard = this.#watch.unheard();
    if (unheard.length === 0) return;
    process.stderr.write(
      `no true state of vehicle ${unheard.join(', ')} on its display port: their cameras see nothing, ` +
        'and separation and fence are not judged. Only PX4 with its built-in simulator (sihsim_*) sends it.\n',
    );
  }

  drill(line: string): void {
    const command = parseDrillCommand(line);
    if (command !== undefined && 'closePayload' in command) {
      this.#payloads.get(command.closePayload)?.close();
    } else {
      process.stderr.write(`not possible with a real PX4: ${line.slice(0, 200)}\n`);
    }
  }

  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    writeTruth(this.#runDir, this.#watch.truth());
    for (const payload of this.#payloads.values()) payload.close();
    await Promise.all([...this.#links.values()].map((link) => link.close()));
    process.stdin.destroy();
  }
}

const openLinks = async ({ vehicles, displayPort }: Scenario): Promise<Map<number, UdpLink>> => {
  const links = new Map<number, UdpLink>();
  for (const { sysid } of vehicles) {
    const link = await openUdpLink({
      local: { address: LOOPBACK, port: displayPort + sysid - 1 },
      sysid,
      portSetting: '"displayPort" in the scenario',
    });
    links.set(sysid, link);
  }
  return links;
};

/**
 * Watches until SIGTERM or SIGINT. Throws the Faults of the scenario, the UDP door and the payload
 * sockets.
 */
export const runPx4Watch = async (scenarioFile: string, runDir: string): Promise<void> => {
  const scenario = readScenario(scenarioFile);
  const watch = new Px4Watch(scenario);
  const links = await openLinks(scenario);
  const payloads = new Map<number, PayloadSocket>();
  for (const sysid of watch.sysids) {
    const payload = new PayloadSocket(runDir, sysid, (grid) =>
      watch.configureDetector(sysid, grid),
    );
    await payload.open();
    payloads.set(sysid, payload);
  }
  const watching = new Px4WatchProcess(watch, runDir, links, payloads);
  process.on('SIGTERM', () => void watching.stop());
  process.on('SIGINT', () => void watching.stop());
  createInterface({ input: process.stdin }).on('line', (line) => watching.drill(line));
  process.stdout.write(`${JSON.stringify({ event: 'ready', sysids: watch.sysids })}\n`);
  watching.run();
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { scenario: { type: 'string' }, 'run-dir': { type: 'string' } },
  });
  const { scenario, 'run-dir': runDir } = values;
  if (scenario === undefined || runDir === undefined) {
    throw new Fault('usage', 'needs --scenario FILE and --run-dir DIR', { exit: 'usage' });
  }
  await runPx4Watch(scenario, runDir);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    const fault = error instanceof Fault ? error : undefined;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (fault?.remedy !== undefined) process.stderr.write(`  ${fault.remedy}\n`);
    process.exit(EXIT[fault?.exit ?? 'failed']);
  }
}
