import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import { Fault } from '../../fault.ts';
import {
  e7FromDegrees,
  isGlobalFrame,
  itemProblem,
  plainFrameOf,
  type MissionItem,
} from '../mission-item.ts';
import type { Plan } from './plan.ts';
import { planFileSchema, type PlanFileJson, type SimpleItemJson } from './schema.ts';

const MAX_BYTES = 10 << 20;
const PX4 = 12;

/**
 * Reads a `.plan` file. Surveys and corridor scans are taken as the items that QGroundControl
 * expanded them to. Throws the Fault `plan-file-invalid` (exit usage) with file, field, value and
 * remedy.
 */
export const readPlanFile = (text: string, file: string): Plan => {
  if (text.length > MAX_BYTES) {
    throw invalid(file, '', `${text.length} bytes`, 'is too large for a plan');
  }
  const json = check(parse(text, file), file);
  if (json.mission.firmwareType !== PX4) {
    const remedy = 'Open it in QGroundControl connected to PX4 (firmwareType 12), and save it.';
    const value = String(json.mission.firmwareType);
    throw invalid(file, 'mission.firmwareType', value, 'is another autopilot than PX4', remedy);
  }
  const { plannedHomePosition: home, hoverSpeed, cruiseSpeed } = json.mission;
  return {
    mission: missionOf(json, file),
    fence: {
      polygons: (json.geoFence?.polygons ?? []).map(({ inclusion, polygon }) => ({
        inclusion,
        corners: polygon.map(([latDeg, lonDeg]) => ({ latDeg, lonDeg })),
      })),
      circles: (json.geoFence?.circles ?? []).map(({ inclusion, circle }) => ({
        inclusion,
        center: { latDeg: circle.center[0], lonDeg: circle.center[1] },
        radiusM: circle.radius,
      })),
    },
    rally: (json.rallyPoints?.points ?? []).map(([latDeg, lonDeg, altM]) => ({
      latDeg,
      lonDeg,
      altM,
    })),
    plannedHome: { latDeg: home[0], lonDeg: home[1], altM: home[2] ?? 0 },
    hoverSpeedMps: hoverSpeed,
    cruiseSpeedMps: cruiseSpeed,
  };
};

const parse = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : 'is no JSON';
    throw new Fault('plan-file-invalid', `${file} is no JSON: ${problem.slice(0, 160)}`, {
      exit: 'usage',
      data: { file },
      remedy: 'Name a .plan file as QGroundControl writes it.',
      cause,
    });
  }
};

const check = (value: unknown, file: string): PlanFileJson => {
  const parsed = planFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const found = path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null
        ? Reflect.get(part, typeof key === 'symbol' ? '' : key)
        : undefined,
    value,
  );
  throw invalid(file, pathText(path), shownValue(found), issue?.message ?? '');
};

/** Lists and objects by kind only: written out, one that nests deep enough would overflow the stack. */
const shownValue = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(value) ?? 'missing';
};

/** `mission.items[3].params`, as people write it. */
const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1);

const invalid = (
  file: string,
  field: string,
  value: string,
  problem: string,
  remedy = 'Open the plan in QGroundControl, correct it there, and save it.',
): Fault => {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  const where = field === '' ? file : `${file}: ${field}`;
  return new Fault('plan-file-invalid', `${where}: ${shown} – ${problem}`, {
    exit: 'usage',
    data: { file, field, value: shown },
    remedy,
  });
};

interface Placed {
  json: SimpleItemJson;
  field: string;
}

/** The items in the order in which they are flown, complex ones expanded. */
const expanded = (json: PlanFileJson, file: string): Placed[] =>
  json.mission.items.flatMap((item, index): Placed[] => {
    const field = `mission.items[${index}]`;
    if (item.type === 'SimpleItem') return [{ json: item, field }];
    const within = item.TransectStyleComplexItem?.Items;
    if (within !== undefined) {
      const path = `${field}.TransectStyleComplexItem.Items`;
      return within.map((one, at) => ({ json: one, field: `${path}[${at}]` }));
    }
    const remedy =
      'Upload it with QGroundControl, then fetch it with "skein vehicle plan download": that makes simple items of it.';
    const problem = 'the file does not hold the waypoints of such an item';
    throw invalid(file, `${field}.complexItemType`, item.complexItemType, problem, remedy);
  });

const missionOf = (json: PlanFileJson, file: string): MissionItem[] => {
  const placed = expanded(json, file);
  /** A jump names an item by an id of the file; on the wire, by its place. */
  const seqById = new Map(placed.map(({ json: { doJumpId } }, seq) => [doJumpId ?? seq + 1, seq]));
  return placed.map(({ json: item, field }) => {
    const made = itemOf(item);
    if (made === undefined) {
      const value = `${item.params.length} params`;
      throw invalid(file, `${field}.params`, value, 'seven are needed, or four and a coordinate');
    }
    const blank = blankPlace(item);
    if (blank !== undefined) {
      const problem = 'the place is not known, and 0 would be another place';
      throw invalid(file, `${field}.${blank}`, 'null', problem);
    }
    const problem = itemProblem(made);
    if (problem !== undefined) throw invalid(file, field, `command ${made.command}`, problem);
    if (made.command !== MavCmd.DO_JUMP) return made;
    const target = seqById.get(made.params[0]);
    if (target === undefined) {
      const value = String(made.params[0]);
      throw invalid(file, `${field}.params[0]`, value, 'no item of the plan has this doJumpId');
    }
    const [, repeats, three, four] = made.params;
    return { ...made, params: [target, repeats, three, four] };
  });
};

/** In a global frame: which of latitude, longitude and altitude is null. */
const blankPlace = ({ frame, params, coordinate }: SimpleItemJson): string | undefined => {
  if (!isGlobalFrame(frame)) return undefined;
  const apart = params.length === 4 && coordinate !== undefined;
  const at = (apart ? coordinate : params.slice(4)).indexOf(null);
  if (at < 0) return undefined;
  return apart ? `coordinate[${at}]` : `params[${at + 4}]`;
};

const itemOf = ({
  command,
  frame,
  params,
  coordinate,
  autoContinue,
}: SimpleItemJson): MissionItem | undefined => {
  const all = params.length === 4 && coordinate ? [...params, ...coordinate] : params;
  if (all.length !== 7) return undefined;
  const [one, two, three, four] = all.map((value) => value ?? Number.NaN) as [
    number,
    number,
    number,
    number,
  ];
  const [five, six, seven] = all.slice(4).map((value) => value ?? 0) as [number, number, number];
  const isGlobal = isGlobalFrame(frame);
  return {
    command,
    frame: plainFrameOf(frame),
    params: [one, two, three, four],
    x: isGlobal ? e7FromDegrees(five) : Math.round(five),
    y: isGlobal ? e7FromDegrees(six) : Math.round(six),
    z: seven,
    autocontinue: autoContinue,
  };
};
