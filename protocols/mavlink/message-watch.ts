import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';

/** A message and when it came. */
export interface Heard<T extends MavLinkData> {
  message: T;
  atMs: number;
}

interface Watch {
  msgid: number;
  deadlineMs: number;
  resolve: (message: MavLinkData | undefined) => void;
}

const NO_MESSAGE = -1;

/** The newest message of each kind, and promises of the next one. */
export class MessageWatch {
  readonly #latest = new Map<number, Heard<MavLinkData>>();
  #watches: Watch[] = [];

  /** Somebody waits. */
  get waiting(): boolean {
    return this.#watches.length > 0;
  }

  latest<T extends MavLinkData>(kind: MavLinkDataConstructor<T>): Heard<T> | undefined {
    return this.#latest.get(kind.MSG_ID) as Heard<T> | undefined;
  }

  /** Undefined when none comes before the deadline. */
  next<T extends MavLinkData>(
    kind: MavLinkDataConstructor<T>,
    deadlineMs: number,
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      const watch = { msgid: kind.MSG_ID, deadlineMs, resolve: resolve as Watch['resolve'] };
      this.#watches.push(watch);
    });
  }

  /** Until a time has passed. */
  async pause(deadlineMs: number): Promise<void> {
    await new Promise((resolve) => {
      this.#watches.push({ msgid: NO_MESSAGE, deadlineMs, resolve });
    });
  }

  hear(message: MavLinkData, msgid: number, nowMs: number): void {
    this.#latest.set(msgid, { message, atMs: nowMs });
    this.#release((watch) => watch.msgid === msgid, message);
  }

  /** Gives up on what did not come in time. */
  expire(nowMs: number): void {
    this.#release(({ deadlineMs }) => nowMs >= deadlineMs);
  }

  #release(which: (watch: Watch) => boolean, message?: MavLinkData): void {
    if (this.#watches.length === 0) return;
    const over = this.#watches.filter(which);
    this.#watches = this.#watches.filter((watch) => !which(watch));
    for (const { resolve } of over) resolve(message);
  }
}
