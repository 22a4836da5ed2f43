import { openUdpLink, type UdpLink } from '#protocols/mavlink/udp.ts';
import type { Fleet } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';
import { DisplayLink } from './display-link.ts';

const LOOPBACK = '127.0.0.1';

/** PX4's own simulator sends from 40 ports above the display's: 19450 + N (px4-rc.mavlink). */
const SENDER_ABOVE = 40;

/** The display links of all stand-ins; none unless the scenario wants them. */
export class Displays {
  readonly #links: { display: DisplayLink; link: UdpLink }[] = [];

  /** Throws the Faults of the UDP door. */
  async open({ display, displayPort, origin }: Scenario, fleet: Fleet): Promise<void> {
    if (!display) return;
    for (const sysid of fleet.sysids) {
      const port = displayPort + sysid - 1;
      const link = await openUdpLink({
        local: { address: LOOPBACK, port: port + SENDER_ABOVE },
        remote: { address: LOOPBACK, port },
        portSetting: '"displayPort" in the scenario',
      });
      this.#links.push({ display: new DisplayLink(fleet.vehicle(sysid)!, origin), link });
    }
  }

  /** After each step of the fleet. */
  step(): void {
    for (const { display, link } of this.#links) {
      for (const packet of display.step()) link.send(packet);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#links.map(({ link }) => link.close()));
  }
}
