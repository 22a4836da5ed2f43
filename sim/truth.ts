import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Scenario } from './scenario.ts';
import type { ObservedVehicle } from './observed-vehicle.ts';
import { fenceMarginM } from './world/fence.ts';
import { clearanceM } from './world/obstacles.ts';

/** Half the breadth of the airframe: nearer than this to an obstacle is a collision. */
const VEHICLE_RADIUS_M = 0.3;
/** Nearer than this to each other two vehicles have collided. */
const TOUCHING_M = 2 * VEHICLE_RADIUS_M;
const TOUCHING_M2 = TOUCHING_M * TOUCHING_M;
/** Lag of the simulator's own loop beyond which a setpoint gap says nothing about the pilot. */
const VOID_LAG_MS = 50;
/** Changes of mode kept for each vehicle. */
const MODE_LOG_MAX = 500;

interface ModeChange {
  timeMs: number;
  mode: FlightMode;
  armed: boolean;
  failsafe: boolean;
}

interface VehicleTruth {
  sysid: number;
  armedAtMs: number | null;
  takeoffAtMs: number | null;
  landedAtMs: number | null;
  disarmedAtMs: number | null;
  /** Downward, at the hardest contact with the ground; null before the first, or where it cannot be seen. */
  touchdownSpeedMps: number | null;
  /**
   * Greatest time without a setpoint while flying in OFFBOARD, ms; void stretches left out. Null where
   * the vehicle's setpoints cannot be seen.
   */
  greatestSetpointGapMs: number | null;
  voidGaps: number;
  greatestHeightM: number;
  flownM: number;
  obstacleCollisions: number;
  leastObstacleClearanceM: number | null;
  /** Null where it cannot be seen. */
  batteryRemaining: number | null;
  northM: number;
  eastM: number;
  heightM: number;
  modes: ModeChange[];
}

interface Extreme {
  metres: number;
  timeMs: number;
  sysids: number[];
}

/** What really happened, as plain JSON. Written by the simulator for people and tests, never for agents. */
export interface TruthSummary {
  timeMs: number;
  leastSeparation: Extreme | null;
  leastFenceMargin: Extreme | null;
  vehicleCollisions: number;
  greatestLoopLagMs: number;
  /** Simulated time given up because the loop could not keep pace with the clock, ms. */
  slippedMs: number;
  vehicles: VehicleTruth[];
}

interface Watch {
  readonly vehicle: ObservedVehicle;
  readonly summary: VehicleTruth;
  lastNorthM: number;
  lastEastM: number;
  airborne: boolean;
  armed: boolean;
  inObstacle: boolean;
  /** The gap that is running began before the loop stalled. */
  gapVoid: boolean;
}

/** Pure observer of the true state of all vehicles. Call {@link Truth.observe} at 50 Hz. */
export class Truth {
  readonly #scenario: Scenario;
  readonly #watches: Watch[];
  readonly #touching = new Set<number>();
  #leastSeparation: Extreme | null = null;
  #leastSquared = Number.POSITIVE_INFINITY;
  #leastFenceMargin: Extreme | null = null;
  #vehicleCollisions = 0;
  #greatestLoopLagMs = 0;
  #slippedMs = 0;
  #timeMs = 0;

  constructor(scenario: Scenario, vehicles: readonly ObservedVehicle[]) {
    this.#scenario = scenario;
    this.#watches = vehicles.map((vehicle) => ({
      vehicle,
      summary: emptySummary(vehicle.sysid),
      lastNorthM: vehicle.positionNed.x,
      lastEastM: vehicle.positionNed.y,
      airborne: false,
      armed: false,
      inObstacle: false,
      gapVoid: false,
    }));
  }

  /** Says how late the loop was, and how much simulated time it gave up. */
  noteLoopLag(lagMs: number, slippedMs: number): void {
    this.#greatestLoopLagMs = Math.max(this.#greatestLoopLagMs, lagMs);
    this.#slippedMs += slippedMs;
    if (lagMs <= VOID_LAG_MS) return;
    for (const watch of this.#watches) watch.gapVoid = true;
  }

  observe(timeMs: number): void {
    this.#timeMs = timeMs;
    for (const watch of this.#watches) {
      this.#observeFlight(watch);
      this.#observeModes(watch);
      this.#observeSetpoints(watch);
      if (watch.airborne) this.#observeSurroundings(watch);
    }
    this.#observeSeparation();
  }

  summary(): TruthSummary {
    return {
      timeMs: this.#timeMs,
      leastSeparation: this.#leastSeparation,
      leastFenceMargin: this.#leastFenceMargin,
      vehicleCollisions: this.#vehicleCollisions,
      greatestLoopLagMs: this.#greatestLoopLagMs,
      slippedMs: this.#slippedMs,
      vehicles: this.#watches.map(({ summary }) => summary),
    };
  }

  #observeFlight(watch: Watch): void {
    const { vehicle, summary } = watch;
    const { x, y, z } = vehicle.positionNed;
    const dn = x - watch.lastNorthM;
    const de = y - watch.lastEastM;
    summary.flownM += Math.sqrt(dn * dn + de * de);
    watch.lastNorthM = x;
    watch.lastEastM = y;
    summary.northM = x;
    summary.eastM = y;
    summary.heightM = 0 - z;
    summary.greatestHeightM = Math.max(summary.greatestHeightM, summary.heightM);
    summary.batteryRemaining = vehicle.batteryRemaining;
    if (watch.airborne === !vehicle.onGround) return;
    watch.airborne = !vehicle.onGround;
    if (watch.airborne) {
      summary.takeoffAtMs ??= this.#timeMs;
    } else {
      summary.landedAtMs = this.#timeMs;
      const before = summary.touchdownSpeedMps;
      const { touchdownSpeedMps } = vehicle;
      summary.touchdownSpeedMps =
        touchdownSpeedMps === null ? before : Math.max(before ?? 0, touchdownSpeedMps);
    }
  }

  #observeModes(watch: Watch): void {
    const { mode, armed, failsafe } = watch.vehicle;
    const { modes } = watch.summary;
    if (mode === undefined) return;
    if (armed !== watch.armed) {
      watch.armed = armed;
      if (armed) watch.summary.armedAtMs = this.#timeMs;
      else watch.summary.disarmedAtMs = this.#timeMs;
    }
    const last = modes.at(-1);
    if (last?.mode === mode && last.armed === armed && last.failsafe === failsafe) return;
    if (modes.length < MODE_LOG_MAX) modes.push({ timeMs: this.#timeMs, mode, armed, failsafe });
  }

  #observeSetpoints(watch: Watch): void {
    const { armed, mode, setpointAgeMs: gapMs } = watch.vehicle;
    const { summary } = watch;
    if (gapMs === null) {
      summary.greatestSetpointGapMs = null;
      return;
    }
    if (watch.gapVoid && gapMs < VOID_LAG_MS / 2) {
      watch.gapVoid = false;
      watch.summary.voidGaps += 1;
    }
    const flying = armed && mode === 'OFFBOARD' && watch.airborne;
    if (!flying || watch.gapVoid || !Number.isFinite(gapMs)) return;
    const greatest = summary.greatestSetpointGapMs ?? 0;
    summary.greatestSetpointGapMs = Math.max(greatest, Math.round(gapMs));
  }

  #observeSurroundings(watch: Watch): void {
    const { fence, obstacles } = this.#scenario;
    const { summary } = watch;
    const { northM, eastM, heightM, sysid } = summary;
    if (fence !== undefined) {
      const metres = fenceMarginM(fence, northM, eastM, heightM);
      if (metres < (this.#leastFenceMargin?.metres ?? Number.POSITIVE_INFINITY)) {
        this.#leastFenceMargin = { metres, timeMs: this.#timeMs, sysids: [sysid] };
      }
    }
    if (obstacles.length === 0) return;
    const clearance = clearanceM(obstacles, northM, eastM, heightM);
    const least = summary.leastObstacleClearanceM ?? Number.POSITIVE_INFINITY;
    summary.leastObstacleClearanceM = Math.min(least, clearance);
    const inside = clearance < VEHICLE_RADIUS_M;
    if (inside && !watch.inObstacle) summary.obstacleCollisions += 1;
    watch.inObstacle = inside;
  }

  #observeSeparation(): void {
    for (let first = 0; first < this.#watches.length; first += 1) {
      const a = this.#watches[first]!;
      if (!a.airborne) continue;
      for (let second = first + 1; second < this.#watches.length; second += 1) {
        const b = this.#watches[second]!;
        if (b.airborne) this.#observePair(a, b, first * this.#watches.length + second);
      }
    }
  }

  #observePair(a: Watch, b: Watch, pair: number): void {
    const dn = a.summary.northM - b.summary.northM;
    const de = a.summary.eastM - b.summary.eastM;
    const dh = a.summary.heightM - b.summary.heightM;
    const squared = dn * dn + de * de + dh * dh;
    // Nearly all pairs: neither nearer than any was, nor touching, nor just parted.
    if (squared > this.#leastSquared && squared > TOUCHING_M2 && this.#touching.size === 0) return;
    const metres = Math.sqrt(squared);
    if (metres < (this.#leastSeparation?.metres ?? Number.POSITIVE_INFINITY)) {
      const sysids = [a.summary.sysid, b.summary.sysid];
      this.#leastSquared = squared;
      this.#leastSeparation = { metres, timeMs: this.#timeMs, sysids };
    }
    if (metres >= TOUCHING_M) this.#touching.delete(pair);
    else if (!this.#touching.has(pair)) {
      this.#touching.add(pair);
      this.#vehicleCollisions += 1;
    }
  }
}

const emptySummary = (sysid: number): VehicleTruth => ({
  sysid,
  armedAtMs: null,
  takeoffAtMs: null,
  landedAtMs: null,
  disarmedAtMs: null,
  touchdownSpeedMps: null,
  greatestSetpointGapMs: 0,
  voidGaps: 0,
  greatestHeightM: 0,
  flownM: 0,
  obstacleCollisions: 0,
  leastObstacleClearanceM: null,
  batteryRemaining: 1,
  northM: 0,
  eastM: 0,
  heightM: 0,
  modes: [],
});
