import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from './framer.ts';
import { SequenceWatch } from './sequence-watch.ts';

/** MAV_COMP_ID_AUTOPILOT1. */
const AUTOPILOT_COMPID = 1;

/** An autopilot that was heard on a link. */
export interface HeardAutopilot {
  sysid: number;
  /** MAV_AUTOPILOT of its last heartbeat. */
  autopilot: number;
  heartbeats: number;
  /** The kind of autopilot changed between heartbeats: two of them share the id. */
  changed: boolean;
}

/** Who speaks on a link, by system id: at most 256, so bounded by MAVLink itself. */
export class LinkCensus {
  readonly #autopilots = new Map<number, HeardAutopilot>();
  readonly #sequences = new Map<number, SequenceWatch>();

  /** Takes every frame of the link with its decoded message, if it could be decoded. */
  observe(frame: Frame, message: MavLinkData | undefined): void {
    const { sysid, compid, sequence } = frame;
    if (compid !== AUTOPILOT_COMPID) return;
    let watch = this.#sequences.get(sysid);
    if (watch === undefined) {
      watch = new SequenceWatch();
      this.#sequences.set(sysid, watch);
    }
    watch.observe(sequence);
    if (!(message instanceof Heartbeat) || message.autopilot === MavAutopilot.INVALID) return;
    const known = this.#autopilots.get(sysid);
    if (known === undefined) {
      const { autopilot } = message;
      this.#autopilots.set(sysid, { sysid, autopilot, heartbeats: 1, changed: false });
      return;
    }
    known.heartbeats += 1;
    known.changed ||= known.autopilot !== message.autopilot;
    known.autopilot = message.autopilot;
  }

  get autopilots(): readonly Readonly<HeardAutopilot>[] {
    return [...this.#autopilots.values()];
  }

  /** System ids under which two autopilots speak. */
  get twins(): number[] {
    return [...this.#sequences]
      .filter(([sysid, watch]) => watch.twins || this.#autopilots.get(sysid)?.changed === true)
      .map(([sysid]) => sysid);
  }
}
