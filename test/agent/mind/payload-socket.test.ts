import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parsePayloadLine } from '#agent/mind/payload-line.ts';
import { connectPayload, type Payload } from '#agent/mind/payload-socket.ts';
import type { Look } from '#agent/mind/state.ts';
import { ORIGIN } from './harness/missions.ts';

const LOOK = {
  row: 3,
  col: -4,
  detected: true,
  confidence: 0.8,
  northM: 81,
  eastM: -90,
  timeMs: 12,
};

describe('a detector’s line', () => {
  it('is a look, a sign of life, or nothing', () => {
    const { col, confidence: _, timeMs: __, ...rest } = LOOK;
    expect(parsePayloadLine(JSON.stringify({ look: LOOK }))).toEqual({ ...rest, column: col });
    expect(parsePayloadLine('{"alive":{"timeMs":5}}')).toBe('alive');
    expect(parsePayloadLine('{"error":"what?"}')).toBeUndefined();
    expect(parsePayloadLine(JSON.stringify({ look: { ...LOOK, row: 0.5 } }))).toBeUndefined();
    expect(parsePayloadLine(JSON.stringify({ look: { ...LOOK, row: 1e9 } }))).toBeUndefined();
  });

  it('may be anything at all without harm', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(parsePayloadLine(line)).toBeUndefined();
      }),
    );
  });
});

describe('the door to a detector', () => {
  let directory = '';
  let server: Server;
  let payload: Payload;
  const clients: Socket[] = [];
  const looks: Look[] = [];
  let alive = 0;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'skein-payload-'));
    server = createServer((client) => clients.push(client.setEncoding('utf8')));
    server.listen(join(directory, 'p.sock'));
    await once(server, 'listening');
    payload = connectPayload(join(directory, 'p.sock'), {
      onLook: (look) => looks.push(look),
      onAlive: () => {
        alive += 1;
      },
    });
    await once(server, 'connection');
  });

  afterEach(() => {
    payload.close();
    server.close();
    for (const client of clients.splice(0)) client.destroy();
    looks.length = 0;
    alive = 0;
    rmSync(directory, { recursive: true });
  });

  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('hears looks however the bytes are cut, and skips what is none', async () => {
    const line = `${JSON.stringify({ look: LOOK })}\n`;
    clients[0]!.write(`nonsense\n${line.slice(0, 20)}`);
    clients[0]!.write(`${line.slice(20)}{"alive":{}}\n`);
    await until(() => alive === 1);
    expect(looks).toHaveLength(1);
  });

  it('tells the grid again after the detector restarted', async () => {
    const first = once(clients[0]!, 'data');
    payload.configure({ origin: ORIGIN, cellM: 25, footprintRadiusM: 14 });
    const [told] = (await first) as [string];
    expect(JSON.parse(told)).toMatchObject({ configure: { cellM: 25, originAltAmslM: 488 } });
    clients[0]!.destroy();
    await once(server, 'connection');
    const [again] = (await once(clients[1]!, 'data')) as [string];
    expect(again).toBe(told);
  });

  it('hangs up on a line without an end', async () => {
    clients[0]!.write('x'.repeat(10_000));
    await once(clients[0]!, 'close');
    expect(looks).toEqual([]);
  });
});
