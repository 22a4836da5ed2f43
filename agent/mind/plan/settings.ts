import { KINEMATIC_DEFAULTS, type KinematicParameters } from '#world/kinematics.ts';

/** How far a plan stays from what the guard forbids, metres beyond the guard's own line. */
export interface Margins {
  /** From the fence's edges. */
  fenceM: number;
  /** From the lowest and the highest height. */
  heightM: number;
  /** From an obstacle's surface. */
  obstacleM: number;
  /** Beyond the minimum separation and the radius of the neighbour's tube. */
  separationM: number;
}

/** Every number of the planners in one place. Units in the names; shares and weights have none. */
export interface PlanSettings {
  /** Steps (of STEP_S) that a plan looks ahead before its stopping tail. 20 = 2 s, in which a first-order vehicle settles. */
  horizonSteps: number;
  /** Sequences per plan, rounded up to a multiple of the model's members. 256 is the budget of a companion computer. */
  samples: number;
  /** Cheapest sequences, whose weighted mean is what the sampling comes to. */
  elites: number;
  /** Sequences scored again on every member: the mean, the reference, the plan being flown, the best of the elites. */
  rescored: number;
  /** Score of a sequence = mean + this × standard deviation of its cost over the members. */
  riskWeight: number;
  /** Softmax temperature as a share of the elites' cost range: 0 = the best alone. */
  temperature: number;
  noise: {
    /** m/s, one standard deviation of the sampled setpoint around its nominal, north and east. */
    horizontalMps: number;
    /** m/s, down. */
    verticalMps: number;
    /** Free points of the smooth curve that is added to a nominal; fewer = smoother. */
    knots: number;
    /** Precomputed sets of `samples` curves; a plan takes one by its request id (Box–Muller per plan would cost more than the model). */
    sets: number;
  };
  /** Sizes of the graph's inputs; the nearest are taken, all are checked again in full before a plan is proposed. */
  slots: {
    neighbours: number;
    obstacles: number;
    fenceEdges: number;
  };
  cost: {
    /** Per m²: distance from the reference across the path. */
    lateral: number;
    /** Per m²: distance behind or ahead of the reference. */
    along: number;
    /** Per (m/s)²: difference to the reference's velocity. */
    velocity: number;
    /** Per (m/s²)²: setpoint changes. */
    effort: number;
    /** Per step inside a margin, growing with the square of the depth's share of `softBandM`. */
    soft: number;
    /** Per step beyond a margin's hard line; larger than anything else can sum to. */
    hard: number;
    /** Metres before a hard line at which the soft cost begins. */
    softBandM: number;
    /** As softBandM, for the lowest and the highest height. */
    heightBandM: number;
    /** As softBandM, for neighbours that have the right of way (smaller member id). */
    yieldBandM: number;
    /** Metres of error beyond which a quadratic cost grows linearly, so that a detour stays affordable. */
    hugeM: number;
  };
  margins: Margins;
  /** m by which a plan may cut into its margins and still be proposed: the graph's costs are soft and in single precision. */
  toleranceM: number;
  /** Imagined futures that were not chosen, in each answer, for the record. */
  recorded: number;
  reference: {
    /** Share of the acceleration limit that speeds before corners and stops count on; the rest is for corrections. */
    accelerationShare: number;
    /** Share of the acceleration limit with which the reference leaves a velocity that it should not have. */
    correctionShare: number;
    /** Share of acceptM by which a corner may be cut. */
    cornerShare: number;
    /** m/s: slowest speed planned through a corner. */
    cornerFloorMps: number;
    /** 1/s: approach speed per metre left before a stop. */
    approachRate: number;
  };
  route: {
    /** Metres beyond the hard line at which a detour passes an obstacle. */
    detourM: number;
    /** Corners of the polygon around an obstacle. */
    corners: number;
    /** Obstacles that one route goes around at most. */
    obstacles: number;
    /** Length of a detour that passes on the left, over its true length: both of two that meet head on turn right. */
    leftBias: number;
    /** A neighbour whose tube moves less than this in all is gone around as an obstacle, m. */
    stillM: number;
  };
  tail: {
    /** Share of the acceleration limit that braking uses. */
    accelerationShare: number;
    /** m/s: the tail ends when the predicted speed is below. */
    stillMps: number;
    /** Fewest steps. */
    least: number;
  };
  /** How the guard counts the way to rest, so that plans leave it nothing to correct. */
  stopping: {
    /** Seconds flown on before braking shows: a dead companion's last setpoint (1.12 s) and the vehicle's lag (0.75 s). */
    lagS: number;
    /** Hardest braking that PX4 does by itself. */
    brakingMps2: number;
  };
  /** Share of the acceleration limit by which a setpoint may change per second. */
  slewShare: number;
  yaw: {
    /** rad/s. */
    rateRadps: number;
    /** m/s: below this horizontal speed the yaw is kept. */
    fromMps: number;
  };
  safe: {
    /** m/s: slow enough to stop within what any estimate of the vehicle gets wrong. */
    speedMps: number;
    /** Share of the acceleration limit. */
    accelerationShare: number;
    margins: Margins;
  };
  kinematics: KinematicParameters;
}

export const PLAN_SETTINGS: PlanSettings = {
  horizonSteps: 20,
  samples: 256,
  elites: 32,
  rescored: 16,
  riskWeight: 0.5,
  temperature: 0.2,
  noise: { horizontalMps: 1.2, verticalMps: 0.5, knots: 5, sets: 32 },
  slots: { neighbours: 8, obstacles: 12, fenceEdges: 10 },
  cost: {
    lateral: 1,
    along: 0.3,
    velocity: 0.3,
    effort: 0.02,
    soft: 20,
    hard: 10_000,
    softBandM: 2,
    heightBandM: 1,
    yieldBandM: 4,
    hugeM: 4,
  },
  margins: { fenceM: 2, heightM: 0.5, obstacleM: 1.5, separationM: 0.5 },
  toleranceM: 0.3,
  recorded: 4,
  reference: {
    accelerationShare: 0.75,
    correctionShare: 1,
    cornerShare: 0.6,
    cornerFloorMps: 1,
    approachRate: 0.8,
  },
  route: { detourM: 1.5, corners: 8, obstacles: 6, leftBias: 1.05, stillM: 2 },
  tail: { accelerationShare: 0.9, stillMps: 0.2, least: 10 },
  stopping: { lagS: 1.87, brakingMps2: 3 },
  slewShare: 0.9,
  yaw: { rateRadps: 0.8, fromMps: 1 },
  safe: {
    speedMps: 3,
    accelerationShare: 0.6,
    margins: { fenceM: 3, heightM: 1, obstacleM: 3, separationM: 2 },
  },
  kinematics: KINEMATIC_DEFAULTS,
};
