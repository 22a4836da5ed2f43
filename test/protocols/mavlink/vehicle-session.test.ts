import { SysStatus } from 'mavlink-mappings/dist/lib/common.js';
import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { describe, expect, test } from 'vitest';
import { Fault } from '#protocols/fault.ts';
import { setModeCommand } from '#protocols/mavlink/vehicle-command.ts';
import { VehicleSearch } from '#protocols/mavlink/vehicle-search.ts';
import { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { frameOf } from './parameter-rig.ts';
import { SessionRig, StandInLink } from './stand-in-link.ts';

describe('a session with the stand-in', () => {
  test('hears it, knows its mode, and reads its version', async () => {
    const rig = new SessionRig();
    rig.run(2);
    expect(rig.session.status()).toMatchObject({ connected: true, mode: 'AUTO_LOITER' });
    const version = await rig.until(rig.session.request(AutopilotVersion));
    expect(version?.flightSwVersion).toBeGreaterThan(0x010f_0000);
    expect(rig.session.latest(SysStatus)?.message.voltageBattery).toBeGreaterThan(10_000);
  });

  test('reads and sets parameters, several at once', async () => {
    const rig = new SessionRig();
    const { session } = rig;
    const named = await rig.until(
      session.parametersNamed(['COM_OF_LOSS_T', 'NO_SUCH', 'COM_OBL_RC_ACT']),
    );
    expect([...named.keys()].toSorted()).toEqual(['COM_OBL_RC_ACT', 'COM_OF_LOSS_T']);
    expect(await rig.until(session.parameter('NO_SUCH'))).toBeUndefined();
    const outcome = await rig.until(session.setParameter('COM_OBL_RC_ACT', 3));
    expect(outcome).toMatchObject({ result: 'set', before: 0 });
    const all = await rig.until(session.allParameters());
    expect(all.get('COM_OBL_RC_ACT')?.value).toBe(3);
  });

  test('sends commands and tells how they ended', async () => {
    const rig = new SessionRig();
    rig.run(1);
    const outcome = await rig.until(rig.session.command(setModeCommand('AUTO_RTL')));
    expect(outcome.result).toBe('accepted');
  });

  test('with a vehicle that stops answering says so, and closing ends what waits', async () => {
    const rig = new SessionRig();
    rig.run(1);
    rig.link.loses = () => true;
    await expect(rig.until(rig.session.parameter('MAV_TYPE'))).rejects.toMatchObject({
      code: 'vehicle-silent',
      exit: 'noLink',
    });
    await expect(rig.until(rig.session.allParameters())).rejects.toThrow('does not answer');
    const waiting = rig.session.parameter('MAV_TYPE');
    await rig.session.close();
    await expect(waiting).rejects.toMatchObject({ code: 'link-closed' });
    await expect(rig.session.parameter('MAV_TYPE')).rejects.toMatchObject({ code: 'link-closed' });
  });

  test('hears nobody but its vehicle', () => {
    const link = new StandInLink();
    const session = new VehicleSession(link, { sysid: 9, compid: 1 });
    link.advance(3000);
    session.pump(3000);
    expect(session.status().connected).toBe(false);
  });
});

const heartbeatOf = (autopilot: MavAutopilot): Heartbeat => {
  const message = new Heartbeat();
  message.autopilot = autopilot;
  return message;
};

const searchAfter = (
  heard: readonly (readonly [sysid: number, autopilot: MavAutopilot])[],
  sysid?: number,
): VehicleSearch => {
  const search = new VehicleSearch(sysid);
  for (const [from, autopilot] of heard) {
    const message = heartbeatOf(autopilot);
    search.hear(frameOf(message, { sysid: from, compid: 1 }), message, 0);
  }
  return search;
};

describe('looking for the vehicle on a link', () => {
  test('takes the only PX4 there, after it has listened for a second one', () => {
    const search = searchAfter([[3, MavAutopilot.PX4]]);
    expect(search.found(10)).toBeUndefined();
    expect(search.found(1500)).toEqual({ sysid: 3, compid: 1 });
  });

  test('two vehicles must be told apart by the user', () => {
    const heard = [
      [4, MavAutopilot.PX4],
      [3, MavAutopilot.PX4],
    ] as const;
    expect(() => searchAfter(heard).found(1500)).toThrow('the link has 2 vehicles: 3, 4');
    expect(searchAfter(heard, 4).found(10)).toEqual({ sysid: 4, compid: 1 });
  });

  test.each([
    ['nobody', [], undefined, 'no-vehicle'],
    ['ArduPilot', [[1, MavAutopilot.ARDUPILOTMEGA]], undefined, 'not-px4'],
    ['a ground station only', [[255, MavAutopilot.INVALID]], undefined, 'no-autopilot'],
    ['another vehicle', [[1, MavAutopilot.PX4]], 2, 'no-vehicle'],
  ] as const)('says what it heard instead: %s', (_who, heard, sysid, code) => {
    const search = searchAfter(heard, sysid);
    expect(search.found(5000)).toBeUndefined();
    const failure = search.failure(5000);
    expect(failure).toBeInstanceOf(Fault);
    expect(failure.code).toBe(code);
    expect(failure.remedy).toBeTruthy();
  });
});
