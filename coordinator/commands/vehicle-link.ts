import { Fault } from '#protocols/fault.ts';
import { parseConnectionString } from '#protocols/mavlink/connection-string.ts';
import { openVehicleLink } from '#protocols/mavlink/open-link.ts';
import { startVehicleSession } from '#protocols/mavlink/start-vehicle-session.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { wholeNumber } from './context.ts';

/** Options of every command that speaks to one vehicle. */
export interface LinkFlags {
  link: string;
  sysid?: string;
  timeout: string;
}

/** Opens the link, finds the vehicle, does something with it, and closes the link whatever happens. */
export const withVehicle = async <T>(
  flags: LinkFlags,
  action: (session: VehicleSession) => Promise<T>,
): Promise<T> => {
  const address = parseConnectionString(flags.link, '--link');
  const sysid = flags.sysid === undefined ? undefined : wholeNumber(flags.sysid, '--sysid');
  const timeoutMs = wholeNumber(flags.timeout, '--timeout') * 1000;
  const link = await openVehicleLink(address, {
    sysid,
    setting: '--link, or stop the agent that holds it',
  });
  const shared = address.kind === 'udpin' && address.remote === undefined;
  const session = await startVehicleSession(link, systemClock, { sysid, timeoutMs, shared });
  try {
    return await action(session);
  } finally {
    await session.close();
  }
};

/** Throws the Fault `vehicle-armed` (exit refused): what the command does is for a vehicle at rest. */
export const refuseWhileArmed = (session: VehicleSession, what: string): void => {
  if (!session.status().armed) return;
  throw new Fault(
    'vehicle-armed',
    `${what} is refused: vehicle ${session.vehicle.sysid} is armed`,
    {
      exit: 'refused',
      data: { sysid: session.vehicle.sysid },
      remedy: 'Land and disarm it, or add --while-armed if you are sure.',
    },
  );
};
