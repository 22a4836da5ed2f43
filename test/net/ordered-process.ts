import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';

import type { Answer } from './member/orders.ts';

const ANSWER_MS = 60_000;
const START_MS = 60_000;

/** A program that is configured by a JSON file and does what it is told by IPC (member/serve.ts). */
export class OrderedProcess<Order, Value> {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer<Value>) => void>();
  readonly #ended: Promise<void>;
  readonly ready: Promise<void>;
  #requests = 0;

  /** `on`: the command that runs a program where this one is to run; `node`: how it is to run there. */
  constructor(
    name: string,
    main: string,
    configFile: string,
    config: object,
    on: (program: string, ...args: string[]) => [string, string[]],
    node: {
      flags?: readonly string[] | undefined;
      environment?: Readonly<Record<string, string>> | undefined;
    } = {},
  ) {
    writeFileSync(configFile, JSON.stringify(config));
    const [program, args] = on(process.execPath, ...(node.flags ?? []), main, configFile);
    this.#process = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...node.environment },
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        const error = `${name} ended with ${signal ?? code}`;
        for (const answer of this.#waiting.values()) answer({ id: 0, error });
        resolve();
      });
    });
    this.#process.on('message', (answer: Answer<Value>) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    this.ready = this.#answerTo(0, START_MS).then(() => undefined);
  }

  #answerTo(id: number, timeoutMs: number): Promise<Answer<Value>> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('a process does not answer')), timeoutMs);
      this.#waiting.set(id, (answer) => {
        clearTimeout(late);
        if (answer.error === undefined) resolve(answer);
        else reject(new Error(answer.error));
      });
    });
  }

  async tell(order: Order): Promise<Value | undefined> {
    this.#requests += 1;
    const id = this.#requests;
    const answered = this.#answerTo(id, ANSWER_MS);
    this.#process.send({ id, order }, (error) => {
      if (error !== null) this.#waiting.get(id)?.({ id, error: error.message });
    });
    return (await answered).value;
  }

  /** As a power cut does. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
