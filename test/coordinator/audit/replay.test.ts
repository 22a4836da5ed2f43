import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { encodeMindStart } from '#agent/mind/codec.ts';
import { InboxTray } from '#agent/mind/inbox-tray.ts';
import type { PlanAnswer, PlanRequest } from '#agent/mind/plan-port.ts';
import { openPlanner, type OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { decodeInbox } from '#agent/mind/record/inbox.ts';
import { encodeOutbox, outboxFrames } from '#agent/mind/record/outbox.ts';
import type { MindAgain } from '#agent/mind/replay.ts';
import { createMind, emptyInbox } from '#agent/mind/state.ts';
import { mindTick } from '#agent/mind/tick.ts';
import { encodePilotStart } from '#agent/pilot/replay.ts';
import { replayPlans, type ReplayPlanner } from '#coordinator/audit/replay-plans.ts';
import { makeDisk } from '#protocols/log/disk.ts';
import type { ChannelName, NumberedRecord } from '#protocols/log/record.ts';
import { encodeTickRecord } from '#protocols/log/tick-record.ts';
import { FlightWriter } from '#protocols/log/writer.ts';
import { vector3 } from '#protocols/vector.ts';
import { requestOf } from '../../agent/mind/plan/plant.ts';
import { airborne, type Sortie } from '../../agent/pilot/sortie.ts';
import { runSkein } from '../run-skein.ts';
import { temporaryDirectory } from './recorded-run.ts';

const mindOptions = { sysid: 1, seed: 3, hasPayload: false, restored: null };

/** The records of one pilot and of a mind without a goal, as the recorder writes them. */
const writeFlight = async (sortie: Sortie, spoil?: (payload: Uint8Array) => void) => {
  const directory = join(temporaryDirectory(), 'drone-1', 'flights', '100');
  const info = { flight: 'alder-100', sysid: 1, bootEpoch: 100, versions: {} };
  const time = { monotonicMs: 0, unixUs: 1_790_000_000_000_000n };
  mkdirSync(directory, { recursive: true });
  const writer = await FlightWriter.open(await makeDisk(directory), info, time);
  const add = (channel: ChannelName, monotonicMs: number, payload: Uint8Array): void =>
    writer.append({ channel, monotonicMs, logTimeUs: time.unixUs, payload });
  add('pilot/start', 0, encodePilotStart(sortie.start));
  for (const [tick, { nowMs, inbox, outbox }] of sortie.recorded.entries()) {
    const payload = encodeTickRecord({ tick, nowMs, inbox, outbox });
    if (tick === sortie.recorded.length - 20) spoil?.(payload);
    add('pilot/tick', nowMs, payload);
  }
  const mind = createMind(mindOptions, safePlanner(PLAN_SETTINGS));
  add('mind/start', 0, encodeMindStart(mindOptions));
  for (let tick = 0; tick < 20; tick += 1) {
    const thought = mindTick(mind, emptyInbox(), 100 * tick);
    const outbox = encodeOutbox(thought, outboxFrames(thought), null);
    const inbox = new InboxTray().take().bytes;
    add('mind/tick', 100 * tick, encodeTickRecord({ tick, nowMs: 100 * tick, inbox, outbox }));
  }
  await writer.close(time);
  const config = { modelDir: null, keys: { modelSignersHex: [] } };
  writeFileSync(join(directory, '../../config.json'), JSON.stringify(config));
  return directory;
};

describe('skein log replay', () => {
  let sortie: Sortie;
  beforeAll(() => {
    sortie = airborne(vector3(3, 1, 0));
    sortie.run(2);
  });

  it('runs everything again: the same outputs, exit 0', async () => {
    const directory = await writeFlight(sortie);
    const { code, stdout } = await runSkein('log', 'replay', directory);
    expect(stdout).toContain(`${directory}: the log is verified`);
    expect(stdout).toContain(
      `pilot: ${sortie.recorded.length} ticks of 1 starts: the same outputs, byte for byte`,
    );
    expect(stdout).toContain('mind: 20 ticks of 1 starts: the same outputs, byte for byte');
    expect(stdout).toContain('plans: 0 imagined again');
    expect(code).toBe(0);
  });

  it('one flipped bit of an output: record, tick and byte are named, exit 1', async () => {
    const directory = await writeFlight(sortie, (payload) => {
      payload[payload.length - 1]! ^= 1;
    });
    const { code, stdout } = await runSkein('log', 'replay', directory, '--no-plans');
    expect(code).toBe(1);
    const tick = sortie.recorded.length - 20;
    expect(stdout).toContain(`pilot: differs at record ${tick + 1}, tick ${tick}, byte `);
    expect(stdout).toContain(`after ${tick} equal ticks`);
  });

  it('a log that was changed on disk proves nothing: exit 1', async () => {
    const directory = await writeFlight(sortie);
    const file = join(directory, '000001.mcap');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
    const { code, stdout } = await runSkein('log', 'replay', directory, '--no-plans');
    expect(code).toBe(1);
    expect(stdout).toContain('the log is failed');
  });

  it('without the configuration that names the model: exit 2, and how to do without', async () => {
    const directory = await writeFlight(sortie);
    writeFileSync(join(dirname(dirname(directory)), 'config.json'), '{}');
    const { code, stderr } = await runSkein('log', 'replay', directory);
    expect(code).toBe(2);
    expect(stderr).toContain('config.json: does not say which model was flown');
    expect(stderr).toContain('--no-plans');
  });

  it('with a release that does not load: its fault, never another model in its place', async () => {
    const directory = await writeFlight(sortie);
    const { code, stderr } = await runSkein('log', 'replay', directory, '--model', '/no/release');
    expect(code).toBe(2);
    expect(stderr).toContain('/no/release/manifest.json cannot be read');
  });
});

describe('plans imagined again', () => {
  let planner: OpenPlanner;
  let requests: PlanRequest[];
  let answers: PlanAnswer[];

  beforeAll(async () => {
    planner = await openPlanner({ modelDir: null, modelSignersHex: [] });
    requests = [1, 2, 3].map((requestId) => requestOf({ requestId, seed: requestId }));
    answers = [];
    for (const request of requests) answers.push({ ...(await planner.plan(request)), planMs: 9 });
  }, 30_000);

  /** A mind that asks for these, one a tick; null: for nothing. */
  const asking = (asked: readonly (PlanRequest | null)[]) => (): MindAgain => {
    const mind = createMind(mindOptions, safePlanner(PLAN_SETTINGS));
    const requestsLeft = [...asked];
    return {
      tick: (nowMs, bytes) => {
        const inbox = decodeInbox(bytes);
        const planRequest = requestsLeft.shift() ?? null;
        return { inbox, outbox: { ...mindTick(mind, emptyInbox(), nowMs), planRequest } };
      },
    };
  };

  /** Each answer in the tick after the one that asked; those of `lost` are not in the log. */
  async function* records(
    answered: readonly PlanAnswer[],
    lost: readonly number[] = [],
  ): AsyncGenerator<NumberedRecord> {
    const record = { monotonicMs: 0, logTimeUs: 0n };
    const start = encodeMindStart(mindOptions);
    yield { ...record, number: 0, channel: 'mind/start', payload: start };
    for (let tick = 0; tick <= answered.length; tick += 1) {
      if (lost.includes(tick)) continue;
      const answer = answered[tick - 1];
      const tray = new InboxTray();
      const { bytes: inbox } = answer === undefined ? tray.take() : tray.takeAnswer(answer);
      const outbox = new Uint8Array(0);
      const payload = encodeTickRecord({ tick, nowMs: 100 * tick, inbox, outbox });
      yield { ...record, number: tick + 1, channel: 'mind/tick', payload };
    }
  }

  it('come out the same through the log’s encoding', async () => {
    const replay = await replayPlans(records(answers), planner, 1, asking(requests));
    expect(replay).toEqual({ plans: 3, skipped: 0, divergence: undefined });
  });

  it('every second one only, when asked', async () => {
    const replay = await replayPlans(records(answers), planner, 2, asking(requests));
    expect(replay.plans).toBe(2);
  });

  it('show an input that is not the one that was planned for', async () => {
    const [first, second, third] = requests;
    const changed = { ...second!, cruiseSpeedMps: second!.cruiseSpeedMps + 1e-9 };
    const replay = await replayPlans(
      records(answers),
      planner,
      1,
      asking([first!, changed, third!]),
    );
    expect(replay.plans).toBe(2);
    expect(replay.divergence).toMatchObject({ number: 3, requestId: 2 });
  });

  it('show other weights than those that were flown', async () => {
    const other: ReplayPlanner = {
      model: 'quad-2',
      plan: async (request) => ({ digest: `other ${(await planner.plan(request)).digest}` }),
    };
    const replay = await replayPlans(records(answers), other, 1, asking(requests));
    expect(replay.divergence).toMatchObject({ number: 2, replayedModel: 'quad-2' });
  });

  it('count answers whose request is lost', async () => {
    const [first, , third] = requests;
    const mind = asking([first!, null, third!]);
    const replay = await replayPlans(records(answers), planner, 1, mind);
    expect(replay).toEqual({ plans: 2, skipped: 1, divergence: undefined });
  });

  it('end where a tick is lost: nobody knows what the mind thought from there on', async () => {
    const replay = await replayPlans(records(answers, [2]), planner, 1, asking(requests));
    expect(replay).toEqual({ plans: 1, skipped: 1, divergence: undefined });
  });
});
