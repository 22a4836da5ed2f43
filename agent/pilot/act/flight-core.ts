import { MavState } from 'mavlink-mappings/dist/lib/minimal.js';
import type { Order } from '#protocols/channel/order.ts';
import type { FlightPhase } from '#protocols/flight-phase.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { AutopilotStatus } from '#protocols/mavlink/heartbeat.ts';
import type { Trouble } from '#protocols/trouble.ts';
import type { Estimate } from '../estimate/estimate.ts';
import type { Telemetry } from '../estimate/telemetry.ts';
import { GivingWay } from '../guard/giving-way.ts';
import type { Guard, GuardVerdict } from '../guard/guard.ts';
import type { Situation } from '../guard/situation.ts';
import type { ParameterReadings } from '../preflight/input.ts';
import type { Authority } from './authority.ts';
import type { ControllerClock } from './controller-clock.ts';
import type { Controls } from './controls.ts';
import type { ModeReport } from './mode-watch.ts';

/** What a tick knows when the flight decides. */
export interface Readings {
  nowMs: number;
  telemetry: Readonly<Telemetry>;
  estimate: Readonly<Estimate>;
  status: Readonly<AutopilotStatus>;
  mode: Readonly<ModeReport>;
  verdict: Readonly<GuardVerdict>;
  situation: Readonly<Situation>;
  /** What is wrong with who speaks on the vehicle's link (PeerWatch). */
  peerTrouble: string | undefined;
  /** The link was listened to for long enough to know of a second autopilot. */
  peersKnown: boolean;
}

/** What must survive the pilot's death, beside the authority. Plain data. */
export interface FlightMemory {
  phase: FlightPhase;
  /** False since control was taken away (or never ours): until a resume or a newer goal. */
  owned: boolean;
  /** Why it is not. */
  lostBy: string;
  reason: string;
  order: Order | null;
  /** The order under which the last flight ended: it starts no second one. */
  spentOrder: number;
  /** Orders up to this one do not bring the drone back from a return. */
  leftAtOrder: number;
  /** PX4's local down at arming, m: the take-off is measured from there. */
  groundDownM: number;
  /** The mode that a return or landing was asked for from, until it shows, or in which it waits; null otherwise. */
  leftFrom: string | null;
  /** The flight controller's time since its boot, and ours when we saw it; null before the first. */
  controller: ControllerClock | null;
}

export const newFlightMemory = (): FlightMemory => ({
  phase: 'boot',
  owned: true,
  lostBy: '',
  reason: '',
  order: null,
  spentOrder: -1,
  leftAtOrder: -1,
  groundDownM: 0,
  leftFrom: null,
  controller: null,
});

/**
 * The state that the phases share. One owner at every moment: the agent owns the vehicle from its own
 * arming on; what it did not ask for makes it let go (docs/guard.md, control authority).
 */
export interface FlightCore {
  readonly sysid: number;
  /** The vehicle is a stand-in or SITL: the checks do not ask for what only hardware has. */
  readonly simulated: boolean;
  readonly authority: Authority;
  readonly controls: Controls;
  readonly guard: Guard;
  memory: FlightMemory;
  phaseSinceMs: number;
  /** Setpoints go out. */
  streaming: boolean;
  streamSinceMs: number;
  /** OFFBOARD has shown since the stream began. */
  engaged: boolean;
  /** The mode from which OFFBOARD was asked for: still seeing it is no foreign change. */
  engageFrom: string | undefined;
  /** It was a failsafe, which whoever let us ask for OFFBOARD has seen. */
  engageFailsafe: boolean;
  /** The mode that somebody else flies since we let go. */
  foreignMode: string | undefined;
  /** HEARTBEAT has shown the motors armed in this flight. */
  armedSeen: boolean;
  /** The phase that an earlier pilot process died in; undefined once it has been dealt with. */
  diedIn: FlightPhase | undefined;
  /** Parameters as read, with the mission's own, once the checks had nothing against them. */
  checked: ParameterReadings | undefined;
  /** What the last pre-flight check refused on; empty when it passed, or before the first. */
  refusals: readonly Trouble[];
  /** Not before this moment is arming tried again. */
  retryMs: number;
  /** When PX4 last missed our setpoints, by our own stall or by the link's, so that its failsafe is no surprise. */
  missedStreamMs: number;
  lastSetpointMs: number;
  /** An operator's resume or a newer goal has come and was not used yet. */
  released: boolean;
  /** A directive that demands action has come in this tick. */
  directed: boolean;
  rebootsSeen: number;
  /** Since when the flight controller's clock is behind what has passed; infinite while it is not. */
  clockOddSinceMs: number;
  /** Where it stood at arming by its own estimate, mission NED, m, down; not a number once the return layer is set by it. */
  standingDownM: number;
  /** The level that the return layer is counted from, mission NED, m, down; undefined: PX4's home. */
  levelDownM: number | undefined;
  /** On this way home it has been as high as its layer. */
  cameToLayer: boolean;
  readonly givingWay: GivingWay;
  /** On its way home: the member for which it waits, since when, since when nobody is in the way. */
  waitsFor: number | undefined;
  waitsSinceMs: number;
  clearSinceMs: number;
  /** Until then it waits for nobody any more. */
  pastUntilMs: number;
  /** PX4's take-off mode has shown in this take-off. */
  takeoffShown: boolean;
  /** Since when the landed state says that it stands; infinite while it does not. */
  groundSinceMs: number;
}

export const newFlightCore = (
  parts: Pick<FlightCore, 'sysid' | 'simulated' | 'authority' | 'controls' | 'guard' | 'memory'>,
  nowMs: number,
): FlightCore => ({
  ...parts,
  phaseSinceMs: nowMs,
  streaming: false,
  streamSinceMs: nowMs,
  engaged: false,
  engageFrom: undefined,
  engageFailsafe: false,
  foreignMode: undefined,
  armedSeen: false,
  diedIn: undefined,
  checked: undefined,
  refusals: [],
  retryMs: nowMs,
  missedStreamMs: Number.NEGATIVE_INFINITY,
  lastSetpointMs: Number.NEGATIVE_INFINITY,
  released: false,
  directed: false,
  rebootsSeen: 0,
  clockOddSinceMs: Number.POSITIVE_INFINITY,
  standingDownM: Number.NaN,
  levelDownM: undefined,
  cameToLayer: false,
  givingWay: new GivingWay(parts.sysid),
  waitsFor: undefined,
  waitsSinceMs: nowMs,
  clearSinceMs: Number.POSITIVE_INFINITY,
  pastUntilMs: Number.NEGATIVE_INFINITY,
  takeoffShown: false,
  groundSinceMs: Number.POSITIVE_INFINITY,
});

export const enter = (
  core: FlightCore,
  phase: FlightPhase,
  reason: string,
  nowMs: number,
): void => {
  if (core.memory.phase !== phase) core.phaseSinceMs = nowMs;
  core.memory.phase = phase;
  core.memory.reason = reason;
  if (phase !== 'returning') core.waitsFor = undefined;
};

export const goalOf = (order: Order): GoalId => ({
  issuer: order.goalIssuer,
  epoch: order.goalEpoch,
  sequence: order.goalSequence,
});

/** The order, while its goal's limits are in force. */
export const validOrder = (core: FlightCore): Order | undefined => {
  const { order } = core.memory;
  return order !== null && core.authority.permits(goalOf(order)) ? order : undefined;
};

/** Starts the setpoint stream; OFFBOARD is asked for a moment later (phases/engaged.ts). */
export const beginStream = (core: FlightCore, readings: Readings, reason: string): void => {
  const { nowMs, telemetry, mode, status } = readings;
  core.guard.resume(telemetry.velocityNed);
  core.streaming = true;
  core.streamSinceMs = nowMs;
  core.engaged = false;
  core.engageFrom = mode.mode;
  core.engageFailsafe = mode.failsafe || status.systemStatus >= MavState.CRITICAL;
  core.lastSetpointMs = nowMs;
  core.controls.forgetMode();
  enter(core, 'holding', reason, nowMs);
};

/** It is not ours any more, and does not become ours by itself. */
export const disown = ({ memory }: FlightCore, why: string): void => {
  if (memory.owned) memory.lostBy = why;
  memory.owned = false;
};

/** Control is somebody else's from now on: no stream, no commands. */
export const letGo = (core: FlightCore, readings: Readings, why: string): void => {
  core.streaming = false;
  core.engaged = false;
  core.controls.letGo();
  disown(core, why);
  core.released = false;
  core.foreignMode = readings.mode.mode;
  enter(core, readings.mode.failsafe ? 'failsafe' : 'yielded', why, readings.nowMs);
};

/**
 * Whether a mode that shows is the one that something else was asked for from: PX4 goes from where it
 * armed to its take-off, and from there to LOITER, by itself.
 */
export const isStill = (from: string | null | undefined, mode: string | undefined): boolean =>
  mode === from || (isOfClimb(from) && isOfClimb(mode));

const isOfClimb = (mode: string | null | undefined): boolean =>
  mode === 'AUTO_TAKEOFF' || mode === 'AUTO_LOITER';

/** PX4 flies home or lands; the stream goes on until the mode shows. */
export const leaveTo = (
  core: FlightCore,
  phase: 'returning' | 'landing',
  reason: string,
  readings: Readings,
): void => {
  core.memory.leftAtOrder = core.memory.order?.number ?? core.memory.leftAtOrder;
  core.engageFrom = readings.mode.mode;
  core.memory.leftFrom = readings.mode.mode ?? null;
  // A take-off that is still unanswered would be sent again, and overrule this.
  core.controls.resetActions();
  core.controls.wantMode(phase === 'returning' ? 'AUTO_RTL' : 'AUTO_LAND', readings.nowMs);
  core.waitsFor = undefined;
  core.cameToLayer = false;
  core.pastUntilMs = Number.NEGATIVE_INFINITY;
  enter(core, phase, reason, readings.nowMs);
};

/** On the ground with the motors off: this flight is over, and its order is spent. */
export const touchDown = (core: FlightCore, reason: string, nowMs: number): void => {
  core.streaming = false;
  core.engaged = false;
  core.armedSeen = false;
  core.controls.forgetMode();
  core.memory.spentOrder = Math.max(core.memory.spentOrder, core.memory.order?.number ?? -1);
  enter(core, 'landed', reason, nowMs);
};

/** Phases in which the motors turn, or should. */
const FLYING: ReadonlySet<FlightPhase> = new Set<FlightPhase>([
  'takeoff',
  'offboard',
  'holding',
  'returning',
  'landing',
  'yielded',
  'failsafe',
]);

export const isFlying = (phase: FlightPhase): boolean => FLYING.has(phase);
