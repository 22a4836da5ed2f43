import { Fault } from '../fault.ts';
import type { Clock } from '../time.ts';
import { companionHeartbeat } from './heartbeat.ts';
import { decode, Encoder } from './codec.ts';
import type { VehicleLink } from './link.ts';
import { VehicleSearch } from './vehicle-search.ts';
import { TOOL, VehicleSession } from './vehicle-session.ts';

/** An item of a plan goes each pump: 500 of them in some 3 s. */
const PUMP_MS = 5;
const HEARTBEAT_PUMPS = 1000 / PUMP_MS;

interface SessionOptions {
  /** The vehicle meant; undefined takes the only one on the link. */
  sysid?: number | undefined;
  /** How long to wait for its heartbeat. */
  timeoutMs?: number;
  /** The link hears whoever spoke first: where others send too, the vehicle must be named. */
  shared?: boolean;
}

/**
 * Door: finds the vehicle on a link and pumps a session with it until it is closed. Throws the
 * Faults of {@link VehicleSearch}; the link is closed then.
 */
export const startVehicleSession = async (
  link: VehicleLink,
  clock: Clock,
  { sysid, timeoutMs = 5000, shared = true }: SessionOptions = {},
): Promise<VehicleSession> => {
  try {
    const vehicle = await findVehicle(link, clock, timeoutMs, sysid);
    if (shared && sysid === undefined && link.counts.datagramsForeign > 0) {
      throw severalSenders(vehicle.sysid, link.strangers ?? []);
    }
    const session = new VehicleSession(link, vehicle);
    session.pump(clock.monotonicMs());
    const timer = setInterval(() => {
      if (session.closed) clearInterval(timer);
      else session.pump(clock.monotonicMs());
    }, PUMP_MS);
    return session;
  } catch (error) {
    await link.close();
    throw error;
  }
};

/** Heartbeats go out meanwhile: PX4 learns its peer from them, and a serial link may wait to hear us. */
const findVehicle = async (
  link: VehicleLink,
  clock: Clock,
  timeoutMs: number,
  sysid: number | undefined,
): Promise<VehicleSession['vehicle']> => {
  const search = new VehicleSearch(sysid);
  const encoder = new Encoder(TOOL.sysid, TOOL.compid);
  const endMs = clock.monotonicMs() + timeoutMs;
  for (let pumps = 0; ; pumps += 1) {
    const nowMs = clock.monotonicMs();
    if (pumps % HEARTBEAT_PUMPS === 0) link.send(encoder.encode(companionHeartbeat()));
    for (const frame of link.receive()) search.hear(frame, decode(frame), nowMs);
    const vehicle = search.found(nowMs);
    if (vehicle !== undefined) return vehicle;
    if (nowMs >= endMs) throw search.failure(timeoutMs);
    await new Promise((resolve) => {
      setTimeout(resolve, PUMP_MS);
    });
  }
};

/** A link hears its first sender only: on a port that several vehicles share, chance would choose. */
const severalSenders = (sysid: number, strangers: NonNullable<VehicleLink['strangers']>): Fault => {
  const claimed = strangers.flatMap((one) => (one.sysid === undefined ? [] : [one.sysid]));
  const sysids = [...new Set([sysid, ...claimed])].sort((one, other) => one - other).join(', ');
  return new Fault('several-vehicles', `several vehicles send to this port: ${sysids}`, {
    exit: 'usage',
    data: { sysids },
    remedy: `Say which one you mean, for example --sysid ${sysid}, or --all.`,
  });
};
