import {
  MissionAck,
  MissionCount,
  MissionItem,
  MissionItemInt,
  MissionItemReached,
  MissionRequest,
  MissionRequestInt,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Timed, Transcript } from '../transcript.ts';
import type { Comparison, Difference } from './comparison.ts';
import { commonOrder } from './sequence.ts';

/** The protocol's own answers come at once; what depends on flying there, not to the second. */
const ANSWER_TOLERANCE_S = 0.1;
const FLIGHT_TOLERANCE_S = 3;

const itemText = (item: MissionItem | MissionItemInt): string => {
  const { seq, frame, command, current, autocontinue, missionType } = item;
  const params = [item.param1, item.param2, item.param3, item.param4];
  const numbers = params.map((value) => Number(value.toPrecision(6))).join(',');
  const place = `${item.x},${item.y},${Number(item.z.toPrecision(6))}`;
  return `seq ${seq} type ${missionType} frame ${frame} command ${command} ${current}/${autocontinue} (${numbers}) at ${place}`;
};

const labelOf = (message: MavLinkData): string => {
  if (message instanceof MissionAck) return `ACK ${message.type} type ${message.missionType}`;
  if (message instanceof MissionCount) return `COUNT ${message.count} type ${message.missionType}`;
  if (message instanceof MissionRequest)
    return `REQUEST ${message.seq} type ${message.missionType}`;
  if (message instanceof MissionRequestInt) {
    return `REQUEST_INT ${message.seq} type ${message.missionType}`;
  }
  if (message instanceof MissionItemInt) return `ITEM_INT ${itemText(message)}`;
  if (message instanceof MissionItem) return `ITEM ${itemText(message)}`;
  if (message instanceof MissionItemReached) return `REACHED ${message.seq}`;
  return message.constructor.name;
};

const REACHED = 'REACHED';

/** Repeats run together: MISSION_ITEM_REACHED is repeated for as long as the vehicle likes. */
const withoutRepeats = (messages: readonly Timed<MavLinkData>[]): Timed<string>[] => {
  const labels: Timed<string>[] = [];
  for (const { atS, value } of messages) {
    const label = labelOf(value);
    const last = labels.findLast((one) => one.value.startsWith(REACHED));
    if (label.startsWith(REACHED) && last?.value === label) continue;
    labels.push({ atS, value: label });
  }
  return labels;
};

/** What the vehicle says in the mission protocol: same messages, same order, same fields. */
export const compareMissions = (recorded: Transcript, made: Transcript): Comparison => {
  const real = withoutRepeats(recorded.missions);
  const other = withoutRepeats(made.missions);
  const differences: Difference[] = [];
  const add = (key: string, detail: string): void => {
    differences.push({ aspect: 'mission', key, detail });
  };
  const pairs = commonOrder(
    real.map(({ value }) => value),
    other.map(({ value }) => value),
  );
  const matched = new Map(pairs);
  for (const [index, { atS, value }] of real.entries()) {
    const twin = matched.get(index);
    const when = `${value} at ${atS.toFixed(1)} s`;
    if (twin === undefined) {
      add(`#${index} ${value}`, `recorded ${when}; not from the stand-in`);
      continue;
    }
    const apartS = Math.abs(other[twin]!.atS - atS);
    const limitS = value.startsWith(REACHED) ? FLIGHT_TOLERANCE_S : ANSWER_TOLERANCE_S;
    if (apartS > limitS) {
      add(`#${index} ${value} time`, `recorded ${when}; stand-in ${apartS.toFixed(1)} s apart`);
    }
  }
  const twins = new Set(pairs.map(([, j]) => j));
  for (const [index, { atS, value }] of other.entries()) {
    if (twins.has(index)) continue;
    const before = pairs.findLast(([, j]) => j < index)?.[0] ?? -1;
    add(`after #${before} + ${value}`, `stand-in only: ${value} at ${atS.toFixed(1)} s`);
  }
  return { aspect: 'mission', compared: real.length, differences };
};
