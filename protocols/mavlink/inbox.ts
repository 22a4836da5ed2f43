import { Framer } from './framer.ts';
import type { Frame } from './framer.ts';
import { newLinkCounts, type LinkCounts } from './link.ts';

/** 2.5 s of PX4's default onboard traffic (about 408 packets/s), at most 280 kB. */
const DEFAULT_CAPACITY_FRAMES = 1024;

interface InboxOptions {
  /** The only system id whose frames are kept; undefined keeps all. */
  sysid?: number | undefined;
  capacityFrames?: number;
}

/**
 * Turns one remote's bytes into frames and keeps the newest until the reader takes them.
 * A packet never spans datagrams (PX4 sends several whole ones in each), so half a packet at
 * a datagram's end is given up rather than joined to whatever comes next; a stream (serial, TCP) may
 * cut its packets anywhere.
 */
export class Inbox {
  readonly counts: LinkCounts = newLinkCounts();
  readonly #framer = new Framer();
  readonly #sysid: number | undefined;
  readonly #capacity: number;
  #frames: Frame[] = [];

  constructor({ sysid, capacityFrames = DEFAULT_CAPACITY_FRAMES }: InboxOptions = {}) {
    this.#sysid = sysid;
    this.#capacity = capacityFrames;
  }

  /** Takes one datagram; says how many frames of the wanted system were in it. */
  accept(datagram: Uint8Array): number {
    this.#framer.push(datagram);
    this.#framer.endDatagram();
    return this.#takeFrames(datagram.length);
  }

  /** Takes the next bytes of a stream, however they are cut. */
  append(bytes: Uint8Array): number {
    this.#framer.push(bytes);
    return this.#takeFrames(bytes.length);
  }

  /** The stream was interrupted: what comes next continues no packet. */
  cut(): void {
    this.#framer.endDatagram();
    this.#takeFrames(0);
  }

  #takeFrames(bytesReceived: number): number {
    const { counts } = this;
    let kept = 0;
    for (let frame = this.#framer.next(); frame !== undefined; frame = this.#framer.next()) {
      if (this.#sysid === undefined || frame.sysid === this.#sysid) {
        this.#frames.push(frame);
        kept += 1;
      } else {
        counts.framesForeign += 1;
      }
    }
    counts.bytesReceived += bytesReceived;
    counts.framesGood += kept;
    const { bytesSkipped, crcErrors, mavlink1Packets, unknownMessages } = this.#framer.counts;
    Object.assign(counts, { bytesSkipped, crcErrors, mavlink1Packets, unknownMessages });
    this.#forgetOldest();
    return kept;
  }

  /** The frames kept since the last call, oldest first. */
  take(): Frame[] {
    const frames = this.#frames.slice(-this.#capacity);
    this.counts.framesDropped += this.#frames.length - frames.length;
    this.#frames = [];
    return frames;
  }

  /** Cuts only when twice full, so that a reader who is away costs no shifting at each datagram. */
  #forgetOldest(): void {
    const excess = this.#frames.length - this.#capacity;
    if (excess < this.#capacity) return;
    this.#frames = this.#frames.slice(excess);
    this.counts.framesDropped += excess;
  }
}
