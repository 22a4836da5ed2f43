import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import type { ChannelName } from '#protocols/log/record.ts';
import { RecordSender } from '#protocols/log/sender.ts';
import type { Sized } from '#protocols/sized.ts';
import type { Companion, ProcessName } from './companion.ts';

/** A process's line to the recorder of its computer. */
export class RecordLine {
  readonly #companion: Companion;
  readonly #sender: RecordSender;

  constructor(companion: Companion, from: ProcessName) {
    this.#companion = companion;
    this.#sender = new RecordSender({
      senderStartMs: companion.clock.monotonicMs(),
      send: (batch) => {
        companion.send('recorder', MESSAGE_TYPE.records, batch, from);
        return true;
      },
    });
  }

  add(channel: ChannelName, monotonicMs: number, payload: Uint8Array): void {
    this.#sender.add(channel, monotonicMs, this.#companion.clock.unixUs(), payload);
  }

  get size(): Sized {
    return this.#sender.size;
  }

  flush(): void {
    this.#sender.flush();
  }

  acknowledge(payload: Uint8Array): void {
    this.#sender.acknowledge(payload);
  }

  /** The recorder began anew: what it has not on disk goes out again. */
  reconnected(): void {
    this.#sender.reconnected();
  }
}
