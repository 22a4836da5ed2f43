import { Fault } from '#protocols/fault.ts';
import { startVehicleSession } from '#protocols/mavlink/start-vehicle-session.ts';
import { openUdpLink, type UdpAddress } from '#protocols/mavlink/udp.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { wholeNumber } from './context.ts';

/** Options of every command that speaks to one vehicle. */
export interface LinkFlags {
  link: string;
  sysid?: string;
  timeout: string;
}

const udpAddressOf = (link: string): UdpAddress => {
  const match = /^udp:\/\/(\[[0-9a-f:.]+\]|[0-9.]+):(\d{1,5})$/iu.exec(link);
  if (match !== null) {
    return { address: match[1]!.replaceAll(/[[\]]/gu, ''), port: Number(match[2]) };
  }
  throw new Fault('link-invalid', `--link ${link} is no link`, {
    exit: 'usage',
    data: { link },
    remedy: `Write the address and port where the vehicle sends to, for example udp://127.0.0.1:14540.`,
  });
};

/** Opens the link, finds the vehicle, does something with it, and closes the link whatever happens. */
export const withVehicle = async <T>(
  flags: LinkFlags,
  action: (session: VehicleSession) => Promise<T>,
): Promise<T> => {
  const local = udpAddressOf(flags.link);
  const sysid = flags.sysid === undefined ? undefined : wholeNumber(flags.sysid, '--sysid');
  const timeoutMs = wholeNumber(flags.timeout, '--timeout') * 1000;
  const link = await openUdpLink({
    local,
    portSetting: '--link, or stop the agent that holds it',
    ...(sysid === undefined ? {} : { sysid }),
  });
  const session = await startVehicleSession(link, systemClock, { sysid, timeoutMs });
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
