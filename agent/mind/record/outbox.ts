import { ByteWriter } from '#protocols/byte-writer.ts';
import { encodePublish } from '#protocols/channel/mesh-codec.ts';
import { encodeOrder } from '#protocols/channel/order.ts';
import { encodeTrajectory } from '#protocols/channel/trajectory-codec.ts';
import type { Trajectory } from '#protocols/trajectory.ts';

import type { PlanAnswer } from '../plan-port.ts';
import type { MindNote, MindOutbox } from '../state.ts';
import { durableChecksum, requestChecksum, type Checksum } from './checksum.ts';

/** What a tick says to other processes, as it is sent to them: the payloads of their frames. */
export interface OutboxFrames {
  /** encodeOrder */
  order: Uint8Array | null;
  /** encodeTrajectory */
  trajectory: Uint8Array | null;
  /** encodePublish */
  publish: readonly Uint8Array[];
}

/** Each thing is encoded once, for whoever gets it and for the record. */
export const outboxFrames = ({ order, trajectory, publish }: MindOutbox): OutboxFrames => ({
  order: order === null ? null : encodeOrder(order),
  trajectory: trajectory === null ? null : encodeTrajectory(trajectory),
  publish: publish.map(encodePublish),
});

/** How a trajectory stands in the record. */
const TRAJECTORY = { none: 0, whole: 1, answers: 2 } as const;

const VERSION = 1;
const writer = new ByteWriter();

/**
 * The outbox of a tick for the record, to be compared byte for byte. The planner's trajectory is in the
 * inbox already and only its new number stands here; of what is large and stays inside the drone's mind
 * (the next request, what is kept on disk) the checksum does, because a replay makes the thing itself again.
 */
export const encodeOutbox = (
  outbox: MindOutbox,
  frames: OutboxFrames,
  answer: PlanAnswer | null,
): Uint8Array => {
  const { planRequest, payload, durable, note, trajectory } = outbox;
  writer.reset();
  writer.u8(VERSION);
  writeNote(note);
  writeOptional(frames.order);
  writeTrajectoryOf(trajectory, frames, answer);
  writer.u32(frames.publish.length);
  for (const frame of frames.publish) writer.bytes(frame);
  writer.f64(planRequest === null ? 0 : planRequest.requestId);
  if (planRequest !== null) writeChecksum(requestChecksum(planRequest));
  writer.u8(payload === null ? 0 : 1);
  if (payload !== null) {
    const { origin, cellM, footprintRadiusM } = payload;
    for (const value of [origin.latDeg, origin.lonDeg, origin.altAmslM]) writer.f64(value);
    writer.f64(cellM);
    writer.f64(footprintRadiusM);
  }
  writer.u8(durable === null ? 0 : 1);
  if (durable !== null) writeChecksum(durableChecksum(durable));
  return writer.written().slice();
};

const writeNote = ({ phase, task, over, flag, progressPermille }: MindNote): void => {
  writer.text(phase);
  writer.text(task ?? '');
  writer.text(over);
  writer.text(flag);
  writer.f64(progressPermille);
};

const writeTrajectoryOf = (
  trajectory: Trajectory | null,
  frames: OutboxFrames,
  answer: PlanAnswer | null,
): void => {
  if (trajectory === null || frames.trajectory === null) {
    writer.u8(TRAJECTORY.none);
  } else if (answer !== null && isRenumbered(trajectory, answer.trajectory)) {
    writer.u8(TRAJECTORY.answers);
    writer.f64(trajectory.planId);
  } else {
    writer.u8(TRAJECTORY.whole);
    writer.bytes(frames.trajectory);
  }
};

/** The same arrays, so the same numbers. */
const isRenumbered = (a: Trajectory, b: Trajectory): boolean =>
  a.velocityNedMps === b.velocityNedMps &&
  a.yawRad === b.yawRad &&
  a.positionNedM === b.positionNedM &&
  a.sigmaM === b.sigmaM &&
  a.source === b.source &&
  a.startMs === b.startMs &&
  a.stepMs === b.stepMs &&
  a.steps === b.steps &&
  a.tailSteps === b.tailSteps;

const writeOptional = (bytes: Uint8Array | null): void => {
  writer.u8(bytes === null ? 0 : 1);
  if (bytes !== null) writer.bytes(bytes);
};

const writeChecksum = ({ bytes, crc32 }: Checksum): void => {
  writer.u32(bytes);
  writer.u32(crc32);
};
