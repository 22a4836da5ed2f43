import { encodeDirective, type Directive } from '#protocols/gossip/directive.ts';
import { attachSignature, encodeUnsigned } from '#protocols/gossip/envelope.ts';
import { hexFromBytes } from '#protocols/gossip/identity.ts';
import { encodeSafetyEnvelope, type SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { generateSigningKey } from '#protocols/gossip/signing.ts';
import type { Topic } from '#protocols/gossip/topic.ts';

const OPERATOR = 100;

/** An operator who signs goals and directives, in order, as the ground station does. */
export class Operator {
  readonly #key = generateSigningKey().key;
  readonly member: number;
  sequence = 0;
  number = 0;

  constructor(member = OPERATOR) {
    this.member = member;
  }

  get publicKey(): Uint8Array {
    return Uint8Array.from(this.#key.publicKey);
  }

  get publicKeyHex(): string {
    return hexFromBytes(this.#key.publicKey);
  }

  sign(topic: Topic, payload: Uint8Array, sequence?: number): Uint8Array {
    this.sequence += 1;
    const header = {
      topic,
      author: this.member,
      rosterEpoch: 1,
      bootEpoch: 1,
      sequence: sequence ?? this.sequence,
      sentMs: 0,
    };
    const unsigned = encodeUnsigned(header, payload);
    return attachSignature(unsigned, this.#key.sign(unsigned));
  }

  safety(envelope: SafetyEnvelope): Uint8Array {
    return this.sign('safety', encodeSafetyEnvelope(envelope));
  }

  directive(kind: Directive['kind'], changes: Partial<Directive> = {}): Uint8Array {
    this.number += 1;
    return this.sign(
      'directive',
      encodeDirective({ kind, confirmed: false, number: this.number, targets: [], ...changes }),
    );
  }
}
