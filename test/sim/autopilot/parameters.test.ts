import {
  MavParamType,
  ParamRequestList,
  ParamRequestRead,
  ParamSet,
  ParamValue,
} from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { parameterNames } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';

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
  it('lists every parameter once, in order, as many as it says', () => {
    const companion = new Companion();
    companion.send(addressed(new ParamRequestList()));
    companion.run(1);
    const values = companion.heard(ParamValue);
    expect(values.map(({ paramId }) => paramId)).toEqual(parameterNames);
    expect(values.every(({ paramCount }) => paramCount === parameterNames.length)).toBe(true);
    expect(values.map(({ paramIndex }) => paramIndex)).toEqual(parameterNames.map((_, i) => i));
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

  it('is silent to a wrong type; 1.15 echoes the old value', () => {
    const silent = new Companion();
    expect(set(silent, 'RTL_RETURN_ALT', 50, MavParamType.INT32)).toBeUndefined();
    expect(read(silent, 'RTL_RETURN_ALT')?.paramValue).toBe(30);
    const old = new Companion({ scenario: { profile: '1.15' } });
    expect(set(old, 'RTL_RETURN_ALT', 50, MavParamType.INT32)?.paramValue).toBe(30);
  });

  it('keeps the defaults of each profile apart', () => {
    const old = new Companion({ scenario: { profile: '1.15' } });
    expect(read(old, 'MC_ROLL_P')?.paramValue).toBe(6.5);
    expect(read(new Companion(), 'MC_ROLL_P')?.paramValue).toBe(4);
  });
});
