import type { FlownMoment } from './fly-log.ts';

/** A change of setpoint shapes the flight for this long. */
const MANOEUVRE_S = 2.5;
/** Before that PX4's own state was not quite the one that the stand-in starts in. */
const SETTLED_AFTER_S = 5;

export type Manoeuvre = 'speedUp' | 'braking' | 'turn' | 'climb' | 'steady';

export interface FitFigures {
  /** Root mean square of the velocity difference over that of the logged velocity. */
  normalisedVelocityError: number;
  velocityRmsMps: number;
  /** Root mean square differences of tilt (roll and pitch together), normalised, and of heading. */
  normalisedTiltError: number;
  yawRmsRad: number;
  /** The same as the first, of the moments after a kind of setpoint change; climb: vertical only. */
  byManoeuvre: Readonly<Record<Manoeuvre, number>>;
  samples: number;
}

/** Sums of squares: of a difference, and of what it is a share of. */
class Share {
  difference = 0;
  whole = 0;
  count = 0;

  add(differences: readonly number[], wholes: readonly number[]): void {
    for (const value of differences) this.difference += value * value;
    for (const value of wholes) this.whole += value * value;
    this.count += 1;
  }

  get normalised(): number {
    return Math.sqrt(this.difference / this.whole);
  }

  get rms(): number {
    return Math.sqrt(this.difference / this.count);
  }
}

type Setpoint = FlownMoment['setpoint'];

const speedOf = ({ north, east }: { north: number; east: number }): number =>
  Math.sqrt(north * north + east * east);

/** What kind of change leads from the flown velocity to a new setpoint, horizontally. */
const horizontalKind = (flown: Setpoint, wanted: Setpoint): Manoeuvre => {
  const from = speedOf(flown);
  const to = speedOf(wanted);
  const along = flown.north * wanted.north + flown.east * wanted.east;
  if (from > 1 && to > 1 && along < Math.SQRT1_2 * from * to) return 'turn';
  return to > from ? 'speedUp' : 'braking';
};

/** How far the stand-in's flight lies from the logged one. */
export const measureFit = (moments: readonly FlownMoment[]): FitFigures => {
  const velocity = new Share();
  const tilt = new Share();
  const yaw = new Share();
  const kinds: Record<Manoeuvre, Share> = {
    speedUp: new Share(),
    braking: new Share(),
    turn: new Share(),
    climb: new Share(),
    steady: new Share(),
  };
  const startS = moments[0]?.timeS ?? 0;
  let kind: Manoeuvre = 'steady';
  let climbs = false;
  let changedS = Number.NEGATIVE_INFINITY;
  let last: Setpoint | undefined;
  for (const { timeS, setpoint, real, made } of moments) {
    const { north, east, down } = setpoint;
    if (last?.north !== north || last.east !== east || last.down !== down) {
      kind = horizontalKind(real, setpoint);
      climbs = Math.abs(down - real.down) > 0.3;
      changedS = timeS;
      last = setpoint;
    }
    if (timeS < startS + SETTLED_AFTER_S) continue;
    const apart = [real.north - made.north, real.east - made.east, real.down - made.down];
    const flown = [real.north, real.east, real.down];
    const recent = timeS - changedS <= MANOEUVRE_S;
    velocity.add(apart, flown);
    kinds[recent ? kind : 'steady'].add(apart, flown);
    if (recent && climbs) kinds.climb.add([apart[2]!], [flown[2]!]);
    tilt.add(
      [real.rollRad - made.rollRad, real.pitchRad - made.pitchRad],
      [real.rollRad, real.pitchRad],
    );
    const turn = real.yawRad - made.yawRad;
    yaw.add([Math.atan2(Math.sin(turn), Math.cos(turn))], []);
  }
  const byManoeuvre = Object.fromEntries(
    Object.entries(kinds).map(([name, share]) => [name, share.normalised]),
  ) as Record<Manoeuvre, number>;
  return {
    normalisedVelocityError: velocity.normalised,
    velocityRmsMps: velocity.rms,
    normalisedTiltError: tilt.normalised,
    yawRmsRad: yaw.rms,
    byManoeuvre,
    samples: velocity.count,
  };
};
