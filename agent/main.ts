/**
 * The supervisor of one drone: starts recorder, pilot, mesh and mind, restarts what dies, and does
 * nothing else. Its own death changes nothing in flight: the children do not depend on it.
 *
 *   node agent/main.ts --config FILE
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { EXIT, Fault } from '#protocols/fault.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { AgentConfig } from './config.ts';
import { readAgentConfig, writeChildConfig } from './config-file.ts';
import { CHILDREN, NODE_ENVIRONMENT, NODE_FLAGS, type ChildName } from './child-processes.ts';
import { restartDelayMs } from './restart.ts';
import { surviveLog } from './survive-log.ts';

const GRACE_MS = 4000;
const here = dirname(fileURLToPath(import.meta.url));

/** Compiled code from the last run halves a child's start, and saves it the compiler: 15 MB each. */
const COMPILE_CACHE = join(dirname(here), 'node_modules', '.cache', 'skein');

interface Child {
  process: ChildProcess | undefined;
  startedMs: number;
  delayMs: number | undefined;
}

class Supervisor {
  readonly #config: AgentConfig;
  readonly #configFile: string;
  /** Unix seconds: names this start's flight; grows however often the computer reboots. */
  readonly #bootEpoch = Number(systemClock.unixUs() / 1_000_000n);
  readonly #children = new Map<ChildName, Child>();
  #stopping = false;

  constructor(config: AgentConfig) {
    this.#config = config;
    this.#configFile = writeChildConfig(config);
  }

  start(): void {
    for (const name of CHILDREN) {
      this.#children.set(name, { process: undefined, startedMs: 0, delayMs: undefined });
      this.#startChild(name);
    }
  }

  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const name of CHILDREN) if (name !== 'recorder') this.#signal(name, 'SIGTERM');
    this.#stopRecorderLast();
    setTimeout(() => {
      for (const name of CHILDREN) this.#signal(name, 'SIGKILL');
      process.exit(EXIT.failed);
    }, GRACE_MS);
  }

  /** It must still write what the others say while they end. */
  #stopRecorderLast(): void {
    const others = CHILDREN.filter((name) => name !== 'recorder');
    if (others.every((name) => this.#children.get(name)?.process === undefined)) {
      this.#signal('recorder', 'SIGTERM');
    }
  }

  #signal(name: ChildName, signal: NodeJS.Signals): void {
    this.#children.get(name)?.process?.kill(signal);
  }

  #startChild(name: ChildName): void {
    const child = this.#children.get(name)!;
    const log = this.#openLog(name);
    const script = join(here, name, 'main.ts');
    const started = spawn(
      process.execPath,
      [...(NODE_FLAGS[name] ?? []), script, ...this.#argumentsOf(name)],
      {
        stdio: ['ignore', log, log],
        env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env, ...NODE_ENVIRONMENT[name] },
      },
    );
    if (typeof log === 'number') closeSync(log);
    child.process = started;
    child.startedMs = systemClock.monotonicMs();
    started.on('exit', (code, signal) => this.#ended(name, code, signal));
    // One that could not even be started (no memory, no process left) ends without an 'exit'.
    started.on('error', ({ message }) => {
      if (started.pid === undefined) this.#ended(name, null, message);
    });
    this.#writePids();
  }

  /** Files, not pipes: a child must outlive this process without a broken pipe. */
  #openLog(name: ChildName): number | 'ignore' {
    try {
      return openSync(join(this.#config.runDir, `${name}.log`), 'a', 0o600);
    } catch (error) {
      this.#say(`${name} runs without its log: ${String(error)}`);
      return 'ignore';
    }
  }

  #say(text: string): void {
    process.stderr.write(`${this.#config.name}: ${text}\n`);
  }

  #argumentsOf(name: ChildName): string[] {
    if (name === 'mesh') {
      return ['--config', this.#configFile, '--boot-epoch', String(this.#bootEpoch)];
    }
    if (name !== 'recorder') return ['--config', this.#configFile];
    const { runDir, sysid, name: drone, modelDir } = this.#config;
    const flight = {
      flight: `${drone}-${this.#bootEpoch}`,
      sysid,
      bootEpoch: this.#bootEpoch,
      versions: { node: process.versions.node, model: modelDir ?? 'analytic' },
    };
    const logDir = join(runDir, 'flights', `${this.#bootEpoch}`);
    return ['--run-dir', runDir, '--log-dir', logDir, '--flight', JSON.stringify(flight)];
  }

  #ended(name: ChildName, code: number | null, signal: string | null): void {
    const child = this.#children.get(name)!;
    child.process = undefined;
    if (this.#stopping) {
      if ([...this.#children.values()].every((one) => one.process === undefined)) process.exit(0);
      this.#stopRecorderLast();
      return;
    }
    child.delayMs = restartDelayMs(systemClock.monotonicMs() - child.startedMs, child.delayMs);
    this.#say(`${name} ended (${signal ?? `code ${code}`}), restarting in ${child.delayMs} ms`);
    setTimeout(() => {
      if (!this.#stopping) this.#startChild(name);
    }, child.delayMs);
  }

  /** For whoever watches, measures or must end the processes: name → pid. */
  #writePids(): void {
    const pids: Record<string, number | undefined> = { supervisor: process.pid };
    for (const [name, child] of this.#children) pids[name] = child.process?.pid;
    const path = join(this.#config.runDir, 'pids.json');
    try {
      writeFileSync(`${path}.new`, JSON.stringify(pids), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch (error) {
      // A full disk is no reason to leave the children alone.
      this.#say(`pids.json not written: ${String(error)}`);
    }
  }
}

/** Supervises until SIGTERM or SIGINT. Throws the faults of {@link readAgentConfig}. */
export const runAgent = (configFile: string): void => {
  const supervisor = new Supervisor(readAgentConfig(configFile));
  supervisor.start();
  // A drone is switched off, not shut down: what was compiled is kept now, not at the end.
  flushCompileCache();
  process.on('SIGTERM', () => supervisor.stop());
  process.on('SIGINT', () => supervisor.stop());
};

const main = (): void => {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  surviveLog();
  if (values.config === undefined) {
    throw new Fault('config-missing', 'no configuration given', {
      exit: 'usage',
      remedy: 'Call it as: node agent/main.ts --config FILE',
    });
  }
  runAgent(values.config);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(`${error.message}\n${error.remedy ?? ''}\n`);
    process.exit(EXIT[error.exit]);
  }
}
