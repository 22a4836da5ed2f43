/** A member whose key the authority has taken back. */
export interface Revocation {
  member: number;
  /** Epoch of the roster that leaves it out, and when that roster was given to the operator, simulated ms. */
  epoch: number;
  atMs: number;
}

/** An order that an operator gave, by which way it may be told apart from what it contradicts. */
export interface GivenOrder {
  member: number;
  kind: 'goal' | 'abort' | 'hold' | 'resume';
  atMs: number;
}

/** What truly goes on between attackers and swarm: for the judge and for tests, never for an agent. */
export class AttackTruth {
  /** Members whose word may be false, and since when; what becomes of their vehicles is their own affair. */
  readonly insiders = new Map<number, number>();
  readonly revocations: Revocation[] = [];
  readonly orders: GivenOrder[] = [];
  /** Signatures, in hex, of envelopes that no honest member may accept. */
  readonly forged = new Set<string>();
  /** Bytes that attackers have put on the air, and in how many messages. */
  bytes = 0;
  messages = 0;

  turn(member: number, atMs: number): void {
    if (!this.insiders.has(member)) this.insiders.set(member, atMs);
  }

  /** Notes a message that left an attacker. */
  said(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.messages += 1;
  }

  forge(envelope: Uint8Array): void {
    this.forged.add(signatureOf(envelope));
  }

  isForged(envelope: Uint8Array): boolean {
    return this.forged.has(signatureOf(envelope));
  }
}

const SIGNATURE_BYTES = 64;

const signatureOf = (envelope: Uint8Array): string =>
  Buffer.from(envelope.subarray(-SIGNATURE_BYTES)).toString('hex');
