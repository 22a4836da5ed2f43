import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '#protocols/fault.ts';
import type { DetectorGrid, Look } from './sensors/detector.ts';

/** A line from an agent may not be longer: it holds one grid. */
const LINE_BYTES_MAX = 4096;
/** Unread bytes after which a slow agent loses looks rather than the simulator its memory. */
const BACKLOG_BYTES_MAX = 256 * 1024;
const CLIENTS_MAX = 4;

const requestSchema = z.strictObject({
  configure: z.strictObject({
    originLatDeg: z.number().min(-90).max(90),
    originLonDeg: z.number().min(-180).max(180),
    originAltAmslM: z.number().min(-1000).max(10_000),
    cellM: z.number().min(0.5).max(1000),
    footprintRadiusM: z.number().min(0.1).max(500),
  }),
});

/**
 * Door: one vehicle's payload, as a camera would be attached: a Unix stream socket
 * `<runDir>/payload-<sysid>.sock` with JSON lines. In: `{"configure": {…}}`. Out: `{"look": {…}}`,
 * `{"alive": {"timeMs"}}`, `{"error": "…"}` for a line that is not understood.
 */
export class PayloadSocket {
  readonly path: string;
  readonly #configure: (grid: DetectorGrid) => void;
  readonly #clients = new Set<Socket>();
  #server: Server | undefined;

  constructor(runDir: string, sysid: number, configure: (grid: DetectorGrid) => void) {
    this.path = join(runDir, `payload-${sysid}.sock`);
    this.#configure = configure;
  }

  /** Throws the Fault `payload-socket` when the path cannot be listened on. */
  async open(): Promise<void> {
    await rm(this.path, { force: true });
    const server = createServer((client) => this.#adopt(client));
    server.maxConnections = CLIENTS_MAX;
    this.#server = server;
    try {
      server.listen(this.path);
      await once(server, 'listening');
    } catch (cause) {
      throw new Fault('payload-socket', `cannot listen on ${this.path}`, {
        exit: 'usage',
        data: { path: this.path },
        remedy: 'Choose a run directory that exists, is writable and has a short path.',
        cause,
      });
    }
  }

  sendLook(look: Look): void {
    this.#broadcast({ look });
  }

  sendAlive(timeMs: number): void {
    this.#broadcast({ alive: { timeMs } });
  }

  /** Drops all clients and refuses new ones. Idempotent. */
  close(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const client of this.#clients) client.destroy();
    this.#clients.clear();
  }

  #adopt(client: Socket): void {
    this.#clients.add(client);
    client.setEncoding('utf8');
    let held = '';
    client.on('data', (text) => {
      const lines = (held + String(text)).split('\n');
      held = lines.pop() ?? '';
      for (const line of lines) this.#hear(client, line);
      if (held.length > LINE_BYTES_MAX) client.destroy();
    });
    client.on('error', () => client.destroy());
    client.on('close', () => this.#clients.delete(client));
  }

  #hear(client: Socket, line: string): void {
    const request = requestSchema.safeParse(parseJson(line));
    if (request.success) this.#configure(request.data.configure);
    else client.write(`${JSON.stringify({ error: z.prettifyError(request.error) })}\n`);
  }

  #broadcast(message: unknown): void {
    if (this.#clients.size === 0) return;
    const line = `${JSON.stringify(message)}\n`;
    for (const client of this.#clients) {
      if (client.writableLength < BACKLOG_BYTES_MAX) client.write(line);
    }
  }
}

/** Undefined for text that is not JSON: the schema then says what was expected. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
