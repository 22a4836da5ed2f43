import {
  MavParamType,
  ParamRequestList,
  ParamRequestRead,
  ParamSet,
  ParamValue,
} from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { Fault } from '#protocols/fault.ts';
import { parameterHash } from '#sim/autopilot/parameter-hash.ts';
import { Parameters, type Profile } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';

/** Unknown to mavlink-mappings; its last byte is the error. */
const PARAM_ERROR = 345;

const union = new DataView(new ArrayBuffer(4));
const asInt = (value: number): number => {
  union.setFloat32(0, value);
  return union.getInt32(0);
};
const asFloat = (value: number): number => {
  union.setInt32(0, value);
  return union.getFloat32(0);
};

const addressed = <T extends { targetSystem: number; targetComponent: number }>(message: T): T =>
  Object.assign(message, { targetSystem: 7, targetComponent: 1 });

const read = (companion: Companion, name: string): ParamValue | undefined => {
  const before = companion.heard(ParamValue).length;
  const request = addressed(new ParamRequestRead());
  request.paramId = name;
  request.paramIndex = -1;
  companion.send(request);
  companion.run(0.05);
  return companion.heard(ParamValue)[before];
};

const set = (
  companion: Companion,
  name: string,
  value: number,
  type: MavParamType,
): ParamValue | undefined => {
  const before = companion.heard(ParamValue).length;
  const request = addressed(new ParamSet());
  request.paramId = name;
  request.paramValue = value;
  request.paramType = type;
  companion.send(request);
  companion.run(0.05);
  return companion.heard(ParamValue)[before];
};

describe('parameters', () => {
  it.each<[Profile, number]>([
    ['1.15', 900],
    ['1.18', 920],
  ])('lists the hash and then every parameter of v%s once, in order', (profile, count) => {
    const companion = new Companion({ scenario: { profile } });
    companion.send(addressed(new ParamRequestList()));
    companion.run(1);
    const [head, ...values] = companion.heard(ParamValue);
    const { names } = new Parameters(profile);
    expect(head?.paramId).toBe('_HASH_CHECK');
    expect(values.map(({ paramId }) => paramId)).toEqual(names);
    expect(values.every(({ paramCount }) => paramCount === count)).toBe(true);
    expect(values.map(({ paramIndex }) => paramIndex)).toEqual(names.map((_, index) => index));
  });

  it('hashes as PX4 does: the value of each recording, from the defaults alone', () => {
    expect(parameterHash(new Parameters('1.15'))).toBe(0xe3d9_4211);
    expect(parameterHash(new Parameters('1.18'))).toBe(0xac77_3bd9);
    expect(parameterHash(new Parameters('1.18', { NAV_DLL_ACT: 2 }))).not.toBe(0xac77_3bd9);
    expect(parameterHash(new Parameters('1.18', { LND_FLIGHT_T_LO: 7 }))).toBe(0xac77_3bd9);
  });

  it('stops listing for a client that knows the hash, and begins anew for one that asks again', () => {
    const companion = new Companion();
    companion.send(addressed(new ParamRequestList()));
    companion.run(0.05);
    set(companion, '_HASH_CHECK', 0, MavParamType.UINT32);
    const stopped = companion.heard(ParamValue).length;
    companion.run(1);
    expect(companion.heard(ParamValue)).toHaveLength(stopped);
    companion.send(addressed(new ParamRequestList()));
    companion.run(0.05);
    companion.send(addressed(new ParamRequestList()));
    companion.run(1);
    const ids = companion.heard(ParamValue).map(({ paramId }) => paramId);
    expect(ids.filter((id) => id === '_HASH_CHECK')).toHaveLength(2);
    expect(ids.slice(-920)[0]).toBe('ASPD_SCALE_1');
  });

  it('reads a float as itself and an int32 bytewise', () => {
    const companion = new Companion();
    expect(read(companion, 'RTL_RETURN_ALT')?.paramValue).toBe(30);
    const integer = read(companion, 'COM_DL_LOSS_T');
    expect(integer?.paramType).toBe(MavParamType.INT32);
    expect(asInt(integer!.paramValue)).toBe(10);
    expect(read(companion, '_HASH_CHECK')?.paramIndex).toBe(65_535);
    expect(read(companion, 'NO_SUCH_NAME')).toBeUndefined();
  });

  it('sets, echoes, and obeys a little later', () => {
    const companion = new Companion();
    const echo = set(companion, 'COM_OBL_RC_ACT', asFloat(5), MavParamType.INT32);
    expect(asInt(echo!.paramValue)).toBe(5);
    expect(set(companion, 'MIS_TAKEOFF_ALT', 7, MavParamType.REAL32)?.paramValue).toBe(7);
    companion.takeOff();
    expect(Math.abs(companion.vehicle.quadrotor.heightM() - 7)).toBeLessThan(1.5);
  });

  it('answers a wrong type with an error; 1.15 echoes the old value', () => {
    const silent = new Companion();
    expect(set(silent, 'RTL_RETURN_ALT', 50, MavParamType.INT32)).toBeUndefined();
    const errorsHeard = silent.frames.filter(({ msgid }) => msgid === PARAM_ERROR);
    expect(errorsHeard).toHaveLength(1);
    expect(errorsHeard[0]!.payload.at(-1)).toBe(7);
    expect(read(silent, 'RTL_RETURN_ALT')?.paramValue).toBe(30);
    const old = new Companion({ scenario: { profile: '1.15' } });
    expect(set(old, 'RTL_RETURN_ALT', 50, MavParamType.INT32)?.paramValue).toBe(30);
  });

  it('keeps the defaults of each profile apart', () => {
    const old = new Companion({ scenario: { profile: '1.15' } });
    expect(read(old, 'MC_ROLL_P')?.paramValue).toBe(6.5);
    expect(read(new Companion(), 'MC_ROLL_P')?.paramValue).toBe(4);
  });

  it('answers an unknown name with an error, or on 1.15 not at all', () => {
    for (const profile of ['1.15', '1.18'] as const) {
      const companion = new Companion({ scenario: { profile } });
      expect(read(companion, 'NO_SUCH_NAME')).toBeUndefined();
      const errors = companion.frames.filter(({ msgid }) => msgid === PARAM_ERROR);
      expect(errors.map(({ payload }) => payload.at(-1))).toEqual(profile === '1.18' ? [1] : []);
    }
  });

  it('carries an integer whose bytes are no number', () => {
    const companion = new Companion();
    expect(asInt(read(companion, 'COM_FLTMODE1')!.paramValue)).toBe(-1);
    const frame = companion.frames.findLast(({ msgid }) => msgid === 22)!;
    expect([...frame.payload.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
  });

  it('tells of a change a second time, once it is in force', () => {
    const companion = new Companion();
    set(companion, 'MIS_TAKEOFF_ALT', 7, MavParamType.REAL32);
    companion.run(1);
    const told = companion.heard(ParamValue).filter(({ paramId }) => paramId === 'MIS_TAKEOFF_ALT');
    expect(told.map(({ paramValue }) => paramValue)).toEqual([7, 7]);
  });

  it('keeps what was set across a reboot', () => {
    const companion = new Companion();
    set(companion, 'MIS_TAKEOFF_ALT', 7, MavParamType.REAL32);
    companion.vehicle.injure({ kind: 'reboot' });
    companion.run(5);
    expect(read(companion, 'MIS_TAKEOFF_ALT')?.paramValue).toBe(7);
  });

  it('refuses an override that this PX4 does not have, by name', () => {
    expect(() => new Parameters('1.18', { NO_SUCH_NAME: 1 })).toThrow(Fault);
    expect(() => new Parameters('1.18', { NO_SUCH_NAME: 1 })).toThrow(/v1\.18.*NO_SUCH_NAME/u);
  });
});
