import type { GraphBuilder, Value } from './graph/builder.ts';
import * as op from './graph/elementwise.ts';
import { concat, slice, split } from './graph/layout.ts';
import { matmul } from './graph/linear.ts';
import { ACTION_SIZE, STATE, STATE_SIZE, STEP_S } from './spaces.ts';

/**
 * Between the NED frame that a rollout lives in and the level body frame that dynamics are learned in, as graph nodes.
 * A turn by yaw is linear in (1, cos ψ, sin ψ): three picking matrices side by side make it one product and four
 * elementwise nodes, which matters because at this size each node costs more than the numbers in it.
 */

type Entry = readonly [row: number, column: number, value: number];

interface Turn {
  /** Entries that do not depend on yaw, that multiply cos ψ, and that multiply sin ψ. */
  readonly fixed: readonly Entry[];
  readonly cosine: readonly Entry[];
  readonly sine: readonly Entry[];
}

/** The state seen from the vehicle. */
export interface Level {
  /**
   * [M, N, 11]: velocity ahead, right, down and yaw rate (4); setpoint minus each of these (4);
   * tilt ahead, tilt right, thrust (3).
   */
  readonly quantities: Value;
  readonly cosYaw: Value;
  readonly sinYaw: Value;
}

export interface LevelTurn {
  /** state [M, N, S], action [M, N, A] → level quantities. */
  toLevel(state: Value, action: Value): Level;
  /**
   * The state one step later. changes [M, N, 7] in level body: velocity ahead, right, down, yaw rate, tilt ahead,
   * tilt right, thrust. Position and yaw move by the mean of old and new rate (trapezoid).
   */
  advance(state: Value, changes: Value, level: Level): Value;
}

const LEVEL_SIZE = 11;
const JOINT_SIZE = STATE_SIZE + ACTION_SIZE;
const NORTH = STATE.velocity;
const EAST = STATE.velocity + 1;
const DOWN = STATE.velocity + 2;
const SETPOINT_NORTH = STATE_SIZE;
const SETPOINT_EAST = STATE_SIZE + 1;
const SETPOINT_DOWN = STATE_SIZE + 2;
const SETPOINT_YAW_RATE = STATE_SIZE + 3;

/** (state, action) → level quantities; ahead = cos·north + sin·east, right = cos·east − sin·north. */
const TO_LEVEL: Turn = {
  fixed: [
    [DOWN, 2, 1],
    [STATE.yawRate, 3, 1],
    [SETPOINT_DOWN, 6, 1],
    [DOWN, 6, -1],
    [SETPOINT_YAW_RATE, 7, 1],
    [STATE.yawRate, 7, -1],
    [STATE.tilt, 8, 1],
    [STATE.tilt + 1, 9, 1],
    [STATE.thrust, 10, 1],
  ],
  cosine: [
    [NORTH, 0, 1],
    [EAST, 1, 1],
    [SETPOINT_NORTH, 4, 1],
    [NORTH, 4, -1],
    [SETPOINT_EAST, 5, 1],
    [EAST, 5, -1],
  ],
  sine: [
    [EAST, 0, 1],
    [NORTH, 1, -1],
    [SETPOINT_EAST, 4, 1],
    [EAST, 4, -1],
    [NORTH, 5, 1],
    [SETPOINT_NORTH, 5, -1],
  ],
};

const CHANGES_SIZE = 7;

/** A velocity change in some column also moves the position, by half a step's worth. */
const moving = (row: number, velocityColumn: number, sign: 1 | -1): Entry[] => [
  [row, velocityColumn, sign],
  [row, velocityColumn - STATE.velocity + STATE.position, (sign * STEP_S) / 2],
];

/** Changes in level body → changes of the state; north = cos·ahead − sin·right, east = sin·ahead + cos·right. */
const TO_STATE: Turn = {
  fixed: [
    ...moving(2, DOWN, 1),
    [3, STATE.yawRate, 1],
    [3, STATE.yaw, STEP_S / 2],
    [4, STATE.tilt, 1],
    [5, STATE.tilt + 1, 1],
    [6, STATE.thrust, 1],
  ],
  cosine: [...moving(0, NORTH, 1), ...moving(1, EAST, 1)],
  sine: [...moving(0, EAST, 1), ...moving(1, NORTH, -1)],
};

/** What the state does by itself in one step: everything stays, position and yaw move at their old rates. */
const COAST: readonly Entry[] = [
  ...Array.from({ length: STATE_SIZE }, (_, index): Entry => [index, index, 1]),
  ...[0, 1, 2].map((axis): Entry => [STATE.velocity + axis, STATE.position + axis, STEP_S]),
  [STATE.yawRate, STATE.yaw, STEP_S],
];

const placeMatrix = (
  graph: GraphBuilder,
  rows: number,
  columns: number,
  entries: readonly Entry[],
): Value => {
  const data = new Float32Array(rows * columns);
  for (const [row, column, value] of entries) data[row * columns + column] = value;
  return graph.constant(data, [rows, columns]);
};

const placeTurn = (graph: GraphBuilder, rows: number, columns: number, turn: Turn): Value => {
  const beside = (entries: readonly Entry[], block: number): Entry[] =>
    entries.map(([row, column, value]) => [row, column + block * columns, value]);
  return placeMatrix(graph, rows, 3 * columns, [
    ...turn.fixed,
    ...beside(turn.cosine, 1),
    ...beside(turn.sine, 2),
  ]);
};

/** x·matrix with the three blocks weighted by 1, cos ψ and sin ψ. */
const apply = (x: Value, matrix: Value, cosYaw: Value, sinYaw: Value): Value => {
  const columns = matrix.shape[1]! / 3;
  const [fixed, cosine, sine] = split(matmul(x, matrix), 2, [columns, columns, columns]);
  const turned = op.add(op.multiply(cosine!, cosYaw), op.multiply(sine!, sinYaw));
  return op.add(fixed!, turned);
};

export const placeLevelTurn = (graph: GraphBuilder): LevelTurn => {
  const toLevel = placeTurn(graph, JOINT_SIZE, LEVEL_SIZE, TO_LEVEL);
  const toState = placeTurn(graph, CHANGES_SIZE, STATE_SIZE, TO_STATE);
  const coast = placeMatrix(graph, STATE_SIZE, STATE_SIZE, COAST);
  return {
    toLevel: (state, action) => {
      const yaw = slice(state, 2, STATE.yaw, STATE.yaw + 1);
      const cosYaw = op.cos(yaw);
      const sinYaw = op.sin(yaw);
      const joint = concat([state, action], 2);
      return { quantities: apply(joint, toLevel, cosYaw, sinYaw), cosYaw, sinYaw };
    },
    advance: (state, changes, level) =>
      op.add(matmul(state, coast), apply(changes, toState, level.cosYaw, level.sinYaw)),
  };
};
