import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StatusText } from 'mavlink-mappings/dist/lib/common.js';
import { decode } from '#protocols/mavlink/codec.ts';
import { ParameterClient } from '#protocols/mavlink/parameter-client.ts';
import { parameterReportOf, parameterSetMessage } from '#protocols/mavlink/parameter-value.ts';
import { seededRandom } from '#protocols/random.ts';
import { Companion } from '../../sim/companion.ts';
import { frameOf, ParameterRig, ParameterVehicle, VEHICLE } from './parameter-rig.ts';
import { hasRecordings, recordingOf } from './tlog-packets.ts';

const small = () =>
  new ParameterVehicle({
    COM_OBL_RC_ACT: { type: 'int32', value: 0 },
    COM_OF_LOSS_T: { type: 'float', value: 1 },
    CAL_ACC0_ID: { type: 'int32', value: 0x7fa0_0001 },
    MPC_XY_VEL_MAX: { type: 'float', value: 12 },
  });

const many = (count: number) =>
  new ParameterVehicle(
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`P_${i}`, { type: 'int32' as const, value: i }]),
    ),
  );

describe('reading', () => {
  test('a whole list comes without the hash, integers bit for bit', () => {
    const rig = new ParameterRig(small());
    rig.client.list();
    rig.settle();
    const [end] = rig.lists;
    expect(end?.result).toBe('complete');
    if (end?.result !== 'complete') return;
    expect([...end.table.values()]).toEqual([
      { name: 'COM_OBL_RC_ACT', type: 'int32', value: 0 },
      { name: 'COM_OF_LOSS_T', type: 'float', value: 1 },
      { name: 'CAL_ACC0_ID', type: 'int32', value: 0x7fa0_0001 },
      { name: 'MPC_XY_VEL_MAX', type: 'float', value: 12 },
    ]);
  });

  test('what a lossy link ate is asked for again by its index, until all is there', () => {
    const random = seededRandom(5).fork('loss');
    const vehicle = many(400);
    vehicle.loses = () => random.uniform() < 0.3;
    const rig = new ParameterRig(vehicle);
    rig.client.list();
    rig.settle();
    expect(rig.lists).toMatchObject([{ result: 'complete' }]);
    expect(rig.nowMs).toBeLessThan(20_000);
  });

  test('a parameter that never comes makes the list incomplete, and is named', () => {
    const vehicle = many(20);
    const rig = new ParameterRig(vehicle);
    rig.client.list();
    const message = rig.client.tick(0).send[0]!;
    vehicle.receive(message);
    for (const frame of vehicle.take()) {
      if (parameterReportOf(frame)?.index !== 7) rig.client.hear(frame, 10);
    }
    vehicle.loses = () => true;
    rig.settle();
    expect(rig.lists).toMatchObject([{ result: 'incomplete', missing: [7] }]);
  });

  test('indices that move on the way begin the list anew', () => {
    const vehicle = many(30);
    const rig = new ParameterRig(vehicle);
    rig.client.list();
    vehicle.receive(rig.client.tick(0).send[0]!);
    for (const frame of vehicle.take().slice(0, 12)) rig.client.hear(frame, 10);
    vehicle.parameters.set('LATECOMER', { type: 'float', value: 2.5 });
    rig.settle();
    const [end] = rig.lists;
    expect(end?.result).toBe('complete');
    if (end?.result === 'complete') {
      expect(end.table.size).toBe(31);
      expect(end.table.get('LATECOMER')?.value).toBe(2.5);
    }
  });

  test('a name that this PX4 does not have is missing; a vehicle that says nothing is silent', () => {
    const rig = new ParameterRig(small());
    rig.client.get('NO_SUCH');
    rig.client.get('COM_OF_LOSS_T');
    rig.client.tick(0);
    rig.client.hear(frameOf(new StatusText()), 5);
    rig.settle();
    expect(rig.outcomes.map(({ name, result }) => [name, result])).toEqual([
      ['COM_OF_LOSS_T', 'value'],
      ['NO_SUCH', 'missing'],
    ]);
    rig.vehicle.loses = () => true;
    rig.client.get('COM_OF_LOSS_T');
    rig.client.list();
    rig.settle();
    expect(rig.outcomes.at(-1)).toMatchObject({ result: 'silent' });
    expect(rig.lists).toMatchObject([{ result: 'silent' }]);
  });
});

describe('setting', () => {
  test('takes the type from the vehicle, and believes what it reads back', () => {
    const rig = new ParameterRig(small());
    rig.client.set('COM_OBL_RC_ACT', 3);
    rig.client.set('MPC_XY_VEL_MAX', 7.3);
    rig.client.set('COM_OF_LOSS_T', 1);
    rig.settle();
    expect(rig.outcomes.map(({ name, result }) => [name, result]).toSorted()).toEqual([
      ['COM_OBL_RC_ACT', 'set'],
      ['COM_OF_LOSS_T', 'unchanged'],
      ['MPC_XY_VEL_MAX', 'set'],
    ]);
    expect(rig.vehicle.parameters.get('COM_OBL_RC_ACT')?.value).toBe(3);
    expect(rig.vehicle.parameters.get('MPC_XY_VEL_MAX')?.value).toBe(Math.fround(7.3));
  });

  test('what does not fit is never sent, and an unwilling vehicle is told from a lost packet', () => {
    const rig = new ParameterRig(small());
    rig.vehicle.stubborn.add('COM_OF_LOSS_T');
    rig.client.set('COM_OBL_RC_ACT', 1.5);
    rig.client.set('MPC_XY_VEL_MAX', Number.NaN);
    rig.client.set('COM_OF_LOSS_T', 5);
    rig.settle();
    const byName = Object.fromEntries(rig.outcomes.map((one) => [one.name, one]));
    expect(byName['COM_OBL_RC_ACT']).toMatchObject({ result: 'unfit' });
    expect(byName['MPC_XY_VEL_MAX']).toMatchObject({ result: 'unfit' });
    expect(byName['COM_OF_LOSS_T']).toMatchObject({ result: 'refused', parameter: { value: 1 } });
    expect(rig.vehicle.parameters.get('MPC_XY_VEL_MAX')?.value).toBe(12);
  });

  test('two requests on one name follow each other, and the last one stays', () => {
    const rig = new ParameterRig(small());
    rig.client.set('COM_OBL_RC_ACT', 3);
    rig.client.set('COM_OBL_RC_ACT', 5);
    rig.settle();
    expect(rig.outcomes.map(({ result }) => result)).toEqual(['set', 'set']);
    expect(rig.vehicle.parameters.get('COM_OBL_RC_ACT')?.value).toBe(5);
  });

  test('any int32 reaches the vehicle and comes back, whatever float its bytes would be', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer(), fc.integer({ min: 0x7f80_0000, max: 0x7fff_ffff })),
        (value) => {
          const vehicle = small();
          const rig = new ParameterRig(vehicle);
          rig.client.set('COM_OBL_RC_ACT', value);
          rig.settle();
          expect(['set', 'unchanged']).toContain(rig.outcomes[0]?.result);
          expect(vehicle.parameters.get('COM_OBL_RC_ACT')?.value).toBe(value);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('under loss every value arrives all the same, or the outcome says that it did not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const random = seededRandom(seed).fork('loss');
        const vehicle = many(12);
        vehicle.loses = () => random.uniform() < 0.35;
        const rig = new ParameterRig(vehicle);
        for (let i = 0; i < 12; i += 1) rig.client.set(`P_${i}`, 100 + i);
        rig.settle();
        expect(rig.outcomes).toHaveLength(12);
        for (const outcome of rig.outcomes) {
          const held = vehicle.parameters.get(outcome.name)!.value;
          const wanted = 100 + Number(outcome.name.slice(2));
          if (outcome.result === 'set' || outcome.result === 'unchanged') expect(held).toBe(wanted);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('hostile packets', () => {
  test('strangers are not heard, and no bytes make the client throw or grow', () => {
    const client = new ParameterClient(VEHICLE, { capacity: 4 });
    client.list();
    client.get('A');
    client.tick(0);
    const frame = fc.record({
      sysid: fc.constantFrom(3, 9),
      compid: fc.constantFrom(1, 100),
      msgid: fc.constantFrom(22, 20, 23, 0),
      payload: fc.uint8Array({ maxLength: 40 }),
    });
    let nowMs = 0;
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 40 }), (frames) => {
        nowMs += 20;
        for (const one of frames) client.hear(one, nowMs);
        expect(client.tick(nowMs).send.length).toBeLessThan(40);
        client.list();
        client.get('A');
      }),
      { numRuns: 500 },
    );
    expect(client.get('B') ?? 0).toBeLessThan(1e6);
    expect(client.get('')).toBeUndefined();
    expect(client.get('FAR_TOO_LONG_A_NAME')).toBeUndefined();
  });

  test('a claim of 65 000 parameters is refused', () => {
    const rig = new ParameterRig(small());
    rig.client.list();
    rig.client.tick(0);
    const payload = new Uint8Array(25);
    payload.set([0, 0, 0, 0, 0xe8, 0xfd, 0, 0, 0x41]);
    payload[24] = 6;
    rig.client.hear({ ...VEHICLE, msgid: 22, payload }, 5);
    expect(rig.client.tick(10).lists).toMatchObject([{ result: 'refused' }]);
  });
});

describe('with the stand-in', () => {
  test('reads all, sets one, and reads what it has not as missing', () => {
    const companion = new Companion();
    const client = new ParameterClient({ sysid: 7, compid: 1 });
    client.list();
    client.set('RTL_RETURN_ALT', 42);
    client.get('NO_SUCH');
    const results: string[] = [];
    let seen = 0;
    while (client.busy && companion.vehicle.timeMs() < 20_000) {
      const nowMs = companion.vehicle.timeMs();
      for (const message of client.tick(nowMs).send) companion.send(message);
      companion.run(0.02);
      for (const message of companion.received.slice(seen)) {
        client.hear(frameOf(message, { sysid: 7, compid: 1 }), companion.vehicle.timeMs());
      }
      seen = companion.received.length;
      const { outcomes, lists, send } = client.tick(companion.vehicle.timeMs());
      for (const message of send) companion.send(message);
      results.push(...outcomes.map(({ name, result }) => `${name} ${result}`));
      results.push(...lists.map(({ result }) => `list ${result}`));
    }
    expect(results.toSorted()).toEqual(['NO_SUCH missing', 'RTL_RETURN_ALT set', 'list complete']);
    expect(companion.vehicle.autopilot.situation.parameters.get('RTL_RETURN_ALT')).toBe(42);
  });
});

describe.skipIf(!hasRecordings)('with what the real PX4 answered', () => {
  test.each([
    ['boot-params', 900],
    ['v1.18beta-boot-params', 920],
  ])('%s: the list of its boot is complete', (name, count) => {
    const { vehicle, client: asked } = recordingOf(name);
    const startMs = asked.find(({ frame }) => frame.msgid === 21)!.atMs;
    const { sysid, compid } = vehicle[0]!.frame;
    const client = new ParameterClient({ sysid, compid });
    client.list();
    expect(client.tick(startMs).send).toHaveLength(1);
    let nowMs = startMs;
    const ends = [];
    for (const { atMs, frame } of vehicle.filter(({ atMs }) => atMs > startMs)) {
      for (; nowMs + 20 < atMs; nowMs += 20) ends.push(...client.tick(nowMs).lists);
      client.hear(frame, atMs);
      if (ends.length > 0) break;
    }
    const [end] = ends;
    expect(end?.result).toBe('complete');
    if (end?.result !== 'complete') return;
    expect(end.table.size).toBe(count);
    expect(nowMs - startMs).toBeLessThan(1500);
    expect(end.table.get('SYS_AUTOSTART')).toMatchObject({ type: 'int32', value: 10_040 });
    expect(end.table.get('COM_OF_LOSS_T')).toMatchObject({ type: 'float', value: 1 });
    expect(end.table.has('_HASH_CHECK')).toBe(false);
  });
});

test('a PARAM_SET carries a float as PX4 decodes it', () => {
  const parameter = { name: 'MPC_XY_VEL_MAX', type: 'float' as const, value: 7.5 };
  expect(decode(frameOf(parameterSetMessage(VEHICLE, parameter)))).toMatchObject({
    paramId: 'MPC_XY_VEL_MAX',
    paramValue: 7.5,
    paramType: 9,
    targetSystem: 3,
  });
});
