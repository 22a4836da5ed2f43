import { decode } from './codec.ts';
import type { Frame } from './framer.ts';
import { LinkCensus } from './link-census.ts';
import type { VehicleLink } from './link.ts';

/** A link that counts who speaks on it, so that what is wrong with it can be told (link-diagnosis.ts). */
export class ObservedLink implements VehicleLink {
  readonly census = new LinkCensus();
  readonly #link: VehicleLink;

  constructor(link: VehicleLink) {
    this.#link = link;
  }

  get counts(): VehicleLink['counts'] {
    return this.#link.counts;
  }

  get outage(): VehicleLink['outage'] {
    return this.#link.outage;
  }

  get strangers(): NonNullable<VehicleLink['strangers']> {
    return this.#link.strangers ?? [];
  }

  send(bytes: Uint8Array): void {
    this.#link.send(bytes);
  }

  receive(): Frame[] {
    const frames = this.#link.receive();
    for (const frame of frames) this.census.observe(frame, decode(frame));
    return frames;
  }

  relearn(): void {
    this.#link.relearn?.();
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
