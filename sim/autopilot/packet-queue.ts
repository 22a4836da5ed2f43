/** Several packets share a datagram, up to what fits an Ethernet frame. */
const DATAGRAM_BYTES = 1400;

const NOTHING: readonly Uint8Array[] = [];

/** Packs packets into datagrams, in order. */
export class PacketQueue {
  #datagrams: Uint8Array[] = [];
  #packets: Uint8Array[] = [];
  #bytes = 0;

  push(packet: Uint8Array): void {
    if (this.#bytes + packet.length > DATAGRAM_BYTES) this.#close();
    this.#packets.push(packet);
    this.#bytes += packet.length;
  }

  /** All datagrams since the last call. */
  take(): readonly Uint8Array[] {
    this.#close();
    if (this.#datagrams.length === 0) return NOTHING;
    const datagrams = this.#datagrams;
    this.#datagrams = [];
    return datagrams;
  }

  #close(): void {
    if (this.#packets.length === 0) return;
    this.#datagrams.push(
      this.#packets.length === 1 ? this.#packets[0]! : Buffer.concat(this.#packets),
    );
    this.#packets = [];
    this.#bytes = 0;
  }
}
