import type { Stranger } from './link.ts';

/** A handful tells what is going on; a flood from made-up ports must cost nothing. */
const CAPACITY = 8;

const START_V2 = 0xfd;

/** Who else sends to a port that belongs to one vehicle: the last few, by address and port. */
export class StrangerTable {
  readonly #strangers = new Map<string, Stranger>();

  get list(): readonly Readonly<Stranger>[] {
    return [...this.#strangers.values()];
  }

  /** The bytes are only glanced at: nothing that a stranger sends is worth a checksum. */
  note(datagram: Uint8Array, source: { address: string; port: number }): void {
    const key = `${source.address} ${source.port}`;
    let stranger = this.#strangers.get(key);
    if (stranger === undefined) {
      if (this.#strangers.size >= CAPACITY) this.#forgetOldest();
      const { address, port } = source;
      stranger = { address, port, datagrams: 0, sysid: undefined };
      this.#strangers.set(key, stranger);
    }
    stranger.datagrams += 1;
    stranger.sysid = claimedSysid(datagram);
  }

  #forgetOldest(): void {
    const [oldest] = this.#strangers.keys();
    if (oldest !== undefined) this.#strangers.delete(oldest);
  }
}

const claimedSysid = (datagram: Uint8Array): number | undefined =>
  datagram.length >= 12 && datagram[0] === START_V2 ? datagram[5] : undefined;
