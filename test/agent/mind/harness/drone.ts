import type { Order } from '#protocols/channel/order.ts';
import { emptyPilotStatus, type PilotStatus } from '#protocols/channel/pilot-status.ts';
import { FLIGHT_PHASES, type FlightPhase } from '#protocols/flight-phase.ts';
import { geodeticFromNed } from '#protocols/frames.ts';
import { stepAt, type Trajectory } from '#protocols/trajectory.ts';
import { add, limitNorm, norm, scale, subtract, vector3, type Vector3 } from '#protocols/vector.ts';
import type { PlanRequest, SafePlanner } from '#agent/mind/plan-port.ts';
import { ORIGIN } from './missions.ts';

const STEPS = 30;
const STEP_MS = 100;
const ACCELERATION = 4;

/** A planner that flies straight to its waypoints and knows no neighbour: enough to move a story on. */
export const straightPlan: SafePlanner = (request: PlanRequest): Trajectory => {
  const velocity = new Float32Array(3 * STEPS);
  const positions = new Float32Array(3 * (STEPS + 1));
  const sigma = new Float32Array(STEPS + 1).fill(0.2);
  let position = request.vehicle.positionNed;
  let speed = request.vehicle.velocityNed;
  let next = 0;
  positions.set([position.x, position.y, position.z]);
  for (let step = 0; step < STEPS; step += 1) {
    const last = next === request.waypoints.length - 1;
    const target = request.waypoints[next]!;
    const gap = subtract(target, position);
    if (!last && norm(gap) < request.acceptM) next += 1;
    const wantedMps = last ? Math.min(request.cruiseSpeedMps, norm(gap)) : request.cruiseSpeedMps;
    const wanted =
      step >= STEPS - 10 ? vector3(0, 0, 0) : scale(gap, wantedMps / Math.max(0.01, norm(gap)));
    const climbed = vector3(
      wanted.x,
      wanted.y,
      Math.min(request.limits.maxDescentMps, Math.max(-request.limits.maxClimbMps, wanted.z)),
    );
    speed = add(speed, limitNorm(subtract(climbed, speed), (ACCELERATION * STEP_MS) / 1000));
    position = add(position, scale(speed, STEP_MS / 1000));
    velocity.set([speed.x, speed.y, speed.z], 3 * step);
    positions.set([position.x, position.y, position.z], 3 * (step + 1));
  }
  return {
    planId: request.requestId,
    source: 'safe',
    startMs: request.startMs,
    stepMs: STEP_MS,
    steps: STEPS,
    tailSteps: 10,
    velocityNedMps: velocity,
    yawRad: new Float32Array(STEPS),
    positionNedM: positions,
    sigmaM: sigma,
  };
};

/** Pilot and vehicle in one: obeys orders, follows trajectories without error, takes PX4's times. */
export class FakeDrone {
  readonly sysid: number;
  readonly home: Vector3;
  position: Vector3;
  velocity: Vector3 = vector3(0, 0, 0);
  phase: FlightPhase = 'standby';
  armed = false;
  battery = 1;
  canTakeOff = true;
  landedMs: number | undefined;
  #order: Order | undefined;
  #trajectory: Trajectory | undefined;
  #sinceMs = 0;
  #latched = false;
  #latchedGoal = 0;

  constructor(sysid: number, home: Vector3) {
    this.sysid = sysid;
    this.home = home;
    this.position = home;
  }

  get airborne(): boolean {
    return this.armed && this.position.z < this.home.z - 0.3;
  }

  order(order: Order): void {
    if (order.goalSequence > this.#latchedGoal) this.#latched = false;
    this.#order = order;
  }

  follow(trajectory: Trajectory): void {
    if (this.#trajectory !== undefined && trajectory.planId <= this.#trajectory.planId) {
      throw new Error(`plan ids go back on drone ${this.sysid}`);
    }
    this.#trajectory = trajectory;
  }

  /** What an operator's abort does: PX4's RTL, latched. */
  abort(nowMs: number): void {
    this.#latched = true;
    this.#latchedGoal = this.#order?.goalSequence ?? 0;
    if (this.airborne) this.#enter('returning', nowMs);
  }

  step(nowMs: number, stepMs: number): void {
    const seconds = stepMs / 1000;
    this.battery -= seconds / 1200;
    this.#obey(nowMs);
    const wanted = this.#wanted(nowMs);
    this.velocity = add(this.velocity, limitNorm(subtract(wanted, this.velocity), 8 * seconds));
    if (!this.armed) this.velocity = vector3(0, 0, 0);
    this.position = add(this.position, scale(this.velocity, seconds));
    if (this.position.z > this.home.z) this.position = { ...this.position, z: this.home.z };
  }

  #enter(phase: FlightPhase, nowMs: number): void {
    this.phase = phase;
    this.#sinceMs = nowMs;
  }

  #obey(nowMs: number): void {
    const kind = this.#order?.kind;
    const heightM = this.home.z - this.position.z;
    const onGround = this.phase === 'standby' || this.phase === 'landed';
    if (onGround && kind === 'fly' && this.canTakeOff && !this.#latched)
      this.#enter('arming', nowMs);
    else if (this.phase === 'arming' && nowMs - this.#sinceMs > 1500) {
      this.armed = true;
      this.#enter('takeoff', nowMs);
    } else if (this.phase === 'takeoff' && heightM >= (this.#order?.heightM ?? 0) - 0.3) {
      this.#enter('offboard', nowMs);
    } else if (this.phase === 'offboard' && kind === 'land') this.#enter('landing', nowMs);
    else if (this.phase === 'returning' && kind === 'fly' && !this.#latched)
      this.#enter('offboard', nowMs);
    else if (this.phase === 'returning' && this.#gapHome() < 1) this.#enter('landing', nowMs);
    else if (this.phase === 'landing' && heightM < 0.1) {
      this.armed = false;
      this.landedMs = nowMs;
      this.#enter('landed', nowMs);
    }
  }

  #gapHome(): number {
    return norm(subtract({ ...this.position, z: this.home.z }, this.home));
  }

  #wanted(nowMs: number): Vector3 {
    switch (this.phase) {
      case 'takeoff':
        return vector3(0, 0, -2);
      case 'landing':
        return vector3(0, 0, 1);
      case 'returning':
        return limitNorm(subtract({ ...this.home, z: this.position.z }, this.position), 6);
      case 'offboard': {
        const trajectory = this.#trajectory;
        const step = trajectory === undefined ? undefined : stepAt(trajectory, nowMs);
        if (trajectory === undefined || step === undefined) return vector3(0, 0, 0);
        const [x, y, z] = trajectory.velocityNedMps.subarray(3 * step, 3 * step + 3);
        return vector3(x!, y!, z!);
      }
      default:
        return vector3(0, 0, 0);
    }
  }

  status(nowMs: number): PilotStatus {
    const status = emptyPilotStatus();
    const place = geodeticFromNed(ORIGIN, this.position);
    const [goalEpoch, goalSequence, goalIssuer] =
      this.#order === undefined
        ? [0, 0, 0]
        : [this.#order.goalEpoch, this.#order.goalSequence, this.#order.goalIssuer];
    Object.assign(status.values, {
      nowMs,
      phase: FLIGHT_PHASES.indexOf(this.phase),
      mode: 0,
      armed: this.armed ? 1 : 0,
      landed: this.airborne ? 0 : 1,
      engaged: this.phase === 'offboard' ? 1 : 0,
      linkAgeMs: 20,
      ...place,
      northM: this.position.x,
      eastM: this.position.y,
      downM: this.position.z,
      velocityNorthMps: this.velocity.x,
      velocityEastMps: this.velocity.y,
      velocityDownMps: this.velocity.z,
      positionStdM: 0.3,
      batteryRemaining: this.battery,
      homeNorthM: this.home.x,
      homeEastM: this.home.y,
      homeDownM: this.home.z,
      planId: this.#trajectory?.planId ?? 0,
      planSource: 0,
      goalIssuer,
      goalEpoch,
      goalSequence,
      latched: this.#latched ? 1 : 0,
      orderNumber: this.#order?.number ?? 0,
    });
    return status;
  }
}
