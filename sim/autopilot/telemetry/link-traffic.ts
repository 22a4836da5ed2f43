/** What one link carried, for LINK_NODE_STATUS. Counts only grow. */
export class LinkTraffic {
  packetsSent = 0;
  bytesSent = 0;
  packetsReceived = 0;
  bytesReceived = 0;
  packetsLost = 0;
  readonly #sequences = new Map<number, number>();

  sent(bytes: number): void {
    this.packetsSent += 1;
    this.bytesSent += bytes;
  }

  /** Packets are numbered by component: a gap tells of lost ones. */
  received(sysid: number, compid: number, sequence: number, bytes: number): void {
    const sender = sysid * 256 + compid;
    const last = this.#sequences.get(sender);
    if (last !== undefined) this.packetsLost += (sequence - last - 1) & 0xff;
    this.#sequences.set(sender, sequence);
    this.packetsReceived += 1;
    this.bytesReceived += bytes;
  }
}
