import type { VehicleLink } from '#protocols/mavlink/link.ts';

/** What keeps a vehicle's link from being heard, with its remedy; empty while all is well. */
export const linkInWords = (
  { counts, outage, strangers = [] }: Pick<VehicleLink, 'counts' | 'outage' | 'strangers'>,
  sysid: number,
): string => {
  if (outage !== undefined) return outage.message;
  if (counts.framesGood > 0) return claimants(strangers, sysid);
  if (counts.mavlink1Packets > 0) return 'MAVLink 1 only: set MAV_PROTO_VER to 2';
  if (counts.framesForeign > 0) {
    return `other system ids only: set MAV_SYS_ID to ${sysid}, or the agent's sysid to the vehicle's`;
  }
  if (counts.unknownMessages > 0) return 'messages of an unknown dialect only';
  if (counts.bytesReceived > 0) return 'noise only: check the baud rate, or signing';
  const [other] = strangers;
  if (other !== undefined) {
    return `silent, but ${other.address}:${other.port} sends here: check the vehicle's address`;
  }
  return 'silent: check power, cable, address and port';
};

/** Somebody else who says that he is our vehicle: never heard, and worth a word. */
const claimants = (strangers: NonNullable<VehicleLink['strangers']>, sysid: number): string => {
  const one = strangers.find((stranger) => stranger.sysid === sysid);
  return one === undefined
    ? ''
    : `${one.address}:${one.port} claims to be system ${sysid}: not heard`;
};
