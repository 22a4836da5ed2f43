import { MAX_INTENT_KNOTS, type TubeKnot } from '../gossip/tube.ts';
import type { Vector3 } from '../vector.ts';

/**
 * Where another drone is and promised to be, as the mesh process knows it; times are already in
 * this drone's monotonic ms, positions in the mission's NED frame.
 */
export interface Neighbour {
  member: number;
  /** When `positionNed` and `velocityNed` were true. */
  atMs: number;
  /** Bound on the error of every time here (swarm clock). */
  clockErrorMs: number;
  positionNed: Vector3;
  velocityNed: Vector3;
  positionStdM: number;
  /** Index in FLIGHT_PHASES. */
  phase: number;
  airborne: boolean;
  /** The promised tube; empty when it never promised or is not flying. */
  tubeStartMs: number;
  knotMs: number;
  tube: TubeKnot[];
}

export interface Neighbours {
  /** Monotonic ms when an operator (the station) was last heard; −1 = never. */
  operatorHeardMs: number;
  /** Monotonic ms when any other drone was last heard; −1 = never. */
  peerHeardMs: number;
  neighbours: Neighbour[];
}

export const MAX_NEIGHBOURS = 250;

const HEADER_BYTES = 24;
const NEIGHBOUR_BYTES = 96;
const KNOT_BYTES = 16;

/** Fixed layout, little-endian: header, then per neighbour a block and its knots as float32. */
export const encodeNeighbours = (message: Neighbours): Uint8Array => {
  const knots = message.neighbours.reduce((sum, one) => sum + one.tube.length, 0);
  const size = HEADER_BYTES + NEIGHBOUR_BYTES * message.neighbours.length + KNOT_BYTES * knots;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, message.operatorHeardMs, true);
  view.setFloat64(8, message.peerHeardMs, true);
  view.setUint16(16, message.neighbours.length, true);
  let offset = HEADER_BYTES;
  for (const one of message.neighbours) offset = writeNeighbour(view, offset, one);
  return bytes;
};

const writeNeighbour = (view: DataView, start: number, one: Neighbour): number => {
  view.setUint16(start, one.member, true);
  view.setUint8(start + 2, one.phase);
  view.setUint8(start + 3, one.airborne ? 1 : 0);
  view.setUint8(start + 4, one.tube.length);
  const numbers = [
    one.atMs,
    one.clockErrorMs,
    one.tubeStartMs,
    one.knotMs,
    one.positionStdM,
    one.positionNed.x,
    one.positionNed.y,
    one.positionNed.z,
    one.velocityNed.x,
    one.velocityNed.y,
    one.velocityNed.z,
  ];
  for (const [index, value] of numbers.entries())
    view.setFloat64(start + 8 + 8 * index, value, true);
  let offset = start + NEIGHBOUR_BYTES;
  for (const knot of one.tube) {
    view.setFloat32(offset, knot.x, true);
    view.setFloat32(offset + 4, knot.y, true);
    view.setFloat32(offset + 8, knot.z, true);
    view.setFloat32(offset + 12, knot.radiusM, true);
    offset += KNOT_BYTES;
  }
  return offset;
};

/** Undefined for anything malformed. */
export const decodeNeighbours = (bytes: Uint8Array): Neighbours | undefined => {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint16(16, true);
  if (count > MAX_NEIGHBOURS) return undefined;
  const neighbours: Neighbour[] = [];
  let offset = HEADER_BYTES;
  for (let index = 0; index < count; index += 1) {
    if (offset + NEIGHBOUR_BYTES > bytes.length) return undefined;
    const knots = view.getUint8(offset + 4);
    const end = offset + NEIGHBOUR_BYTES + KNOT_BYTES * knots;
    if (knots > MAX_INTENT_KNOTS || end > bytes.length) return undefined;
    neighbours.push(readNeighbour(view, offset, knots));
    offset = end;
  }
  if (offset !== bytes.length) return undefined;
  return {
    operatorHeardMs: view.getFloat64(0, true),
    peerHeardMs: view.getFloat64(8, true),
    neighbours,
  };
};

const readNeighbour = (view: DataView, start: number, knots: number): Neighbour => {
  const number = (index: number): number => view.getFloat64(start + 8 + 8 * index, true);
  const vectorAt = (index: number): Vector3 => ({
    x: number(index),
    y: number(index + 1),
    z: number(index + 2),
  });
  const tube = Array.from({ length: knots }, (_, index) => {
    const offset = start + NEIGHBOUR_BYTES + KNOT_BYTES * index;
    return {
      x: view.getFloat32(offset, true),
      y: view.getFloat32(offset + 4, true),
      z: view.getFloat32(offset + 8, true),
      radiusM: view.getFloat32(offset + 12, true),
    };
  });
  return {
    member: view.getUint16(start, true),
    phase: view.getUint8(start + 2),
    airborne: view.getUint8(start + 3) === 1,
    atMs: number(0),
    clockErrorMs: number(1),
    tubeStartMs: number(2),
    knotMs: number(3),
    positionStdM: number(4),
    positionNed: vectorAt(5),
    velocityNed: vectorAt(8),
    tube,
  };
};
