import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createControlApp, createReadApp, type Station } from '#coordinator/station/app.ts';
import { missionGeometry, type MissionGeometry } from '#coordinator/station/mission-geometry.ts';
import { serveLoopback, serveUnix } from '#coordinator/station/server.ts';
import type { SwarmView } from '#coordinator/station/view.ts';
import { Fault } from '#protocols/fault.ts';
import { nedFromGeodetic } from '#protocols/frames.ts';
import { fabricatedStation, fabricatedView, irchel } from '../../page/fabricated-swarm.ts';
import { runSkein } from '../run-skein.ts';

const mission = irchel();

const faultOf = async (promise: Promise<unknown>): Promise<Fault> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Fault) return error;
  throw new Error('no fault was thrown', { cause: error });
};

describe('the skein command and a station that answers', () => {
  const socket = join(mkdtempSync(join(tmpdir(), 'skein-station-')), 'station.sock');
  const sent: unknown[] = [];
  let view: SwarmView = fabricatedView(mission);
  let close: () => void;

  beforeAll(async () => {
    const station: Station = {
      ...fabricatedStation(mission, () => view).station,
      startMission: () => Promise.resolve({ goal: { issuer: 1000, epoch: 2, sequence: 0 } }),
      sendDirective: (...order) => {
        sent.push(order);
        const drones = view.drones.map((drone) => ({ ...drone, directive: [1000, 3] as const }));
        view = { ...view, drones };
        return Promise.resolve({ issuer: 1000, number: 3 });
      },
    };
    close = await serveUnix(createControlApp(station), socket);
  });
  afterAll(() => close());

  const skein = (...args: string[]) => runSkein('--station', socket, ...args);

  it('only its user may open the socket', () => {
    expect(statSync(socket).mode & 0o777).toBe(0o600);
  });

  it('status: one table, or the whole view as JSON', async () => {
    const { code, stdout } = await skein('status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/search-irchel: \d+\.\d % searched, 1 found, 83 s; ordered by base/u);
    expect(stdout).toMatch(/3 cedar +returning .* 22 % .* battery reserve/u);
    const json = await skein('--json', 'status');
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(JSON.stringify(view)));
  });

  it('watch --count --json: one object a line', async () => {
    const { stdout } = await skein('--json', 'watch', '--count', '2', '--period', '0.1');
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as SwarmView).mission?.name);
    expect(names).toEqual(['search-irchel', 'search-irchel']);
  });

  it('mission start: hands the whole mission over', async () => {
    const { code, stdout } = await skein('mission', 'start', 'missions/search-irchel.yaml');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'search-irchel started for 5 drones.\n' });
  });

  it('kill without the second confirmation: exit 3, nothing sent', async () => {
    const { code, stderr } = await skein('kill', '1');
    expect(code).toBe(3);
    expect(stderr).toContain('--confirm-kill');
    expect(sent).toEqual([]);
  });

  it('abort --all: everyone obeyed, exit 0', async () => {
    const { code, stdout } = await skein('abort', '--all');
    expect(code).toBe(0);
    expect(stdout.match(/obeyed/gu)).toHaveLength(6);
    expect(sent).toEqual([['abort', [], false, false]]);
  });

  it('a second station on the same socket: exit 2 and what to do', async () => {
    const { station } = fabricatedStation(mission, () => view);
    const fault = await faultOf(serveUnix(createControlApp(station), socket));
    expect(fault).toMatchObject({ code: 'station-running', exit: 'usage' });
    expect(fault.message).toContain(socket);
  });

  it('no drones: mission start exits 5', async () => {
    const heard = view;
    view = { ...heard, drones: heard.drones.map((drone) => ({ ...drone, ageS: null })) };
    const { code, stderr } = await skein('mission', 'start', 'missions/search-irchel.yaml');
    view = heard;
    expect(code).toBe(5);
    expect(stderr).toContain('the station hears no drones');
    expect(stderr).toContain('skein sim up');
  });
});

describe('the skein command without a station', () => {
  it.each([['status'], ['abort', '--all'], ['mission', 'start', 'missions/search-irchel.yaml']])(
    '%s exits 5 and says how to start one',
    async (...args) => {
      const { code, stdout, stderr } = await runSkein('--station', '/no/such.sock', ...args);
      expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
      expect(stderr).toContain('no station answers at /no/such.sock');
      expect(stderr).toContain('skein station');
    },
  );

  it('refuses a bad mission before it asks for a station', async () => {
    const args = ['mission', 'start', 'missions/irchel-area.geojson'];
    const { code } = await runSkein('--station', '/no/such.sock', ...args);
    expect(code).toBe(2);
  });

  it.each([
    [['fly'], 'unknown command'],
    [['status', '--colour'], 'unknown option'],
    [['hold', 'one'], 'sysid is "one"'],
    [['watch', '--count', '-3'], '--count is "-3"'],
  ])('%j: exit 2', async (args, words) => {
    const { code, stderr } = await runSkein('--station', '/no/such.sock', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe('what the station serves', () => {
  const { station } = fabricatedStation(mission, () => fabricatedView(mission));
  const control = createControlApp(station);
  const post = (path: string, body: string): Response | Promise<Response> =>
    control.request(path, { method: 'POST', body });

  it('over TCP nothing can be commanded', async () => {
    const read = createReadApp(station);
    for (const path of ['/mission', '/directive']) {
      const answer = await read.request(path, { method: 'POST', body: '{}' });
      expect(answer.status).toBe(404);
    }
  });

  it.each([
    ['/directive', 'nonsense', 400],
    ['/directive', '{"kind":"explode","targets":[],"confirmed":false}', 400],
    ['/directive', '{"kind":"hold","targets":[0],"confirmed":false}', 400],
    ['/directive', '{"kind":"hold","targets":[],"confirmed":false,"also":1}', 400],
    ['/directive', '{"kind":"kill","targets":[1],"confirmed":false}', 409],
    ['/mission', '{"mission":{}}', 400],
  ])('refuses %s %s', async (path, body, status) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code: expect.any(String) } });
  });

  it('the mission with the ground of every cell', async () => {
    const answer = await control.request('/mission');
    const { grid } = (await answer.json()) as MissionGeometry;
    const side = mission.search!.cellM;
    for (const { row, column, ring } of grid) {
      expect(ring).toHaveLength(5);
      expect(ring[0]).toEqual(ring[4]);
      const corners = ring.map(([lonDeg, latDeg]) =>
        nedFromGeodetic(mission.origin, { latDeg, lonDeg, altAmslM: mission.origin.altAmslM }),
      );
      expect(corners[0]!.x).toBeCloseTo(row * side, 1);
      expect(corners[0]!.y).toBeCloseTo(column * side, 1);
      expect(corners[2]!.x - corners[0]!.x).toBeCloseTo(side, 1);
      expect(corners[2]!.y - corners[0]!.y).toBeCloseTo(side, 1);
    }
    expect(grid.length).toBeGreaterThan(100);
  });

  it('no cells for a mission without a search', () => {
    const { search: _, ...others } = mission;
    expect(missionGeometry({ ...others, kind: 'goto' }).grid).toEqual([]);
  });

  it('a port of the map page that is taken: the port, the option, the way out', async () => {
    const first = await serveLoopback(createReadApp(station), 0);
    const port = Number(new URL(first.url).port);
    const fault = await faultOf(serveLoopback(createReadApp(station), port));
    first.close();
    expect(fault).toMatchObject({ code: 'port-in-use', exit: 'usage' });
    expect(fault.data).toEqual({ port, field: '--map-port' });
    expect(fault.message).toContain(`${port}`);
    expect(fault.remedy).toContain('--map-port');
  });

  it('a stopped server leaves nobody hanging who follows the swarm', async () => {
    const served = await serveLoopback(createReadApp(station), 0);
    const answer = await fetch(`${served.url}events`);
    const reader = answer.body!.getReader();
    expect((await reader.read()).done).toBe(false);
    served.close();
    const rest = async (): Promise<boolean> => {
      for (;;) if ((await reader.read()).done) return true;
    };
    await expect(rest().catch(() => true)).resolves.toBe(true);
  });
});
