import { decodePayload } from '#protocols/gossip/codec.ts';
import { decodeEnvelope, signedPart } from '#protocols/gossip/envelope.ts';
import { memberById, type Roster } from '#protocols/gossip/roster.ts';
import type { Verify } from '#protocols/gossip/signing.ts';
import type { FlightInfo } from '#protocols/log/segment-meta.ts';
import type { SignedHead } from '#protocols/log/signed-head.ts';

export interface KeptHeads {
  /** `bootEpoch` is the mesh's, which grows with every start of the author. */
  heads: SignedHead[];
  /** Kept messages that are no beacon, or not signed by the member they name. */
  refused: number;
}

/** The heads in kept beacons, every signature checked against the roster. */
export const signedHeads = (
  envelopes: readonly Uint8Array[],
  roster: Roster,
  verify: Verify,
): KeptHeads => {
  const kept: KeptHeads = { heads: [], refused: 0 };
  for (const bytes of envelopes) {
    const head = signedHead(bytes, roster, verify);
    if (head === undefined) kept.refused += 1;
    else kept.heads.push(head);
  }
  return kept;
};

const signedHead = (bytes: Uint8Array, roster: Roster, verify: Verify): SignedHead | undefined => {
  const envelope = decodeEnvelope(bytes);
  const member = envelope && memberById(roster, envelope.author);
  if (envelope?.topic !== 'beacon' || member === undefined) return undefined;
  if (!verify(member.publicKey, signedPart(bytes), envelope.signature)) return undefined;
  const decoded = decodePayload('beacon', envelope.payload);
  if (!decoded.ok || decoded.payload.logHead === null) return undefined;
  const [link, head] = decoded.payload.logHead;
  return { sysid: envelope.author, bootEpoch: envelope.bootEpoch, link, head };
};

/** Who flew, as far as a chain tells it. */
export type FlightName = Pick<FlightInfo, 'sysid' | 'bootEpoch'>;

/** Heads by flight, in the order of the flights given; and those that belong to none of them. */
export interface AssignedHeads {
  ofFlight: SignedHead[][];
  orphans: SignedHead[];
}

/**
 * Tells which flight of its author each head belongs to. A process restarted in flight signs under a
 * later boot epoch than the flight's, so a head belongs to its author's last flight that began no
 * later; it then counts under that flight's epoch. A flight whose epoch was forged upwards loses its
 * heads, which shows as orphans.
 */
export const assignHeads = (
  flights: readonly (FlightName | undefined)[],
  heads: readonly SignedHead[],
): AssignedHeads => {
  const ofFlight = flights.map((): SignedHead[] => []);
  const orphans: SignedHead[] = [];
  for (const head of heads) {
    let best = -1;
    for (const [index, flight] of flights.entries()) {
      if (flight?.sysid !== head.sysid || flight.bootEpoch > head.bootEpoch) continue;
      if (best < 0 || flight.bootEpoch > flights[best]!.bootEpoch) best = index;
    }
    if (best < 0) orphans.push(head);
    else ofFlight[best]!.push({ ...head, bootEpoch: flights[best]!.bootEpoch });
  }
  return { ofFlight, orphans };
};
