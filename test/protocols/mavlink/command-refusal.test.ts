import { describe, expect, test } from 'vitest';
import { CommandAck, CommandInt, MavResult } from 'mavlink-mappings/dist/lib/common.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { CommandService } from '#protocols/mavlink/command.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { armCommand } from '#protocols/mavlink/vehicle-command.ts';

const VEHICLE = { sysid: 3, compid: 1 };
const SELF = { sysid: 245, compid: 191 };
const ARM = 400;

const ackOf = (command: number, result: number): CommandAck => {
  const ack = new CommandAck();
  ack.command = command;
  ack.result = result;
  ack.targetSystem = SELF.sysid;
  ack.targetComponent = SELF.compid;
  return ack;
};

const service = (): CommandService => new CommandService(VEHICLE, SELF, { ackTimeoutMs: 100 });

describe('a refusal', () => {
  test('waits for what the vehicle says about it, before the ack and shortly after', () => {
    const commands = new CommandService(VEHICLE, SELF, { remarkMs: 400 });
    commands.remark('Takeoff detected', -500);
    const id = commands.request(armCommand());
    commands.tick(0);
    commands.acknowledge(ackOf(ARM, MavResult.TEMPORARILY_REJECTED), VEHICLE, 12);
    commands.remark('Arming denied: Resolve system health failures first', 15);
    commands.remark('Arming denied: Resolve system health failures first', 16);
    commands.remark('No valid position', 300);
    expect(commands.tick(400).outcomes).toEqual([]);
    expect(commands.tick(420).outcomes).toEqual([
      {
        id,
        command: ARM,
        result: 'temporarilyRejected',
        attempts: 1,
        remarks: ['Arming denied: Resolve system health failures first', 'No valid position'],
      },
    ]);
  });

  test('that nobody waits for comes at once', () => {
    const commands = service();
    commands.request(armCommand());
    commands.tick(0);
    commands.acknowledge(ackOf(ARM, MavResult.DENIED), VEHICLE, 12);
    expect(commands.tick(12).outcomes).toMatchObject([{ result: 'denied', remarks: [] }]);
  });
});

describe('a long command', () => {
  test('tells how far it is, and is cancelled at the vehicle too', () => {
    const commands = service();
    const id = commands.request({ command: 241, params: [1] })!;
    commands.tick(0);
    const ack = ackOf(241, MavResult.IN_PROGRESS);
    ack.progress = 40;
    commands.acknowledge(ack, VEHICLE, 50);
    expect(commands.tick(60).progress).toEqual([{ id, command: 241, percent: 40 }]);
    ack.progress = 255;
    commands.acknowledge(ack, VEHICLE, 70);
    expect(commands.tick(80).progress).toEqual([{ id, command: 241, percent: undefined }]);
    commands.cancel(id);
    const { send, outcomes } = commands.tick(100);
    expect(outcomes).toMatchObject([{ id, result: 'cancelled' }]);
    const framer = new Framer();
    for (const message of send) framer.push(new Encoder(1, 1).encode(message));
    expect(framer.next()).toMatchObject({ msgid: 80, payload: new Uint8Array([241, 0, 3, 1]) });
  });
});

test('a command with a place is sent exactly', () => {
  const commands = service();
  const place = { frame: 6, x: 473_977_001, y: -1_799_999_999, z: 12.5 };
  commands.request({ command: 192, params: [-1, 1], place });
  const [sent] = commands.tick(0).send;
  expect(sent).toBeInstanceOf(CommandInt);
  expect(sent).toMatchObject({ frame: 6, _param1: -1, _param5: 473_977_001, _param7: 12.5 });
  expect(commands.tick(150).send).toHaveLength(1);
});
