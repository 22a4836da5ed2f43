import type { Frame } from '#protocols/mavlink/framer.ts';
import { MavlinkLink, type MavlinkLinkOptions } from './mavlink-link.ts';
import { Announcements } from './telemetry/announcements.ts';

/**
 * The vehicle's MAVLink side: frames in, datagrams out, nothing else. It answers as PX4 does: silent
 * to what is not addressed to it, acks within milliseconds, text only to a ground station.
 */
export class MavlinkEndpoint {
  readonly #onboard: MavlinkLink;
  readonly #announcements: Announcements;

  constructor(options: MavlinkLinkOptions) {
    this.#onboard = new MavlinkLink(options);
    this.#announcements = new Announcements(options.instruments.autopilot);
  }

  /** Takes what came from the companion. */
  receive(frames: readonly Frame[]): void {
    this.#onboard.receive(frames);
  }

  /** Everything to be sent to the companion at this time since boot, packed into datagrams. */
  step(nowMs: number): Uint8Array[] {
    return this.#onboard.step(nowMs, this.#announcements.take());
  }
}
