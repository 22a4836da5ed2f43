import { Fault } from '../fault.ts';
import type { Component } from './command.ts';
import {
  heldValue,
  isParameterName,
  parameterTypeCodeOf,
  parameterTypeOf,
  sameValue,
  valueProblem,
  type Parameter,
  type ParameterTable,
  type ParameterType,
} from './parameter-value.ts';

/** Far above any vehicle's: PX4 has about 900 parameters, in some 30 kB. */
const MAX_BYTES = 1 << 20;

interface ParamsFileHeader {
  /** PX4's version, as a person writes it. */
  version?: string;
}

/**
 * Parameters as QGroundControl saves them (a `.params` file, docs.qgroundcontrol.com: Parameters):
 * comments, then one line each of vehicle id, component id, name, value and MAV_PARAM_TYPE,
 * separated by tabs. Floats are written with as many digits as bring the same float32 back.
 */
export const paramsFileText = (
  table: ParameterTable,
  vehicle: Component,
  { version }: ParamsFileHeader = {},
): string => {
  const head = [
    `# Onboard parameters for Vehicle ${vehicle.sysid}`,
    '#',
    '# Stack: PX4 Pro',
    ...(version === undefined ? [] : [`# Version: ${version}`]),
    '#',
    '# Vehicle-Id Component-Id Name Value Type',
  ];
  const lines = [...table.values()]
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, type, value }) =>
      [vehicle.sysid, vehicle.compid, name, valueText(type, value), parameterTypeCodeOf(type)].join(
        '\t',
      ),
    );
  return `${[...head, ...lines].join('\n')}\n`;
};

/** The shortest decimal that reads as the same float32; integers as they are. */
export const valueText = (type: ParameterType, value: number): string => {
  if (type !== 'float' || !Number.isFinite(value)) return String(value);
  const held = Math.fround(value);
  for (let digits = 1; digits < 9; digits += 1) {
    const text = held.toPrecision(digits);
    if (Math.fround(Number(text)) === held) return String(Number(text));
  }
  return String(Number(held.toPrecision(9)));
};

/**
 * Reads a `.params` file. The vehicle id in it is not looked at: settings of one vehicle are often
 * loaded into another; lines of other components than the autopilot (id 1) are left out.
 * Throws the Fault `params-file-invalid` (exit usage) that names file, line, value and remedy.
 */
export const readParamsFile = (text: string, file: string): ParameterTable => {
  if (text.length > MAX_BYTES) {
    throw new Fault('params-file-invalid', `${file} is no parameter file: ${text.length} bytes`, {
      exit: 'usage',
      data: { file, bytes: text.length },
      remedy: 'Name a file that QGroundControl or "skein vehicle param save" wrote.',
    });
  }
  const table = new Map<string, Parameter>();
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const at: Place = { file, line: index + 1 };
    const parameter = parameterOf(line, at);
    if (parameter === undefined) continue;
    if (table.has(parameter.name)) {
      throw invalid(at, 'name', parameter.name, 'stands there twice', 'Keep one of the lines.');
    }
    table.set(parameter.name, parameter);
  }
  if (table.size === 0) {
    throw new Fault('params-file-invalid', `${file} holds no parameters`, {
      exit: 'usage',
      data: { file },
      remedy: 'Name a file that QGroundControl or "skein vehicle param save" wrote.',
    });
  }
  return table;
};

interface Place {
  file: string;
  line: number;
}

const AUTOPILOT_COMPID = 1;

const parameterOf = (line: string, at: Place): Parameter | undefined => {
  const fields = line.split('\t');
  if (fields.length !== 5) {
    const remedy = 'Write vehicle id, component id, name, value and type, separated by tabs.';
    throw invalid(at, 'line', line, `has ${fields.length} fields instead of 5`, remedy);
  }
  const [vehicle, component, name, value, typeCode] = fields.map((field) => field.trim()) as [
    string,
    string,
    string,
    string,
    string,
  ];
  for (const [field, id] of [
    ['vehicle id', vehicle],
    ['component id', component],
  ] as const) {
    if (/^\d{1,3}$/u.test(id) && Number(id) <= 255) continue;
    throw invalid(at, field, id, 'is no id', 'Write a number from 0 to 255.');
  }
  if (!isParameterName(name)) {
    const remedy = 'Write 1 to 16 printable characters, such as MPC_XY_VEL_MAX.';
    throw invalid(at, 'name', name, 'is no parameter name', remedy);
  }
  const type = /^\d{1,2}$/u.test(typeCode) ? parameterTypeOf(Number(typeCode)) : undefined;
  if (type === undefined) {
    throw invalid(at, 'type', typeCode, 'is no type', 'Write 6 for int32 or 9 for float.');
  }
  // Number() reads '' as 0 and '0x10' as 16.
  const isDecimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu.test(value);
  const parsed = isDecimal ? Number(value) : Number.NaN;
  const problem = valueProblem(type, parsed);
  if (problem !== undefined) {
    throw invalid(at, 'value', value, problem, `Write a ${type} as ${name} takes it.`);
  }
  if (Number(component) !== AUTOPILOT_COMPID) return undefined;
  return { name, type, value: heldValue(type, parsed) };
};

const invalid = (
  { file, line }: Place,
  field: string,
  value: string,
  problem: string,
  remedy: string,
): Fault => {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return new Fault('params-file-invalid', `${file}:${line}: ${field} "${shown}" ${problem}`, {
    exit: 'usage',
    data: { file, line, field, value: shown },
    remedy,
  });
};

export interface ParameterDifference {
  name: string;
  type: ParameterType;
  /** Undefined where the vehicle has none of that name. */
  vehicle: number | undefined;
  file: number;
}

/**
 * What differs between a file and a vehicle, by name: values other than the file's, and names that the
 * vehicle does not have. What only the vehicle has is no difference: a file may hold a few settings.
 */
export const parameterDifferences = (
  file: ParameterTable,
  vehicle: ParameterTable,
): ParameterDifference[] =>
  [...file.values()].flatMap(({ name, type, value }) => {
    const held = vehicle.get(name);
    if (held !== undefined && sameValue(held.value, heldValue(held.type, value))) return [];
    return [{ name, type: held?.type ?? type, vehicle: held?.value, file: value }];
  });
