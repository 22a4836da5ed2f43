import type { Origin } from '../frames.ts';
import type { GoalId } from './goal-id.ts';
import { answersBytes, answersIn, putAnswers, type OrderTag } from './order-tag.ts';

/** What to do when contact is lost for longer than the mission allows. */
export const LOST_LINK_ACTIONS = ['continue', 'hold', 'rtl', 'land'] as const;
export type LostLinkAction = (typeof LOST_LINK_ACTIONS)[number];

/**
 * The part of a goal that the guard enforces, in a layout that the pilot reads and verifies by
 * itself: the guard trusts the operator's signature, never the mind. It is the payload of a signed
 * `safety` envelope that travels inside the goal.
 */
export interface SafetyEnvelope {
  goalId: GoalId;
  origin: Origin;
  /** Fence vertices in the mission's NED frame, m north / m east, not closed, simple polygon. */
  fenceNed: { northM: number; eastM: number }[];
  /** Heights above the origin, m. */
  minHeightM: number;
  maxHeightM: number;
  minSeparationM: number;
  maxSpeedMps: number;
  maxClimbMps: number;
  maxDescentMps: number;
  maxAccelerationMps2: number;
  /** Share of the battery that must be left after landing at home, 0–1. */
  batteryReserve: number;
  /** RTL altitude of the n-th member (by ascending sysid) = base + n · layer, m above home. */
  rtlBaseHeightM: number;
  rtlLayerM: number;
  /** Seconds without any operator's contact before lostLinkAction. */
  lostLinkS: number;
  lostLinkAction: LostLinkAction;
  /** sysids of the fleet, ascending: gives each its RTL layer and turn. */
  fleet: number[];
  /** Directives of other operators that its issuer knew: the goal ends them. Left out = none. */
  answers?: readonly OrderTag[];
}

export const MAX_FENCE_VERTICES = 128;
export const MAX_FLEET = 250;

const FIXED_BYTES = 128;
const LAYOUT_VERSION = 1;

export const encodeSafetyEnvelope = (envelope: SafetyEnvelope): Uint8Array => {
  const { fenceNed, fleet } = envelope;
  const length = FIXED_BYTES + 16 * fenceNed.length + 2 * fleet.length;
  const bytes = new Uint8Array(length + answersBytes(envelope.answers));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, LAYOUT_VERSION);
  view.setUint8(1, LOST_LINK_ACTIONS.indexOf(envelope.lostLinkAction));
  view.setUint16(2, fenceNed.length, true);
  view.setUint16(4, fleet.length, true);
  view.setUint16(6, envelope.goalId.issuer, true);
  view.setUint32(8, envelope.goalId.epoch, true);
  view.setUint32(12, envelope.goalId.sequence, true);
  for (const [index, value] of scalarsOf(envelope).entries()) {
    view.setFloat64(16 + 8 * index, value, true);
  }
  let offset = FIXED_BYTES;
  for (const vertex of fenceNed) {
    view.setFloat64(offset, vertex.northM, true);
    view.setFloat64(offset + 8, vertex.eastM, true);
    offset += 16;
  }
  for (const sysid of fleet) {
    view.setUint16(offset, sysid, true);
    offset += 2;
  }
  putAnswers(bytes, length, envelope.answers);
  return bytes;
};

const scalarsOf = (envelope: SafetyEnvelope): number[] => [
  envelope.origin.latDeg,
  envelope.origin.lonDeg,
  envelope.origin.altAmslM,
  envelope.minHeightM,
  envelope.maxHeightM,
  envelope.minSeparationM,
  envelope.maxSpeedMps,
  envelope.maxClimbMps,
  envelope.maxDescentMps,
  envelope.maxAccelerationMps2,
  envelope.batteryReserve,
  envelope.rtlBaseHeightM,
  envelope.rtlLayerM,
  envelope.lostLinkS,
];

/** Undefined for anything malformed: wrong lengths, non-finite numbers, empty fence, absurd limits. */
export const decodeSafetyEnvelope = (payload: Uint8Array): SafetyEnvelope | undefined => {
  if (payload.length < FIXED_BYTES || payload[0] !== LAYOUT_VERSION) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const vertices = view.getUint16(2, true);
  const members = view.getUint16(4, true);
  const lostLinkAction = LOST_LINK_ACTIONS[view.getUint8(1)];
  if (lostLinkAction === undefined || vertices < 3 || vertices > MAX_FENCE_VERTICES) {
    return undefined;
  }
  const end = FIXED_BYTES + 16 * vertices + 2 * members;
  const answers = members > MAX_FLEET || payload.length < end ? undefined : answersIn(payload, end);
  if (answers === undefined) return undefined;
  const f64 = (offset: number): number => view.getFloat64(offset, true);
  const scalar = (index: number): number => f64(16 + 8 * index);
  const fenceNed = Array.from({ length: vertices }, (_, index) => ({
    northM: f64(FIXED_BYTES + 16 * index),
    eastM: f64(FIXED_BYTES + 16 * index + 8),
  }));
  const fleetOffset = FIXED_BYTES + 16 * vertices;
  const envelope: SafetyEnvelope = {
    goalId: {
      issuer: view.getUint16(6, true),
      epoch: view.getUint32(8, true),
      sequence: view.getUint32(12, true),
    },
    origin: { latDeg: scalar(0), lonDeg: scalar(1), altAmslM: scalar(2) },
    fenceNed,
    minHeightM: scalar(3),
    maxHeightM: scalar(4),
    minSeparationM: scalar(5),
    maxSpeedMps: scalar(6),
    maxClimbMps: scalar(7),
    maxDescentMps: scalar(8),
    maxAccelerationMps2: scalar(9),
    batteryReserve: scalar(10),
    rtlBaseHeightM: scalar(11),
    rtlLayerM: scalar(12),
    lostLinkS: scalar(13),
    lostLinkAction,
    fleet: Array.from({ length: members }, (_, index) =>
      view.getUint16(fleetOffset + 2 * index, true),
    ),
    ...(answers.length === 0 ? {} : { answers }),
  };
  return isPlausible(envelope) ? envelope : undefined;
};

const isPlausible = (envelope: SafetyEnvelope): boolean =>
  [...scalarsOf(envelope), ...envelope.fenceNed.flatMap((v) => [v.northM, v.eastM])].every(
    Number.isFinite,
  ) &&
  envelope.minHeightM < envelope.maxHeightM &&
  envelope.minSeparationM > 0 &&
  envelope.maxSpeedMps > 0 &&
  envelope.maxClimbMps > 0 &&
  envelope.maxDescentMps > 0 &&
  envelope.maxAccelerationMps2 > 0 &&
  envelope.batteryReserve >= 0 &&
  envelope.batteryReserve < 1 &&
  envelope.lostLinkS > 0;
