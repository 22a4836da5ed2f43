import { crc32 } from 'node:zlib';

import { ByteWriter } from '#protocols/byte-writer.ts';
import type { Vector3 } from '#protocols/vector.ts';

import type { DurableState } from '../durable.ts';
import type { PlanRequest } from '../plan-port.ts';
import { writeTrajectory } from './trajectory.ts';

/** A part of an outbox that a replay makes again and only has to compare. */
export interface Checksum {
  bytes: number;
  crc32: number;
}

const writer = new ByteWriter();

const checksum = (): Checksum => {
  const written = writer.written();
  return { bytes: written.length, crc32: crc32(written) };
};

/** Over all that a plan depends on. */
export const requestChecksum = (request: PlanRequest): Checksum => {
  writer.reset();
  writeSubject(request);
  writeTask(request);
  writeSurroundings(request);
  return checksum();
};

const writePlace = ({ x, y, z }: Vector3): void => {
  writer.f64(x);
  writer.f64(y);
  writer.f64(z);
};

const writeSubject = (request: PlanRequest): void => {
  const { vehicle, previousAction, history, current } = request;
  writer.f64(request.requestId);
  writer.f64(request.member);
  writer.f64(request.nowMs);
  writer.f64(request.startMs);
  writePlace(vehicle.positionNed);
  writePlace(vehicle.velocityNed);
  writer.f64(vehicle.rollRad);
  writer.f64(vehicle.pitchRad);
  writer.f64(vehicle.yawRad);
  writePlace(vehicle.ratesRadps);
  writer.f64(vehicle.thrust);
  writer.f64(vehicle.batteryVoltageV);
  writer.f64(vehicle.batteryCurrentA);
  writePlace(previousAction.velocityNed);
  writer.f64(previousAction.yawRateRadps);
  writer.f64(request.batteryRemaining);
  writer.u8(history === null ? 0 : 1);
  if (history !== null) writer.floats(history);
  writer.u8(current === null ? 0 : 1);
  if (current !== null) writeTrajectory(writer, current);
};

const writeTask = (request: PlanRequest): void => {
  const { waypoints, limits } = request;
  writer.u32(waypoints.length);
  for (const waypoint of waypoints) writePlace(waypoint);
  writer.f64(request.cruiseSpeedMps);
  writer.f64(request.acceptM);
  writer.u8(request.holdAtEnd ? 1 : 0);
  writer.u8(request.yaw === 'course' ? 1 : 0);
  writer.f64(request.minHeightM);
  writer.f64(request.maxHeightM);
  writer.f64(limits.maxSpeedMps);
  writer.f64(limits.maxClimbMps);
  writer.f64(limits.maxDescentMps);
  writer.f64(limits.maxAccelerationMps2);
  writer.f64(request.minSeparationM);
  writer.f64(request.seed);
};

const writeSurroundings = ({ neighbours, obstacles, fence }: PlanRequest): void => {
  writer.u32(neighbours.length);
  for (const { member, startMs, knotMs, knots } of neighbours) {
    writer.f64(member);
    writer.f64(startMs);
    writer.f64(knotMs);
    writer.u32(knots.length);
    for (const knot of knots) {
      writePlace(knot);
      writer.f64(knot.radiusM);
    }
  }
  writer.u32(obstacles.length);
  for (const { northM, eastM, radiusM, heightM } of obstacles) {
    writer.f64(northM);
    writer.f64(eastM);
    writer.f64(radiusM);
    writer.f64(heightM);
  }
  writer.u32(fence.length);
  for (const { northM, eastM } of fence) {
    writer.f64(northM);
    writer.f64(eastM);
  }
};

export const durableChecksum = (durable: DurableState): Checksum => {
  const { version, goal, receivedMs, phase, over, cells } = durable;
  writer.reset();
  writer.u8(version);
  writer.f64(goal.issuer);
  writer.f64(goal.epoch);
  writer.f64(goal.sequence);
  writer.f64(receivedMs);
  writer.text(phase);
  writer.text(over);
  writer.u32(cells.length);
  for (const [key, looks, detections] of cells) {
    writer.f64(key);
    writer.u8(looks);
    writer.u8(detections);
  }
  return checksum();
};
