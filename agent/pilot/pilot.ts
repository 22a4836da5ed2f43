import type { Neighbour } from '#protocols/channel/neighbours.ts';
import type { Verify } from '#protocols/gossip/signing.ts';
import { publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { AutopilotTracker } from '#protocols/mavlink/heartbeat.ts';
import { HeartbeatWatchdog } from '#protocols/mavlink/heartbeat-watchdog.ts';
import type { Trouble } from '#protocols/trouble.ts';
import type { Commander } from '#protocols/gossip/roster-operators.ts';
import { Authority, type AuthorityState } from './act/authority.ts';
import { COMPANION_COMPID, Controls } from './act/controls.ts';
import { newFlightCore, type FlightCore, type FlightMemory } from './act/flight-core.ts';
import { Follower } from './act/follower.ts';
import { Discharge } from './estimate/discharge.ts';
import { Estimator } from './estimate/estimate.ts';
import { PeerWatch } from './estimate/peer-watch.ts';
import { TelemetryStore } from './estimate/telemetry.ts';
import { Traffic } from './estimate/traffic.ts';
import { Guard } from './guard/guard.ts';
import { limitsOf } from './guard/limits.ts';
import { emptySituation, type Situation } from './guard/situation.ts';
import { newPilotMemory, type PilotMemory } from './memory.ts';

/** By then PX4's own watch over OFFBOARD (COM_OF_LOSS_T, 1 s) is half-way to its failsafe. */
const HEARTBEAT_LIMITS = { hungAfterMs: 500, recoverMs: 1000 };

/** Everything that a pilot is made from; written into the record, so that a replay starts the same. */
export interface PilotStart {
  sysid: number;
  /** Operators' keys, raw Ed25519 in hex: believed until a roster comes. */
  operators: readonly { member: number; publicKeyHex: string }[];
  /** Whose rosters are taken, raw Ed25519 in hex; left out = nobody's. */
  authorityPublicKeyHex?: string;
  /** The vehicle is a stand-in or SITL. */
  simulated?: boolean;
  /** Monotonic ms at which this process began. */
  startMs: number;
  /** What an earlier process left; null for a first one. */
  memory: PilotMemory | null;
}

/** The pilot's whole state between two ticks. Only tick.ts looks inside. */
export interface Pilot {
  readonly sysid: number;
  readonly startMs: number;
  readonly core: FlightCore;
  readonly encoder: Encoder;
  readonly tracker: AutopilotTracker;
  readonly telemetry: TelemetryStore;
  readonly estimator: Estimator;
  readonly discharge: Discharge;
  readonly follower: Follower;
  readonly traffic: Traffic;
  readonly peers: PeerWatch;
  readonly situation: Situation;
  ticks: number;
  lastTickMs: number;
  operatorHeardMs: number;
  mindHeardMs: number;
  neighbours: Neighbour[];
  /** What the process found on the vehicle's link (LinkWatch). */
  linkTroubles: Trouble[];
  /** NaN until the vehicle's heading is known: then it is told not to turn. */
  yawSetpointRad: number;
  /** Jumps of PX4's frame that have been followed (Estimate). */
  shiftDownM: number;
  shiftHeadingRad: number;
  readonly watchdog: HeartbeatWatchdog;
  streamsAskedMs: number;
  streamsReboots: number;
  /** Why the last trajectory was not accepted; empty when it was. */
  refusal: string;
  /** The memory as it was handed out last, to see whether it has changed. */
  rememberedText: string;
  /** What it was made of: parts are replaced, never changed in place, so that identity tells. */
  remembered: { flight: FlightMemory; authority: AuthorityState } | undefined;
}

const commandersOf = (operators: PilotStart['operators']): Commander[] =>
  operators.flatMap(({ member, publicKeyHex }) => {
    const publicKey = publicKeyFromHex(publicKeyHex);
    return publicKey === undefined ? [] : [{ member, publicKey, precedence: 0 }];
  });

/** A pilot ready for its first tick. `verify` checks Ed25519 signatures; nothing else is handed in. */
export const createPilot = (start: PilotStart, verify: Verify): Pilot => {
  const memory = start.memory ?? newPilotMemory();
  const target = { sysid: start.sysid, compid: 1 };
  const authority = new Authority(
    start.sysid,
    {
      operators: commandersOf(start.operators),
      authorityKey: publicKeyFromHex(start.authorityPublicKeyHex ?? ''),
      verify,
    },
    memory.authority,
  );
  const core = newFlightCore(
    {
      sysid: start.sysid,
      simulated: start.simulated === true,
      authority,
      controls: new Controls(target),
      guard: new Guard(),
      memory: { ...memory.flight, phase: 'boot' },
    },
    start.startMs,
  );
  core.diedIn = start.memory === null ? undefined : memory.flight.phase;
  const telemetry = new TelemetryStore();
  const estimator = new Estimator();
  const pilot: Pilot = {
    sysid: start.sysid,
    startMs: start.startMs,
    core,
    encoder: new Encoder(start.sysid, COMPANION_COMPID),
    tracker: new AutopilotTracker(start.sysid),
    telemetry,
    estimator,
    discharge: new Discharge(),
    follower: new Follower(),
    traffic: new Traffic(start.sysid),
    peers: new PeerWatch(start.sysid),
    situation: emptySituation(estimator.at(telemetry.latest, start.startMs)),
    ticks: 0,
    lastTickMs: start.startMs,
    // The clocks of all lost links start with the process: an old contact must not send it home at once.
    operatorHeardMs: start.startMs,
    mindHeardMs: start.startMs,
    neighbours: [],
    linkTroubles: [],
    yawSetpointRad: Number.NaN,
    shiftDownM: 0,
    shiftHeadingRad: 0,
    watchdog: new HeartbeatWatchdog(HEARTBEAT_LIMITS),
    streamsAskedMs: Number.NEGATIVE_INFINITY,
    streamsReboots: 0,
    refusal: '',
    rememberedText: '',
    remembered: undefined,
  };
  takeLimits(pilot);
  return pilot;
};

/** A goal has come, or was remembered: everyone's frame and limits. */
export const takeLimits = (pilot: Pilot): void => {
  const { safety } = pilot.core.authority;
  if (safety === undefined) return;
  pilot.estimator.setOrigin(safety.origin);
  pilot.traffic.setOrigin(safety.origin);
  pilot.situation.limits = limitsOf(safety);
};
