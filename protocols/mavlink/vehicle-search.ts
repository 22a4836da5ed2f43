import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { Fault } from '../fault.ts';
import type { Component } from './command.ts';
import type { Frame } from './framer.ts';

/** MAV_COMP_ID_AUTOPILOT1: PX4 forwards other components' heartbeats on the same link. */
const AUTOPILOT_COMPID = 1;

/** Other vehicles on the link must have had the time to say so: three heartbeats. */
const LISTEN_MS = 1200;

/** Names of MAV_AUTOPILOT that people know; others are shown by number. */
const AUTOPILOT_NAMES: Readonly<Record<number, string>> = {
  [MavAutopilot.GENERIC]: 'a generic autopilot',
  [MavAutopilot.ARDUPILOTMEGA]: 'ArduPilot',
};

/**
 * Finds the one PX4 at the other end of a link by its heartbeats. With a system id given it waits
 * for that vehicle; without, for whoever is there, and it listens long enough to see a second one.
 */
export class VehicleSearch {
  readonly #sysid: number | undefined;
  readonly #vehicles = new Set<number>();
  readonly #others = new Map<number, number>();
  #framesHeard = 0;
  #firstMs = Number.POSITIVE_INFINITY;

  constructor(sysid?: number) {
    this.#sysid = sysid;
  }

  hear(frame: Frame, message: MavLinkData | undefined, nowMs: number): void {
    this.#framesHeard += 1;
    if (!(message instanceof Heartbeat) || frame.compid !== AUTOPILOT_COMPID) return;
    if (message.autopilot === MavAutopilot.PX4) {
      this.#vehicles.add(frame.sysid);
      this.#firstMs = Math.min(this.#firstMs, nowMs);
    } else if (message.autopilot !== MavAutopilot.INVALID) {
      this.#others.set(frame.sysid, message.autopilot);
    }
  }

  /** The vehicle, once it is certain. Throws the Fault `several-vehicles` (exit usage). */
  found(nowMs: number): Component | undefined {
    if (this.#sysid !== undefined) {
      return this.#vehicles.has(this.#sysid)
        ? { sysid: this.#sysid, compid: AUTOPILOT_COMPID }
        : undefined;
    }
    if (nowMs - this.#firstMs < LISTEN_MS || this.#vehicles.size === 0) return undefined;
    const [sysid, ...more] = [...this.#vehicles].sort((one, other) => one - other);
    if (more.length === 0) return { sysid: sysid!, compid: AUTOPILOT_COMPID };
    const sysids = [sysid, ...more].join(', ');
    throw new Fault('several-vehicles', `the link has ${1 + more.length} vehicles: ${sysids}`, {
      exit: 'usage',
      data: { sysids },
      remedy: `Say which one you mean, for example --sysid ${sysid}, or --all.`,
    });
  }

  /** What to say when time is up: nobody there, somebody else there, or no MAVLink at all. */
  failure(timeoutMs: number): Fault {
    const waitedS = Math.round(timeoutMs / 100) / 10;
    const wanted = this.#sysid === undefined ? 'a PX4 vehicle' : `vehicle ${this.#sysid}`;
    const [stranger] = this.#others;
    if (this.#vehicles.size > 0) {
      const sysids = [...this.#vehicles].join(', ');
      return new Fault('no-vehicle', `${wanted} was not heard; the link has ${sysids}`, {
        exit: 'noLink',
        data: { sysids },
        remedy: `Use --sysid ${[...this.#vehicles][0]}, or set MAV_SYS_ID on the vehicle.`,
      });
    }
    if (stranger !== undefined) {
      const [sysid, autopilot] = stranger;
      const name = AUTOPILOT_NAMES[autopilot] ?? `autopilot ${autopilot}`;
      return new Fault('not-px4', `system ${sysid} is ${name}, not PX4`, {
        exit: 'refused',
        data: { sysid, autopilot },
        remedy:
          'Skein flies PX4 1.15 or newer: its modes, offboard setpoints and bytewise parameters are not those of other autopilots.',
      });
    }
    if (this.#framesHeard > 0) {
      return new Fault(
        'no-autopilot',
        `${this.#framesHeard} packets came, no autopilot's heartbeat`,
        {
          exit: 'noLink',
          data: { frames: this.#framesHeard },
          remedy: 'Check that the link ends at the flight controller, and that it sends HEARTBEAT.',
        },
      );
    }
    return new Fault('no-vehicle', `${wanted} was not heard within ${waitedS} s`, {
      exit: 'noLink',
      data: { waitedS },
      remedy: 'Check the link: address and port, or device and baud rate, and that PX4 is running.',
    });
  }
}
