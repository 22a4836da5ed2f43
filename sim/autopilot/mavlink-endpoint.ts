import type { Frame } from '#protocols/mavlink/framer.ts';
import { EventLog } from './events/event-log.ts';
import { MavlinkLink, type MavlinkLinkOptions } from './mavlink-link.ts';
import { Announcements } from './telemetry/announcements.ts';
import type { LinkKind } from './telemetry/stream-catalogue.ts';
import { TransponderReports } from './transponder-reports.ts';

export interface MavlinkEndpointOptions extends Omit<
  MavlinkLinkOptions,
  'kind' | 'events' | 'reports'
> {
  /** Whether the vehicle has a link to a ground station besides the one to its companion. */
  groundLink: boolean;
}

/** Datagrams to send, by link. */
export type OutgoingDatagrams = Record<LinkKind, readonly Uint8Array[]>;

const NOTHING: readonly Uint8Array[] = [];

/**
 * The vehicle's MAVLink side: frames in, datagrams out, nothing else. It answers as PX4 does: silent
 * to what is not addressed to it, acks within milliseconds, text only to a ground station. Its links
 * hand on to each other what their peers say to all.
 */
export class MavlinkEndpoint {
  readonly #onboard: MavlinkLink;
  readonly #ground: MavlinkLink | undefined;
  readonly #announcements: Announcements;
  readonly #reports = new TransponderReports();
  readonly #outgoing: OutgoingDatagrams = { onboard: NOTHING, ground: NOTHING };

  /** `rates` are the onboard link's. */
  constructor({ groundLink, rates = {}, ...options }: MavlinkEndpointOptions) {
    const { autopilot } = options.instruments;
    const events = new EventLog(autopilot.situation.profile);
    const shared = { ...options, events, reports: this.#reports };
    this.#onboard = new MavlinkLink({ ...shared, rates, kind: 'onboard' });
    if (groundLink) this.#ground = new MavlinkLink({ ...shared, kind: 'ground' });
    this.#announcements = new Announcements(autopilot, events);
  }

  /** Takes what came on a link. */
  receive(frames: readonly Frame[], kind: LinkKind): void {
    const [from, other] =
      kind === 'onboard' ? [this.#onboard, this.#ground] : [this.#ground, this.#onboard];
    const toAll = from?.receive(frames) ?? [];
    if (other !== undefined) for (const frame of toAll) other.relay(frame);
  }

  /** Everything to be sent at this time since boot, packed into datagrams. The next step overwrites it. */
  step(nowMs: number): Readonly<OutgoingDatagrams> {
    const news = this.#announcements.take(nowMs);
    const reports = this.#reports.take();
    this.#outgoing.onboard = this.#onboard.step(nowMs, news, reports);
    this.#outgoing.ground = this.#ground?.step(nowMs, news, reports) ?? NOTHING;
    return this.#outgoing;
  }
}
