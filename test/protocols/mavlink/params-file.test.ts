import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '#protocols/fault.ts';
import type { Parameter } from '#protocols/mavlink/parameter-value.ts';
import {
  parameterDifferences,
  paramsFileText,
  readParamsFile,
} from '#protocols/mavlink/params-file.ts';

const table = (...parameters: Parameter[]) =>
  new Map(parameters.map((parameter) => [parameter.name, parameter]));

const WRITTEN_BY_QGC = `# Onboard parameters for Vehicle 1
#
# Stack: PX4 Pro
# Vehicle: Multi-Rotor
# Version: 1.15.4 
# Git Revision: 99c40407ff000000
#
# Vehicle-Id Component-Id Name Value Type
1\t1\tBAT1_A_PER_V\t36.367515563964844000\t9
1\t1\tCOM_OBL_RC_ACT\t3\t6
1\t1\tMAV_TYPE\t2\t6
1\t154\tMNT_RC_IN_MODE\t-1\t6
`;

const faultOf = (text: string): Fault => {
  try {
    readParamsFile(text, 'quad.params');
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error('was read');
};

describe('a .params file', () => {
  test("of QGroundControl's is read, the gimbal's lines left out", () => {
    expect([...readParamsFile(WRITTEN_BY_QGC, 'quad.params').values()]).toEqual([
      { name: 'BAT1_A_PER_V', type: 'float', value: Math.fround(36.367515563964844) },
      { name: 'COM_OBL_RC_ACT', type: 'int32', value: 3 },
      { name: 'MAV_TYPE', type: 'int32', value: 2 },
    ]);
  });

  test('is written as QGroundControl reads it, short and sorted', () => {
    const text = paramsFileText(
      table(
        { name: 'MPC_XY_VEL_MAX', type: 'float', value: Math.fround(7.3) },
        { name: 'COM_OBL_RC_ACT', type: 'int32', value: -3 },
      ),
      { sysid: 4, compid: 1 },
      { version: '1.15.4' },
    );
    expect(text).toBe(`# Onboard parameters for Vehicle 4
#
# Stack: PX4 Pro
# Version: 1.15.4
#
# Vehicle-Id Component-Id Name Value Type
4\t1\tCOM_OBL_RC_ACT\t-3\t6
4\t1\tMPC_XY_VEL_MAX\t7.3\t9
`);
  });

  test('brings back every value bit for bit', () => {
    const value = fc.oneof(
      fc.integer().map((value) => ({ type: 'int32' as const, value })),
      fc
        .float({ noNaN: true, noDefaultInfinity: true })
        .map((value) => ({ type: 'float' as const, value: value === 0 ? 0 : value })),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), (values) => {
        const parameters = table(...values.map((one, i) => ({ name: `P${i}`, ...one })));
        const text = paramsFileText(parameters, { sysid: 1, compid: 1 });
        const back = readParamsFile(text, 'f');
        expect(parameterDifferences(parameters, back)).toEqual([]);
        for (const [name, { value: written }] of parameters) {
          expect(back.get(name)?.value).toBe(written);
        }
      }),
    );
  });

  test.each([
    ['1\t1\tCOM_OBL_RC_ACT\t3', 'has 4 fields instead of 5'],
    ['1\t1\tCOM_OBL_RC_ACT\t3.5\t6', 'value "3.5" is not whole'],
    ['1\t1\tCOM_OBL_RC_ACT\t9999999999\t6', 'lies outside int32'],
    ['1\t1\tMPC_XY_VEL_MAX\tnan\t9', 'value "nan" is not a finite number'],
    ['1\t1\tMPC_XY_VEL_MAX\t0x10\t9', 'value "0x10" is not a finite number'],
    ['1\t1\tMPC_XY_VEL_MAX\t1e300\t9', 'is too large for a float'],
    ['1\t1\tMPC_XY_VEL_MAX\t\t9', 'value "" is not a finite number'],
    ['1\t1\tBAD NAME\t1\t9', 'name "BAD NAME" is no parameter name'],
    ['1\t1\tA\t1\t11', 'type "11" is no type'],
    ['x\t1\tA\t1\t9', 'vehicle id "x" is no id'],
    ['1\t1\tA\t1\t9\n1\t1\tA\t2\t9', 'stands there twice'],
    ['# nothing', 'holds no parameters'],
  ])('refuses %j by file, line and value', (text, problem) => {
    const fault = faultOf(text);
    expect(fault.message).toContain('quad.params');
    expect(fault.message).toContain(problem);
    expect(fault.code).toBe('params-file-invalid');
    expect(fault.exit).toBe('usage');
    expect(fault.remedy).toBeTruthy();
  });

  test('of arbitrary text is read or refused, never a crash', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'1\t\nA.#9-') })),
        (text) => {
          try {
            expect(readParamsFile(text, 'f').size).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(Fault);
          }
        },
      ),
    );
  });
});

test('a diff names other values and what the vehicle lacks, not what the file lacks', () => {
  const vehicle = table(
    { name: 'A', type: 'int32', value: 1 },
    { name: 'B', type: 'float', value: Math.fround(0.1) },
    { name: 'ONLY_THERE', type: 'float', value: 1 },
  );
  const file = table(
    { name: 'A', type: 'int32', value: 2 },
    { name: 'B', type: 'float', value: 0.1 },
    { name: 'NEW', type: 'int32', value: 5 },
  );
  expect(parameterDifferences(file, vehicle)).toEqual([
    { name: 'A', type: 'int32', vehicle: 1, file: 2 },
    { name: 'NEW', type: 'int32', vehicle: undefined, file: 5 },
  ]);
});
