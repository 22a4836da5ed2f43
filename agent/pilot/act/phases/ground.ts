import { heardCharge } from '../../estimate/charge.ts';
import { insideFence, limitsOf } from '../../guard/limits.ts';
import { letGo, validOrder } from '../flight-core.ts';
import type { FlightCore, Readings } from '../flight-core.ts';
import { beginArming } from './arming.ts';

/** On top of the reserve: taking off only to return at once helps nobody. */
const LEAST_ABOVE_RESERVE = 0.1;

/** Lower than this a take-off is none, m; nearer than this below the ceiling it would break it. */
const LEAST_HEIGHT_M = 1.5;

/** One standard deviation; beyond, homes 10 m apart cannot be told apart. */
const VAGUEST_START_M = 2;

/** Why the drone may not take off now; undefined when it may. */
const refusal = (core: FlightCore, readings: Readings): string | undefined => {
  const { status, telemetry, estimate, verdict, nowMs } = readings;
  const { authority, memory } = core;
  if (!memory.owned) return `taken away (${memory.lostBy}): resume or a newer goal`;
  if (authority.latched) return 'aborted: needs a newer goal';
  if (authority.standing !== 'none') return `operator says ${authority.standing}`;
  const safety = authority.safety;
  if (validOrder(core) === undefined || safety === undefined) return 'no limits for this goal';
  if (!safety.fleet.includes(core.sysid)) return 'not of this fleet';
  if (nowMs < core.retryMs) return memory.reason;
  if (readings.peerTrouble !== undefined) return readings.peerTrouble;
  if (!status.connected) return 'autopilot silent';
  // Two with one system id would both take off: a pilot that has just begun cannot tell yet.
  if (!readings.peersKnown) return 'listening for a second autopilot';
  if (!estimate.valid || estimate.ageMs > 500) return 'no position';
  if (estimate.positionStdM > VAGUEST_START_M) return 'position too vague';
  const { x, y } = estimate.positionNed;
  if (!insideFence(limitsOf(safety), x, y)) return 'outside the fence';
  const topM = memory.order!.heightM - estimate.positionNed.z;
  if (!(memory.order!.heightM >= LEAST_HEIGHT_M && topM <= safety.maxHeightM - LEAST_HEIGHT_M)) {
    return 'take-off height outside the limits';
  }
  const charge = heardCharge(telemetry, nowMs);
  if (Number.isNaN(charge)) return 'battery: charge not known';
  if (!(charge >= safety.batteryReserve + LEAST_ABOVE_RESERVE)) return 'battery too low';
  if (verdict.reasons.includes('traffic')) return 'traffic near';
  // What would send it home at once keeps it here.
  const doomed = verdict.action === 'return' || verdict.action === 'land';
  return doomed ? (verdict.reasons[0] ?? verdict.action) : undefined;
};

/** standby and landed: wait for an order to fly. */
export const onGround = (core: FlightCore, readings: Readings): void => {
  const { status } = readings;
  const { memory } = core;
  if (core.released) {
    core.released = false;
    memory.owned = true;
  }
  core.directed = false;
  if (status.armed) {
    if (memory.owned) letGo(core, readings, 'armed by another');
    return;
  }
  const { order } = memory;
  if (order?.kind !== 'fly' || order.number <= memory.spentOrder) return;
  const why = refusal(core, readings);
  if (why !== undefined) {
    memory.reason = why;
    return;
  }
  beginArming(core, readings);
};
