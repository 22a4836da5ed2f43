import { nedFromGeodetic, type Origin } from '#protocols/frames.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import type { TubeKnot } from '#protocols/gossip/tube.ts';
import { horizontalDistance, vector3, type Vector3 } from '#protocols/vector.ts';

import { MAX_PLAN_NEIGHBOURS, type NeighbourTube } from '../plan-port.ts';
import { isAirborne, type HeardIntent, type MemberView, type Members } from '../swarm/members.ts';

/** A drone that fell silent in the air is taken to be about where it was for so long. */
const REMEMBER_MS = 60_000;
/** Promises older than this after their end say nothing better than the beacon does. */
const INTENT_STALE_MS = 3000;
/** How fast the place of a drone that says nothing grows uncertain, and up to where. */
const GROWTH_MPS = 0.5;
const MAX_GROWTH_M = 8;
/** Allowance for the vehicle's size and its tracking error. */
const BODY_M = 1;
const KNOT_MS = 500;
const COAST_KNOTS = 7;

const growthM = (ageMs: number): number =>
  Math.min(MAX_GROWTH_M, (GROWTH_MPS * Math.max(0, ageMs)) / 1000);

/** The promise as heard, wider by the clocks' disagreement and, once over, by its age. */
const promised = (
  member: number,
  intent: HeardIntent,
  maxSpeedMps: number,
  nowMs: number,
): NeighbourTube => {
  const endMs = intent.startMs + intent.knotMs * (intent.knots.length - 1);
  const wider = (maxSpeedMps * intent.clockErrorMs) / 1000 + growthM(nowMs - endMs);
  return {
    member,
    startMs: intent.startMs,
    knotMs: intent.knotMs,
    knots: intent.knots.map((knot) => ({ ...knot, radiusM: knot.radiusM + wider })),
  };
};

export const beaconPosition = (origin: Origin, beacon: Beacon): Vector3 =>
  nedFromGeodetic(origin, {
    latDeg: beacon.latE7 / 1e7,
    lonDeg: beacon.lonE7 / 1e7,
    altAmslM: beacon.altAmslCm / 100,
  });

/** From position and velocity alone: straight on, less and less certain. */
const coasting = (
  view: MemberView,
  beacon: Beacon,
  origin: Origin,
  nowMs: number,
): NeighbourTube => {
  const from = beaconPosition(origin, beacon);
  const [north, east, down] = beacon.velocityCmps;
  const silentM = growthM(nowMs - view.heardMs);
  const knots: TubeKnot[] = Array.from({ length: COAST_KNOTS }, (_, index) => {
    const seconds = (index * KNOT_MS) / 1000;
    return {
      x: from.x + (north / 100) * seconds,
      y: from.y + (east / 100) * seconds,
      z: from.z + (down / 100) * seconds,
      radiusM: BODY_M + (2 * beacon.positionStdCm) / 100 + seconds + silentM,
    };
  });
  return { member: view.member, startMs: view.beaconMs, knotMs: KNOT_MS, knots };
};

/** Where the other drones in the air will be, nearest first. */
export const neighbourTubes = (
  members: Members,
  origin: Origin,
  from: Vector3,
  maxSpeedMps: number,
  nowMs: number,
): NeighbourTube[] => {
  const tubes: NeighbourTube[] = [];
  for (const view of members.values()) {
    const { beacon, intent } = view;
    if (beacon === null || !isAirborne(beacon)) continue;
    if (nowMs - view.heardMs > REMEMBER_MS) continue;
    const endMs =
      intent === null ? -Infinity : intent.startMs + intent.knotMs * (intent.knots.length - 1);
    tubes.push(
      intent !== null && nowMs - endMs < INTENT_STALE_MS
        ? promised(view.member, intent, maxSpeedMps, nowMs)
        : coasting(view, beacon, origin, nowMs),
    );
  }
  const gapM = (tube: NeighbourTube): number => {
    const { x, y, z } = tube.knots[0]!;
    return horizontalDistance(vector3(x, y, z), from);
  };
  return tubes
    .sort((a, b) => gapM(a) - gapM(b) || a.member - b.member)
    .slice(0, MAX_PLAN_NEIGHBOURS);
};

/** FNV-1a twice over (member, plan) of the tubes that a plan took into account, 8 bytes. */
export const consideredDigest = (members: Members, tubes: readonly NeighbourTube[]): Uint8Array => {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  for (const half of [0, 1]) {
    let hash = 0x811c9dc5 + half;
    for (const tube of [...tubes].sort((a, b) => a.member - b.member)) {
      hash = Math.imul(hash ^ tube.member, 0x01000193);
      hash = Math.imul(hash ^ (members.get(tube.member)?.intent?.planId ?? 0), 0x01000193);
    }
    view.setUint32(4 * half, hash >>> 0, true);
  }
  return bytes;
};
