import { assert } from '../fault.ts';
import type { Frame } from './framer.ts';
import type { LinkCounts, VehicleLink } from './link.ts';
import type { Signing } from './signing.ts';

/**
 * What a link asks of signatures. off: nothing is signed, and signatures are not looked at.
 * optional: everything sent is signed, unsigned packets are believed, signed ones must be right.
 * required: everything sent is signed, and only what is signed right is believed.
 */
export type SigningPolicy = 'required' | 'optional' | 'off';

/** Who may speak on a link, and of what; undefined allows all. */
export interface AllowList {
  sysids?: ReadonlySet<number>;
  msgids?: ReadonlySet<number>;
}

export interface LinkSecurity {
  allow: AllowList;
  policy: SigningPolicy;
  /** Needed unless the policy is `off`. */
  signing?: Signing;
  /**
   * Message ids believed unsigned even where signatures are required: RADIO_STATUS (109) is made by
   * the modem, which has no key.
   */
  unsignedAllowed?: ReadonlySet<number>;
}

/** Frames that were not believed, by reason; every number only grows. */
export interface RefusedCounts {
  notAllowed: number;
  unsigned: number;
  wrongSignature: number;
  replayed: number;
  stale: number;
  crowded: number;
}

/** Packets of a sender of whom none was ever believed, before another is heard: PX4 sends so many in 0.1 s. */
const STRANGE_FRAMES = 32;

/** MAV_COMP_ID_AUTOPILOT1. */
const AUTOPILOT_COMPID = 1;

const CHECKSUM_BYTES = 2;
const HEADER_BYTES = 10;

/**
 * A vehicle link that believes only whom it was told to: foreign system ids and message ids are
 * dropped first, then signatures are checked. Packets are signed on their way out. Where signatures are
 * required, a link that learns its other end keeps no one who has none.
 */
export class SecuredLink implements VehicleLink {
  readonly refused: RefusedCounts = {
    notAllowed: 0,
    unsigned: 0,
    wrongSignature: 0,
    replayed: 0,
    stale: 0,
    crowded: 0,
  };
  readonly #link: VehicleLink;
  /** By system id: whether its autopilot's last frame bore a signature, right or wrong. */
  readonly #signs = new Map<number, boolean>();
  #security: LinkSecurity;
  /** Somebody was believed; he stays the only one. */
  #trusted = false;
  #strangeFrames = 0;
  readonly #unixUs: () => bigint;

  /** @param unixUs wall clock in µs, for signing times only. */
  constructor(link: VehicleLink, security: LinkSecurity, unixUs: () => bigint) {
    this.#link = link;
    this.#security = checked(security);
    this.#unixUs = unixUs;
  }

  /** From now on: as when the vehicle gets or loses its key. */
  demand(security: LinkSecurity): void {
    this.#security = checked(security);
  }

  /**
   * Whether the autopilot of a system, or of any that was heard, put a signature under its last packet, right
   * or wrong: one that does wants its commands signed. Undefined before it was heard. A claim, and no proof.
   */
  signs(sysid?: number): boolean | undefined {
    if (sysid !== undefined) return this.#signs.get(sysid);
    const [any] = this.#signs.values();
    return any;
  }

  get counts(): Readonly<LinkCounts> {
    return this.#link.counts;
  }

  get outage(): VehicleLink['outage'] {
    return this.#link.outage;
  }

  get strangers(): NonNullable<VehicleLink['strangers']> {
    return this.#link.strangers ?? [];
  }

  send(bytes: Uint8Array): void {
    const { policy, signing } = this.#security;
    if (policy === 'off' || signing === undefined) {
      this.#link.send(bytes);
      return;
    }
    const unixUs = this.#unixUs();
    for (const packet of packetsIn(bytes)) this.#link.send(signing.sign(packet, unixUs));
  }

  receive(): Frame[] {
    const unixUs = this.#unixUs();
    const frames = this.#link.receive();
    const believed = frames.filter((frame) => this.#believes(frame, unixUs));
    if (this.#security.policy === 'required') this.#judge(frames.length, believed.length);
    return believed;
  }

  #judge(heard: number, believed: number): void {
    this.#trusted ||= believed > 0;
    if (this.#trusted) return;
    this.#strangeFrames += heard;
    if (this.#strangeFrames < STRANGE_FRAMES) return;
    this.#strangeFrames = 0;
    this.#link.relearn?.();
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #believes(frame: Frame, unixUs: bigint): boolean {
    const { allow, policy, signing, unsignedAllowed } = this.#security;
    const known = allow.sysids?.has(frame.sysid) ?? true;
    if (!known || !(allow.msgids?.has(frame.msgid) ?? true)) {
      this.refused.notAllowed += 1;
      return false;
    }
    if (frame.compid === AUTOPILOT_COMPID) {
      this.#signs.set(frame.sysid, frame.signature !== undefined);
    }
    if (policy === 'off') return true;
    const verdict = signing?.verify(frame, unixUs) ?? 'unsigned';
    if (verdict === 'verified') return true;
    const pardoned = policy === 'optional' || unsignedAllowed?.has(frame.msgid) === true;
    if (verdict === 'unsigned' && pardoned) return true;
    this.refused[verdict] += 1;
    return false;
  }
}

const checked = (security: LinkSecurity): LinkSecurity => {
  assert(security.policy === 'off' || security.signing !== undefined, 'a signing link has a key');
  return security;
};

/** Whole unsigned packets, one after the other, as our own encoder made them. */
const packetsIn = (bytes: Uint8Array): Uint8Array[] => {
  const packets: Uint8Array[] = [];
  for (let at = 0; at + HEADER_BYTES < bytes.length;) {
    const length = HEADER_BYTES + bytes[at + 1]! + CHECKSUM_BYTES;
    packets.push(bytes.subarray(at, at + length));
    at += length;
  }
  return packets;
};
