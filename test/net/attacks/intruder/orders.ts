/** How an intruder is started: a JSON file, its only argument. */
export interface IntruderConfig {
  directory: string;
  address: string;
  /** Gossip's topic of the swarm under attack. */
  topic: string;
  /** Its multicast group. */
  air: { group: string; port: number };
}

/** Speaks to `to` (a multiaddr that ends in /p2p/…) with the key in a file. Keys are told apart by it. */
interface Line {
  keyFile: string;
  to: string;
}

export type IntruderOrder =
  /** Opens so many connections; not all need come about. */
  | ({ do: 'connect'; times: number } & Line)
  | { do: 'hangUp'; keyFile: string }
  /** Bundles of envelopes, each a gossip message of its own. Whoever is hung up on meanwhile tries again. */
  | ({ do: 'say'; bundlesHex: string[]; tries: number } & Line)
  /**
   * Bundles of 64, of two envelopes each, no bundle twice; the next two every 5 ms. Until so many
   * envelopes were sent, or it is hung up on.
   */
  | ({ do: 'flood'; envelopesHex: string[]; count: number; perS: number } & Line)
  /** Told, `perS` times a second, of messages that do not exist, or to take us into its mesh just after we left it. */
  | ({ do: 'pester'; about: 'messages' | 'mesh'; forMs: number; perS: number } & Line)
  /** Messages of repair. */
  | ({ do: 'repair'; messagesHex: string[] } & Line)
  /** Bytes on a fresh stream of gossip, and the stream is kept. */
  | ({ do: 'raw'; bytesHex: string } & Line)
  /** Opens streams of repair, says one byte on each, and keeps them. */
  | ({ do: 'dawdle'; streams: number } & Line)
  /** TCP connections that say nothing. */
  | { do: 'sockets'; host: string; port: number; count: number }
  /**
   * Datagrams to all in range, one after the other and over again; with a key: frames, each time with
   * a counter of its own under that key, so that none is the copy of another.
   */
  | { do: 'cast'; framesHex: string[]; count: number; perS: number; anewUnderHex?: string }
  | ({ do: 'account' } & Line);

export interface IntruderAccount {
  /** With `to`, now. */
  openConnections: number;
  /** When the last one ended, ms after the first was opened; null: none has. */
  closedAfterMs: number | null;
  openStreams: number;
  /** Sockets that say nothing and are open nevertheless. */
  openSockets: number;
  /** Bundles that `to` gossiped to us. */
  heardHex: string[];
  /** Messages that `to` asked us for. */
  asked: number;
  /** How often `to` answered that it does not take us into its mesh. */
  pruned: number;
  /** Datagrams of others since the last account. */
  airHex: string[];
  /** Envelopes that the last flood sent. */
  flooded: number;
  /** Of the intruder's process. */
  cpuMs: number;
}
