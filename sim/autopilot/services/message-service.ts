import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Geodetic } from '#protocols/frames.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Instruments } from '../telemetry/instruments.ts';
import type { Streams } from '../telemetry/streams.ts';

/** The autopilot's component id (MAV_COMP_ID_AUTOPILOT1). */
export const AUTOPILOT_COMPID = 1;

/** What a service may use. One for each link: what it sends goes out on that link only. */
export interface ServiceContext {
  readonly sysid: number;
  readonly instruments: Instruments;
  /** The link's telemetry streams and their rates. */
  readonly streams: Streams;
  /** The vehicle's events, the same for all links. */
  readonly events: EventLog;
  /** Sends on this link, in order; encoded at once, so that a message object may be filled anew. */
  send(message: MavLinkData): void;
  /** The vehicle's local NED of a WGS-84 position. */
  localOf(position: Geodetic): Vector3;
  /** Puts the origin of the estimator's local frame there; the vehicle stays where it is on earth. */
  moveOrigin(position: Geodetic): void;
}

/**
 * One group of MAVLink messages and how PX4 answers them, on one link. To add one: write a class with a
 * {@link ServiceContext} in its constructor, and list it in `link-services.ts`.
 */
export interface MessageService {
  /**
   * Takes a message that came on the link; false when it is not this service's kind. A message of
   * the right kind for somebody else is taken and ignored. `message` is undefined for an id
   * that mavlink-mappings does not define: read `frame.payload` (zeros at its end may be cut off).
   */
  receive(message: MavLinkData | undefined, frame: Frame): boolean;
  /** Called every 4 ms with the time since boot, after all messages of the step have been received. */
  step?(nowMs: number): void;
}

interface Addressed {
  targetSystem: number;
  targetComponent: number;
}

/** Whether the autopilot `sysid` is meant, by name or by a broadcast (0). */
export const isFor = (sysid: number, { targetSystem, targetComponent }: Addressed): boolean =>
  (targetSystem === 0 || targetSystem === sysid) &&
  (targetComponent === 0 || targetComponent === AUTOPILOT_COMPID);
