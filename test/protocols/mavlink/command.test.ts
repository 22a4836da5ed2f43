import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandAck, type CommandLong, MavResult } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { CommandService } from '#protocols/mavlink/command.ts';
import type { CommandOutcome } from '#protocols/mavlink/command.ts';
import {
  armCommand,
  disarmCommand,
  killCommand,
  requestMessageCommand,
  setModeCommand,
  takeoffCommand,
} from '#protocols/mavlink/vehicle-command.ts';

const VEHICLE = { sysid: 3, compid: 1 };
const SELF = { sysid: 245, compid: 191 };
const ARM = 400;
const DO_SET_MODE = 176;

const ackOf = (command: number, result: number, target = SELF): CommandAck => {
  const ack = new CommandAck();
  ack.command = command;
  ack.result = result;
  ack.targetSystem = target.sysid;
  ack.targetComponent = target.compid;
  return ack;
};

const service = (): CommandService =>
  new CommandService(VEHICLE, SELF, {
    ackTimeoutMs: 100,
    attempts: 3,
    progressTimeoutMs: 1000,
    inFlight: 2,
    capacity: 5,
  });

/** What was sent, as the COMMAND_LONGs that they are. */
const longs = (send: readonly MavLinkData[]): CommandLong[] => send as CommandLong[];

const results = (outcomes: readonly CommandOutcome[]): string[] =>
  outcomes.map(({ result }) => result);

describe('a command', () => {
  test('is sent to the vehicle, acknowledged, and told once', () => {
    const commands = service();
    const id = commands.request(takeoffCommand(120));
    const first = commands.tick(0);
    expect(first.outcomes).toEqual([]);
    expect(first.send).toHaveLength(1);
    expect(first.send[0]).toMatchObject({
      command: 22,
      targetSystem: 3,
      targetComponent: 1,
      confirmation: 0,
      _param4: Number.NaN,
      _param7: 120,
    });
    commands.acknowledge(ackOf(22, MavResult.ACCEPTED), VEHICLE, 12);
    expect(commands.tick(20)).toEqual({
      send: [],
      outcomes: [{ id, command: 22, result: 'accepted', attempts: 1, remarks: [] }],
      progress: [],
    });
    expect(commands.tick(2000)).toEqual({ send: [], outcomes: [], progress: [] });
  });

  test('that meets silence is repeated with a growing confirmation, then times out', () => {
    const commands = service();
    commands.request(armCommand());
    const confirmations: number[] = [];
    const outcomes: CommandOutcome[] = [];
    for (let nowMs = 0; nowMs <= 400; nowMs += 20) {
      const tick = commands.tick(nowMs);
      confirmations.push(...longs(tick.send).map(({ confirmation }) => confirmation));
      outcomes.push(...tick.outcomes);
    }
    expect(confirmations).toEqual([0, 1, 2]);
    expect(outcomes).toMatchObject([{ command: ARM, result: 'timeout', attempts: 3 }]);
  });

  test('in progress is awaited, not repeated, and may still fail to end', () => {
    const commands = service();
    commands.request(armCommand());
    commands.tick(0);
    commands.acknowledge(ackOf(ARM, MavResult.IN_PROGRESS), VEHICLE, 50);
    expect(commands.tick(900)).toMatchObject({ send: [], outcomes: [] });
    commands.acknowledge(ackOf(ARM, MavResult.IN_PROGRESS), VEHICLE, 950);
    expect(commands.tick(1900)).toMatchObject({ send: [], outcomes: [] });
    expect(results(commands.tick(1950).outcomes)).toEqual(['timeout']);
  });

  test.each([
    [MavResult.TEMPORARILY_REJECTED, 'temporarilyRejected'],
    [MavResult.DENIED, 'denied'],
    [MavResult.UNSUPPORTED, 'unsupported'],
    [MavResult.FAILED, 'failed'],
    [MavResult.CANCELLED, 'cancelled'],
    [MavResult.COMMAND_INT_ONLY, 'unsupported'],
    [MavResult.NOT_IN_CONTROL, 'denied'],
    [200, 'failed'],
  ])('answered with %i ends as %s', (code, result) => {
    const commands = service();
    commands.request(armCommand());
    commands.tick(0);
    commands.acknowledge(ackOf(ARM, code), VEHICLE, 10);
    expect(results(commands.tick(20).outcomes)).toEqual([result]);
  });

  test('in progress for ever ends all the same', () => {
    const commands = new CommandService(VEHICLE, SELF, { progressTimeoutMs: 1000 });
    commands.request(armCommand());
    let endedMs = 0;
    for (let nowMs = 0; nowMs < 3_600_000 && endedMs === 0; nowMs += 500) {
      if (commands.tick(nowMs).outcomes.some(({ result }) => result === 'timeout')) endedMs = nowMs;
      commands.acknowledge(ackOf(ARM, MavResult.IN_PROGRESS), VEHICLE, nowMs);
    }
    expect(endedMs).toBe(600_000);
  });

  test('is not settled by an ack from or for somebody else', () => {
    const commands = service();
    commands.request(armCommand());
    commands.tick(0);
    commands.acknowledge(ackOf(ARM, MavResult.ACCEPTED), { sysid: 2, compid: 1 }, 5);
    commands.acknowledge(ackOf(ARM, MavResult.ACCEPTED), { sysid: 3, compid: 154 }, 5);
    const ours = { sysid: 255, compid: 190 };
    commands.acknowledge(ackOf(ARM, MavResult.ACCEPTED, ours), VEHICLE, 5);
    commands.acknowledge(ackOf(DO_SET_MODE, MavResult.ACCEPTED), VEHICLE, 5);
    expect(commands.tick(20).outcomes).toEqual([]);
    commands.acknowledge(ackOf(ARM, MavResult.ACCEPTED, { sysid: 0, compid: 0 }), VEHICLE, 25);
    expect(results(commands.tick(40).outcomes)).toEqual(['accepted']);
  });

  test('can be given up, in the queue and on its way', () => {
    const commands = service();
    const flying = commands.request(armCommand())!;
    const queued = commands.request(disarmCommand())!;
    commands.tick(0);
    commands.cancel(queued);
    commands.cancel(flying);
    commands.cancel(999);
    expect(commands.tick(20)).toMatchObject({
      send: [],
      outcomes: [
        { id: queued, result: 'cancelled', attempts: 0 },
        { id: flying, result: 'cancelled', attempts: 1 },
      ],
    });
  });
});

describe('several commands', () => {
  test('of one kind go one after the other, for an ack does not say which it answers', () => {
    const commands = service();
    const first = commands.request(requestMessageCommand(148));
    const second = commands.request(requestMessageCommand(242));
    expect(longs(commands.tick(0).send).map(({ _param1 }) => _param1)).toEqual([148]);
    commands.acknowledge(ackOf(512, MavResult.ACCEPTED), VEHICLE, 10);
    const next = commands.tick(20);
    expect(next.outcomes).toMatchObject([{ id: first }]);
    expect(longs(next.send).map(({ _param1 }) => _param1)).toEqual([242]);
    commands.acknowledge(ackOf(512, MavResult.DENIED), VEHICLE, 30);
    expect(commands.tick(40).outcomes).toMatchObject([{ id: second, result: 'denied' }]);
  });

  test("of different kinds fly together, but never more than PX4's queue holds", () => {
    const commands = service();
    commands.request(armCommand());
    commands.request(setModeCommand('AUTO_LOITER'));
    commands.request(requestMessageCommand(148));
    expect(longs(commands.tick(0).send).map(({ command }) => command)).toEqual([ARM, DO_SET_MODE]);
    commands.acknowledge(ackOf(ARM, MavResult.ACCEPTED), VEHICLE, 10);
    expect(longs(commands.tick(20).send).map(({ command }) => command)).toEqual([512]);
  });

  test('beyond the capacity are refused, and outcomes nobody took count too', () => {
    const commands = service();
    for (let index = 0; index < 5; index += 1) {
      expect(commands.request(requestMessageCommand(index))).toBeDefined();
    }
    expect(commands.request(armCommand())).toBeUndefined();
    commands.tick(0);
    commands.acknowledge(ackOf(512, MavResult.ACCEPTED), VEHICLE, 10);
    expect(commands.request(armCommand())).toBeUndefined();
    commands.tick(20);
    expect(commands.request(armCommand())).toBeDefined();
  });

  test('wait for stray acks: the answer to a repeated mode change never settles the next one', () => {
    const commands = service();
    commands.request(setModeCommand('OFFBOARD'));
    commands.tick(0);
    commands.tick(100); // repeated: two may be answered
    commands.acknowledge(ackOf(DO_SET_MODE, MavResult.TEMPORARILY_REJECTED), VEHICLE, 110);
    commands.request(setModeCommand('AUTO_LAND'));
    expect(commands.tick(120)).toMatchObject({
      send: [],
      outcomes: [{ result: 'temporarilyRejected' }],
    });
    commands.acknowledge(ackOf(DO_SET_MODE, MavResult.TEMPORARILY_REJECTED), VEHICLE, 150);
    expect(commands.tick(160)).toEqual({ send: [], outcomes: [], progress: [] });
    expect(commands.tick(200).send).toMatchObject([{ _param2: 4, _param3: 6, confirmation: 0 }]);
    commands.acknowledge(ackOf(DO_SET_MODE, MavResult.ACCEPTED), VEHICLE, 210);
    expect(results(commands.tick(220).outcomes)).toEqual(['accepted']);
  });
});

describe('an urgent command', () => {
  test('overtakes the queue and the pacing', () => {
    const commands = service();
    commands.request(armCommand());
    commands.request(requestMessageCommand(148));
    commands.tick(0);
    commands.request(requestMessageCommand(242));
    commands.request(setModeCommand('AUTO_RTL', true));
    expect(commands.tick(20).send).toMatchObject([{ command: DO_SET_MODE, _param3: 5 }]);
  });

  test('replaces an unfinished one of its kind, so that arming can not undo a kill', () => {
    const commands = service();
    const arming = commands.request(armCommand());
    commands.tick(0);
    const armingAgain = commands.request(armCommand());
    const killing = commands.request(killCommand());
    const tick = commands.tick(20);
    expect(tick.send).toMatchObject([{ command: ARM, _param1: 0, _param2: 21_196 }]);
    expect(tick.outcomes).toMatchObject([
      { id: arming, result: 'cancelled' },
      { id: armingAgain, result: 'cancelled' },
    ]);
    commands.acknowledge(ackOf(ARM, MavResult.ACCEPTED), VEHICLE, 30);
    expect(commands.tick(40).outcomes).toMatchObject([{ id: killing, result: 'accepted' }]);
  });

  test('waits its turn behind an earlier urgent one', () => {
    const commands = service();
    commands.request(requestMessageCommand(148));
    commands.request(setModeCommand('AUTO_LAND', true));
    commands.request(killCommand());
    const sent = longs(commands.tick(0).send).map(({ command }) => command);
    expect(sent.slice(0, 2)).toEqual([DO_SET_MODE, ARM]);
  });

  test('goes even when the queue is full', () => {
    const commands = service();
    for (let index = 0; index < 5; index += 1) commands.request(requestMessageCommand(index));
    expect(commands.request(killCommand())).toBeDefined();
    expect(longs(commands.tick(0).send).map(({ command }) => command)).toContain(ARM);
  });
});

test('whatever the vehicle answers and when, each request ends exactly once', () => {
  const step = fc.record({
    request: fc.option(fc.constantFrom(armCommand(), killCommand(), setModeCommand('AUTO_RTL'))),
    ack: fc.option(
      fc.record({
        command: fc.constantFrom(ARM, DO_SET_MODE),
        result: fc.integer({ min: 0, max: 11 }),
      }),
    ),
    waitMs: fc.integer({ min: 0, max: 150 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const commands = service();
      const asked: number[] = [];
      const ended: number[] = [];
      let nowMs = 0;
      const tick = (): void => {
        const { send, outcomes } = commands.tick(nowMs);
        expect(longs(send).every(({ confirmation }) => confirmation < 3)).toBe(true);
        ended.push(...outcomes.map(({ id }) => id));
      };
      for (const { request, ack, waitMs } of steps) {
        const id = request === null ? undefined : commands.request(request);
        if (id !== undefined) asked.push(id);
        if (ack !== null) commands.acknowledge(ackOf(ack.command, ack.result), VEHICLE, nowMs);
        nowMs += waitMs;
        tick();
      }
      for (let rest = 0; rest < 100; rest += 1) {
        nowMs += 100;
        tick();
      }
      expect(ended.toSorted((a, b) => a - b)).toEqual(asked);
    }),
  );
});
