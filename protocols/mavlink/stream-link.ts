import { Fault } from '../fault.ts';
import type { Frame } from './framer.ts';
import { Inbox } from './inbox.ts';
import type { VehicleLink } from './link.ts';

/** An open device or connection, as a door hands it over. */
export interface BytePipe {
  /** Never throws: an end is told by {@link PipeEvents.onEnd}. */
  write(bytes: Uint8Array): void;
  /** Bytes written that have not left yet. */
  readonly queuedBytes: number;
  close(): void;
}

export interface PipeEvents {
  onBytes(bytes: Uint8Array): void;
  /** Once at most, and nothing after it. */
  onEnd(why: Fault): void;
}

/** Opens the device or connection once. Throws the Fault that says why not. */
export type Dial = (events: PipeEvents) => Promise<BytePipe>;

/** Runs `action` after a while, unless it is cancelled. */
export type After = (delayMs: number, action: () => void) => () => void;

export interface StreamLinkOptions {
  /** The only system id whose frames are handed over; undefined hands over all. */
  sysid?: number | undefined;
  capacityFrames?: number;
  /**
   * Packets are dropped while more than this waits to leave: a setpoint that queues behind old ones
   * on a slow or blocked line would command the past.
   */
  queueLimitBytes?: number;
}

const DEFAULT_QUEUE_LIMIT_BYTES = 4096;

const FIRST_REDIAL_MS = 250;
const LONGEST_REDIAL_MS = 5000;

/** How long to wait before the next try: doubled at each failure, up to five seconds. */
export const redialDelayMs = (failures: number): number =>
  Math.min(LONGEST_REDIAL_MS, FIRST_REDIAL_MS * 2 ** Math.min(failures, 10));

/**
 * A vehicle link over something that may go and come back: a serial device that is unplugged, a TCP
 * connection. One pipe at a time; while there is none, `outage` says why, and sends are counted as failed.
 */
export class StreamLink implements VehicleLink {
  readonly #inbox: Inbox;
  readonly #queueLimitBytes: number;
  readonly #onClose: () => Promise<void> | void;
  #pipe: BytePipe | undefined;
  #attached = 0;
  #outage: Fault | undefined;
  #closed: Promise<void> | undefined;

  /** @param onClose lets go of what the door holds besides the pipe. */
  constructor(options: StreamLinkOptions, onClose: () => Promise<void> | void) {
    this.#inbox = new Inbox(options);
    this.#queueLimitBytes = options.queueLimitBytes ?? DEFAULT_QUEUE_LIMIT_BYTES;
    this.#onClose = onClose;
  }

  get counts(): VehicleLink['counts'] {
    return this.#inbox.counts;
  }

  get outage(): Fault | undefined {
    return this.#outage;
  }

  get connected(): boolean {
    return this.#pipe !== undefined;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  attach(pipe: BytePipe): void {
    if (this.#attached > 0) this.#inbox.counts.reconnects += 1;
    this.#attached += 1;
    this.#pipe = pipe;
    this.#outage = undefined;
  }

  /** The pipe has ended, or could not be opened. */
  detach(why: Fault): void {
    this.#pipe = undefined;
    this.#outage = why;
    this.#inbox.cut();
  }

  hear(bytes: Uint8Array): void {
    if (this.#closed === undefined) this.#inbox.append(bytes);
  }

  /** Somebody else wanted in. */
  countForeign(): void {
    this.#inbox.counts.datagramsForeign += 1;
  }

  send(bytes: Uint8Array): void {
    if (this.#closed !== undefined) return;
    const pipe = this.#pipe;
    if (pipe === undefined || pipe.queuedBytes + bytes.length > this.#queueLimitBytes) {
      this.#inbox.counts.sendsFailed += 1;
      return;
    }
    pipe.write(bytes);
  }

  /** Lets go of the pipe, as if the other end had. */
  protected drop(why: Fault): void {
    this.#pipe?.close();
    this.detach(why);
  }

  receive(): Frame[] {
    return this.#closed === undefined ? this.#inbox.take() : [];
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#pipe?.close();
    this.#pipe = undefined;
    await this.#onClose();
  }
}

/**
 * A link whose pipe is opened now, or the dial's Fault thrown, and opened again with growing pauses
 * whenever it ends, until the link is closed.
 */
export const openDialledLink = async (
  dial: Dial,
  after: After,
  options: StreamLinkOptions,
): Promise<StreamLink> => {
  let cancel: (() => void) | undefined;
  let failures = 0;
  const link = new StreamLink(options, () => cancel?.());
  const connect = async (): Promise<void> => {
    let ended: Fault | undefined;
    const pipe = await dial({
      onBytes: (bytes) => {
        failures = 0;
        link.hear(bytes);
      },
      onEnd: (why) => {
        ended = why;
        if (link.connected) retry(why);
      },
    });
    if (link.closed) pipe.close();
    else if (ended === undefined) link.attach(pipe);
    else throw ended;
  };
  const retry = (why: Fault): void => {
    link.detach(why);
    if (link.closed) return;
    cancel = after(redialDelayMs(failures), () => {
      connect().catch((error: unknown) => retry(asFault(error)));
    });
    failures += 1;
  };
  await connect();
  return link;
};

const asFault = (error: unknown): Fault =>
  error instanceof Fault
    ? error
    : new Fault('link-failed', error instanceof Error ? error.message : String(error), {
        cause: error,
      });
