import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { Fault } from '#protocols/fault.ts';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { parseConnectionString, type LinkAddress } from '#protocols/mavlink/connection-string.ts';
import { companionHeartbeat } from '#protocols/mavlink/heartbeat.ts';
import type { VehicleLink } from '#protocols/mavlink/link.ts';
import { flightModeOf, isArmed } from '#protocols/mavlink/modes.ts';
import { openVehicleLink } from '#protocols/mavlink/open-link.ts';
import { openUdpHub } from '#protocols/mavlink/udp-hub.ts';
import { TOOL } from '#protocols/mavlink/vehicle-session.ts';
import { systemClock } from '#protocols/system-clock.ts';

/** An autopilot that was heard on a link. */
export interface HeardVehicle {
  sysid: number;
  /** MAV_AUTOPILOT: 12 is PX4. */
  autopilot: number;
  mode: string;
  armed: boolean;
}

/** A link behind which several vehicles are: a UDP port that all send to, or a router's serial or TCP end. */
export interface FleetLink {
  /** Those whose heartbeats came, by system id: listens a while after the first, at most `timeoutMs` for it. */
  find(timeoutMs: number): Promise<HeardVehicle[]>;
  /** Links to different vehicles may be open at the same time. */
  readonly parallel: boolean;
  /** The link to one vehicle. */
  open(sysid: number): Promise<VehicleLink>;
  close(): Promise<void>;
}

/** Three heartbeats of everybody. */
const LISTEN_MS = 3200;
const LOOK_MS = 20;
const HEARTBEAT_LOOKS = 1000 / LOOK_MS;

const SETTING = '--link, or stop the agent that holds it';

/** Door. Throws the Faults of `openUdpHub`; those of other kinds of links come from `find` and `open`. */
export const openFleetLink = async (address: LinkAddress): Promise<FleetLink> =>
  address.kind === 'udpin' && address.remote === undefined
    ? hubLink(address.local)
    : oneAtATime(address);

/** System ids on a link just opened. Throws the Fault `no-vehicle` (exit noLink) when there are none. */
export const sysidsOn = async (
  fleet: FleetLink,
  link: string,
  timeoutS: number,
): Promise<number[]> => {
  const found = await fleet.find(timeoutS * 1000);
  if (found.length > 0) return found.map(({ sysid }) => sysid);
  throw new Fault('no-vehicle', `no vehicle was heard on ${link} within ${timeoutS} s`, {
    exit: 'noLink',
    data: { link },
    remedy: 'Check the link: address and port, or device and baud rate, and that PX4 is running.',
  });
};

/** Opens a link to see who is on it, and closes it. Throws the Faults of the door and of {@link sysidsOn}. */
export const findSysids = async (link: string, timeoutS: number): Promise<number[]> => {
  const fleet = await openFleetLink(parseConnectionString(link, '--link'));
  try {
    return await sysidsOn(fleet, link, timeoutS);
  } finally {
    await fleet.close();
  }
};

const hubLink = async (local: { address: string; port: number }): Promise<FleetLink> => {
  const hub = await openUdpHub({ local, portSetting: SETTING });
  return {
    parallel: true,
    find: async (timeoutMs) => {
      const lanes = new Map<number, VehicleLink>();
      const lines = (): VehicleLink[] => {
        for (const sysid of hub.sysids) if (!lanes.has(sysid)) lanes.set(sysid, hub.link(sysid));
        return [...lanes.values()];
      };
      const found = await listen(lines, timeoutMs);
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
      return found;
    },
    open: (sysid) => Promise.resolve(hub.link(sysid)),
    close: () => hub.close(),
  };
};

const oneAtATime = (address: LinkAddress): FleetLink => ({
  parallel: false,
  find: async (timeoutMs) => {
    const link = await openVehicleLink(address, { setting: SETTING });
    const found = await listen(() => [link], timeoutMs);
    await link.close();
    return found;
  },
  open: (sysid) => openVehicleLink(address, { sysid, setting: SETTING }),
  close: () => Promise.resolve(),
});

/** Our heartbeats go out meanwhile: a router or a serial line may wait to hear us. */
const listen = async (lines: () => VehicleLink[], timeoutMs: number): Promise<HeardVehicle[]> => {
  const encoder = new Encoder(TOOL.sysid, TOOL.compid);
  const heard = new Map<number, HeardVehicle>();
  let endMs = systemClock.monotonicMs() + timeoutMs;
  for (let looks = 0; systemClock.monotonicMs() < endMs; looks += 1) {
    for (const line of lines()) {
      if (looks % HEARTBEAT_LOOKS === 0) line.send(encoder.encode(companionHeartbeat()));
      for (const frame of line.receive()) {
        const message = frame.compid === 1 ? decode(frame) : undefined;
        if (!(message instanceof Heartbeat) || message.autopilot === MavAutopilot.INVALID) continue;
        if (heard.size === 0) endMs = systemClock.monotonicMs() + LISTEN_MS;
        heard.set(frame.sysid, vehicleOf(frame.sysid, message));
      }
    }
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_MS);
    });
  }
  return [...heard.values()].sort((one, other) => one.sysid - other.sysid);
};

const vehicleOf = (
  sysid: number,
  { autopilot, baseMode, customMode }: Heartbeat,
): HeardVehicle => ({
  sysid,
  autopilot,
  mode:
    (autopilot === MavAutopilot.PX4 ? flightModeOf(customMode) : undefined) ??
    `0x${customMode.toString(16)}`,
  armed: isArmed(baseMode),
});
