import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Holds a pseudo-terminal, named by a link, and passes it on to its own standard input and output. */
const KEEPER = `
import os, pty, select, sys, tty
master, slave = pty.openpty()
tty.setraw(slave)
os.symlink(os.ttyname(slave), sys.argv[1])
sys.stderr.write('ready')
sys.stderr.flush()
while True:
    ready, _, _ = select.select([master, 0], [], [])
    for source in ready:
        data = os.read(source, 65536)
        if not data:
            sys.exit()
        while data:
            data = data[os.write(1 if source == master else master, data):]
`;

/** Serial lines can be tried only where Python has pseudo-terminals. */
export const hasPty =
  spawnSync('python3', ['-c', 'import pty, tty; pty.openpty()'], { stdio: 'ignore' }).status === 0;

/** A serial device whose other end is in the test's hand; it can be unplugged. */
export class Pty {
  readonly path: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'skein-pty-'));
  readonly #onBytes: (bytes: Uint8Array) => void;
  #keeper: ChildProcess | undefined;

  constructor(onBytes: (bytes: Uint8Array) => void) {
    this.#onBytes = onBytes;
    this.path = join(this.#directory, 'ttyTEST');
  }

  async plug(): Promise<void> {
    const keeper = spawn('python3', ['-c', KEEPER, this.path], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#keeper = keeper;
    keeper.stdout.on('data', this.#onBytes);
    await once(keeper.stderr, 'data');
  }

  get pid(): number | undefined {
    return this.#keeper?.pid;
  }

  /** What the device's other end says. */
  say(bytes: Uint8Array): void {
    this.#keeper?.stdin?.write(bytes);
  }

  async unplug(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = undefined;
    rmSync(this.path, { force: true });
    if (keeper === undefined) return;
    keeper.stdin?.on('error', () => {});
    keeper.kill('SIGKILL');
    await once(keeper, 'exit');
  }

  async remove(): Promise<void> {
    await this.unplug();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
