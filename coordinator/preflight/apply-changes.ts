import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import type { ParameterChange } from '#agent/pilot/preflight/fixes.ts';
import { Fault } from '#protocols/fault.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';

/** A heartbeat older than this may be that of a vehicle that was armed since. */
const FRESH_MS = 2500;

/**
 * Sets and reads back, one after the other. Throws the Faults `vehicle-armed`, `parameter-not-set`
 * (both exit refused) and `vehicle-silent`; what was set before stays set.
 */
export const applyChanges = async (
  session: Pick<VehicleSession, 'status' | 'setParameter' | 'vehicle' | 'next'>,
  changes: readonly ParameterChange[],
): Promise<void> => {
  // Whether it is armed is only known from its next word.
  await session.next(Heartbeat, FRESH_MS);
  for (const { name, value } of changes) {
    requireDisarmed(session);
    const { result } = await session.setParameter(name, value);
    if (result === 'set' || result === 'unchanged') continue;
    throw new Fault('parameter-not-set', `drone ${session.vehicle.sysid} did not take ${name}`, {
      exit: 'refused',
      data: { sysid: session.vehicle.sysid, name, value, result },
      remedy:
        'Set it in a ground station; some parameters are locked by the airframe or a safety switch.',
    });
  }
};

/** Throws the Fault `vehicle-armed` (exit refused): parameters are never changed under turning motors. */
const requireDisarmed = (session: Pick<VehicleSession, 'status' | 'vehicle'>): void => {
  const { vehicle } = session;
  const { armed, heartbeatAgeMs } = session.status();
  if (!armed && heartbeatAgeMs < FRESH_MS) return;
  const why = armed ? 'is armed' : 'has not been heard for seconds';
  throw new Fault('vehicle-armed', `drone ${vehicle.sysid} ${why}: nothing is set`, {
    exit: 'refused',
    data: { sysid: vehicle.sysid, armed },
    remedy: 'Land and disarm it first.',
  });
};
