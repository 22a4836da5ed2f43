import { isGlobalFrame, plainFrameOf, type MissionItem, type PlanPart } from './mission-item.ts';

/** What differs in one item; `field` is `missing` or `surplus` when only one side has it. */
export interface ItemDifference {
  part: PlanPart;
  seq: number;
  field: 'missing' | 'surplus' | keyof Omit<MissionItem, 'params'> | `param${1 | 2 | 3 | 4}`;
  /** As in the plan; undefined where it has no such item. */
  wanted: number | boolean | undefined;
  /** As in the vehicle. */
  held: number | boolean | undefined;
}

/** PX4 keeps latitude and longitude as doubles and rounds them once more on the way out. */
const POSITION_TOLERANCE_E7 = 1;
/** 2 × the spacing of float32 at 10 km. */
const ALTITUDE_TOLERANCE_M = 0.002;
/** Parameter 4 of a navigation command is a heading, which PX4 keeps in radians. */
const HEADING_TOLERANCE_DEG = 0.01;
/** MAV_CMD below this number (NAV_LAST) fly somewhere. */
const NAV_LAST = 95;

/**
 * How what a vehicle holds differs from what it was given. Not counted is what PX4 changes on the way:
 * frames of the same meaning, headings by a whole turn, rounding, and in a fence the frame, the
 * altitude and `autocontinue`, which it does not keep.
 */
export const itemDifferences = (
  part: PlanPart,
  wanted: readonly MissionItem[],
  held: readonly MissionItem[],
): ItemDifference[] => {
  const differences: ItemDifference[] = [];
  for (let seq = 0; seq < Math.max(wanted.length, held.length); seq += 1) {
    const one = wanted[seq];
    const other = held[seq];
    if (one === undefined || other === undefined) {
      differences.push({
        part,
        seq,
        field: one === undefined ? 'surplus' : 'missing',
        wanted: one?.command,
        held: other?.command,
      });
    } else differences.push(...fieldsOf(part, seq, one, other));
  }
  return differences;
};

const fieldsOf = (
  part: PlanPart,
  seq: number,
  one: MissionItem,
  other: MissionItem,
): ItemDifference[] => {
  const differences: ItemDifference[] = [];
  const report = (
    field: ItemDifference['field'],
    wanted: number | boolean,
    held: number | boolean,
  ): void => {
    differences.push({ part, seq, field, wanted, held });
  };
  const near = (field: 'x' | 'y' | 'z', tolerance: number): void => {
    if (!(Math.abs(one[field] - other[field]) <= tolerance))
      report(field, one[field], other[field]);
  };
  if (one.command !== other.command) report('command', one.command, other.command);
  const isGlobal = isGlobalFrame(one.frame);
  near('x', isGlobal ? POSITION_TOLERANCE_E7 : 0);
  near('y', isGlobal ? POSITION_TOLERANCE_E7 : 0);
  for (const [index, value] of one.params.entries()) {
    const held = other.params[index]!;
    const same =
      index === 3 && one.command < NAV_LAST ? sameHeading(value, held) : sameFloat(value, held);
    if (!same) report(`param${(index + 1) as 1 | 2 | 3 | 4}`, value, held);
  }
  if (part === 'fence') return differences;
  const frames = [plainFrameOf(one.frame), plainFrameOf(other.frame)] as const;
  if (frames[0] !== frames[1]) report('frame', ...frames);
  near('z', ALTITUDE_TOLERANCE_M);
  // A rally point is followed by nothing; clients write there what they like.
  if (part === 'mission' && one.autocontinue !== other.autocontinue) {
    report('autocontinue', one.autocontinue, other.autocontinue);
  }
  return differences;
};

const sameFloat = (one: number, other: number): boolean =>
  (Number.isNaN(one) && Number.isNaN(other)) ||
  Math.abs(Math.fround(one) - other) <= 1e-6 * Math.max(1, Math.abs(one));

const sameHeading = (oneDeg: number, otherDeg: number): boolean => {
  if (Number.isNaN(oneDeg) || Number.isNaN(otherDeg)) return sameFloat(oneDeg, otherDeg);
  const turn = Math.abs(oneDeg - otherDeg) % 360;
  return Math.min(turn, 360 - turn) <= HEADING_TOLERANCE_DEG;
};
