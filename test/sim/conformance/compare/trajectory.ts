import type { LocalPositionNed } from 'mavlink-mappings/dist/lib/common.js';
import { norm, subtract, vector3 } from '#protocols/vector.ts';
import type { Timed, Transcript } from '../transcript.ts';
import type { Comparison, Difference } from './comparison.ts';
import { spansOf } from './sequence.ts';

/** A stretch in one mode, of which its first seconds still carry what went before. */
const SPAN_MIN_S = 3;

/** Bounds of a stretch flown in one mode by both. */
const TOLERANCE = { velocityRmsMps: 0.5, velocityMostMps: 2.5, positionRmsM: 3 } as const;

export interface StretchFigures {
  velocityRmsMps: number;
  velocityMostMps: number;
  /**
   * Of places, or of ways from the stretch's beginning, whichever is smaller: who flies to a place ends
   * there, who flies at a velocity keeps the distance that he had.
   */
  positionRmsM: number;
  /** Velocity difference over the recorded velocity, both root mean square. */
  normalisedVelocityError: number;
  samples: number;
}

const square = (value: number): number => value * value;

/** Sample by sample, the recorded one against the stand-in's latest. */
const compareStretch = (
  recorded: readonly Timed<LocalPositionNed>[],
  made: readonly Timed<LocalPositionNed>[],
  fromS: number,
  toS: number,
): StretchFigures => {
  let index = 0;
  let velocity = 0;
  let speed = 0;
  let position = 0;
  let displacement = 0;
  const start = vector3(0, 0, 0);
  let most = 0;
  let samples = 0;
  for (const { atS, value } of recorded) {
    if (atS < fromS || atS > toS) continue;
    while (index + 1 < made.length && made[index + 1]!.atS <= atS) index += 1;
    const other = made[index]!.value;
    const apart =
      square(value.vx - other.vx) + square(value.vy - other.vy) + square(value.vz - other.vz);
    velocity += apart;
    speed += square(value.vx) + square(value.vy) + square(value.vz);
    const apartM = vector3(value.x - other.x, value.y - other.y, value.z - other.z);
    if (samples === 0) Object.assign(start, apartM);
    position += square(norm(apartM));
    displacement += square(norm(subtract(apartM, start)));
    most = Math.max(most, apart);
    samples += 1;
  }
  return {
    velocityRmsMps: Math.sqrt(velocity / samples),
    velocityMostMps: Math.sqrt(most),
    positionRmsM: Math.sqrt(Math.min(position, displacement) / samples),
    normalisedVelocityError: Math.sqrt(velocity / speed),
    samples,
  };
};

/**
 * How both flew: for each recorded stretch of armed flight in one mode, the differences of velocity
 * and position, in local NED, sample by sample at the same boot time. The two vehicles' EKF origins
 * are where each booted.
 */
export const compareTrajectories = (recorded: Transcript, made: Transcript): Comparison => {
  const spans = spansOf(
    recorded.states.map(({ atS, value }) => ({
      atS,
      value: value.armed ? value.mode : 'disarmed',
    })),
    recorded.endS,
  );
  const differences: Difference[] = [];
  const figures: Record<string, number> = {};
  let compared = 0;
  for (const [index, { label, fromS, toS }] of spans.entries()) {
    if (label === 'disarmed' || toS - fromS < SPAN_MIN_S) continue;
    const stretch = compareStretch(recorded.positions, made.positions, fromS, toS);
    compared += stretch.samples;
    const place = `#${index} ${label}`;
    for (const [name, limit] of Object.entries(TOLERANCE)) {
      const value = stretch[name as keyof typeof TOLERANCE];
      figures[`${place} ${name}`] = value;
      if (value <= limit) continue;
      const when = `${fromS.toFixed(0)}–${toS.toFixed(0)} s`;
      differences.push({
        aspect: 'trajectory',
        key: `${place} ${name}`,
        detail: `${label} ${when}: ${name} ${value.toFixed(2)}, at most ${limit}`,
      });
    }
  }
  return { aspect: 'trajectory', compared, differences, figures };
};
