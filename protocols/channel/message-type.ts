/** Frame types on the Unix sockets between the processes of one drone. Never reuse a number. */
export const MESSAGE_TYPE = {
  /** mind → pilot, fixed layout: order.ts */
  order: 1,
  /** mind → pilot, fixed layout: trajectory-codec.ts */
  trajectory: 2,
  /** pilot → mind and mesh, 10 Hz, fixed layout: pilot-status.ts */
  pilotStatus: 3,
  /** mesh → pilot: a signed envelope's bytes (directive, safety or roster); the pilot verifies it itself */
  envelope: 4,
  /** mesh → pilot, 10 Hz, fixed layout: neighbours.ts */
  neighbours: 5,
  /** pilot → mind: ranges of the ring, fixed layout: range-ring.ts */
  rangeRing: 6,
  /** the pilot's process → its own tick, never over a socket: troubles of the vehicle's link, lines of text */
  linkTroubles: 7,
  /** mesh → mind, msgpack: mesh-messages.ts */
  received: 16,
  /** mind → mesh, msgpack: mesh-messages.ts */
  publish: 17,
  /** mesh → mind, msgpack, 1 Hz: mesh-messages.ts */
  meshStatus: 18,
  /** pilot, mind, mesh → recorder: a batch of records (protocols/log/batch.ts) */
  records: 32,
  /** recorder → mesh: a closed segment's head, to be signed and gossiped */
  logHead: 33,
  /** recorder → sender: its batches up to a number are on disk (protocols/log/batch.ts) */
  recordsAcknowledged: 34,
} as const;
