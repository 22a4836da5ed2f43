import type { ByteReader } from '#protocols/byte-reader.ts';
import type { ByteWriter } from '#protocols/byte-writer.ts';

import type { PlanAnswer, RejectedRollout } from '../plan-port.ts';
import { readTrajectory, writeTrajectory } from './trajectory.ts';

/** f64 cost, u32 count of numbers. */
const LEAST_REJECTED_BYTES = 12;

export const writeAnswer = (writer: ByteWriter, answer: PlanAnswer): void => {
  writer.f64(answer.requestId);
  writeTrajectory(writer, answer.trajectory);
  writer.text(answer.model);
  writer.f64(answer.disagreement);
  writer.f64(answer.threshold);
  writer.u8(answer.tripped ? 1 : 0);
  writer.text(answer.reason);
  writer.f64(answer.bestCost);
  writer.u32(answer.rejected.length);
  for (const { cost, positionNedM } of answer.rejected) {
    writer.f64(cost);
    writer.floats(positionNedM);
  }
  writer.text(answer.digest);
  writer.f64(answer.planMs);
};

/** Throws Fault 'bytes-malformed'. */
export const readAnswer = (reader: ByteReader): PlanAnswer => ({
  requestId: reader.f64(),
  trajectory: readTrajectory(reader),
  model: reader.text(),
  disagreement: reader.f64(),
  threshold: reader.f64(),
  tripped: reader.u8() === 1,
  reason: reader.text(),
  bestCost: reader.f64(),
  rejected: readRejected(reader),
  digest: reader.text(),
  planMs: reader.f64(),
});

const readRejected = (reader: ByteReader): RejectedRollout[] =>
  Array.from({ length: reader.count(LEAST_REJECTED_BYTES) }, () => ({
    cost: reader.f64(),
    positionNedM: reader.floats(),
  }));
