import type { SetupSigning } from 'mavlink-mappings/dist/lib/common.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { Signing } from '#protocols/mavlink/signing.ts';
import type { Profile } from './parameters.ts';

/** HEARTBEAT, RADIO_STATUS, ADSB_VEHICLE and COLLISION are believed unsigned, whatever is set. */
const ALWAYS_BELIEVED: ReadonlySet<number> = new Set([0, 109, 246, 247]);

/** PX4 keeps no time of day for this: its signing time counts packets, and follows its peers. */
const NO_CLOCK_US = 0n;

/**
 * The signing key on the vehicle's memory card (docs.px4.io, "Message Signing", PX4 v1.17 and later; none
 * before): none at first. Survives a reboot.
 */
export class SigningCard {
  key: Uint8Array | undefined;
  initialTimestamp = 0;
  /** Counts changes of the key. */
  revision = 0;
  readonly #supported: boolean;

  constructor(profile: Profile) {
    this.#supported = profile !== '1.15';
  }

  /**
   * SETUP_SIGNING for this vehicle, on a link that believed it: sets, changes or (all zero) removes
   * the key. Ignored while armed, and by versions that know no signing.
   */
  setUp({ secretKey, initialTimestamp }: SetupSigning, armed: boolean): void {
    if (!this.#supported || armed) return;
    const blank = secretKey.every((byte) => byte === 0) && initialTimestamp === 0n;
    this.key = blank ? undefined : Uint8Array.from(secretKey);
    this.initialTimestamp = Number(BigInt.asUintN(48, initialTimestamp));
    this.revision += 1;
  }
}

/** Signing on one link of the vehicle: once there is a key, on all of them. */
export class LinkSigning {
  readonly #card: SigningCard;
  readonly #linkId: number;
  #signing: Signing | undefined;
  #revision = 0;

  constructor(card: SigningCard, linkId: number) {
    this.#card = card;
    this.#linkId = linkId;
  }

  /** Whether PX4 believes this packet; others are dropped, and handed on to nobody. */
  believes(frame: Frame): boolean {
    const signing = this.#current();
    if (signing === undefined) return true;
    if (signing.verify(frame, NO_CLOCK_US) === 'verified') return true;
    return ALWAYS_BELIEVED.has(frame.msgid);
  }

  /** The packet as it leaves: signed once there is a key. */
  sealed(packet: Uint8Array): Uint8Array {
    return this.#current()?.sign(packet, NO_CLOCK_US) ?? packet;
  }

  #current(): Signing | undefined {
    const { key, initialTimestamp, revision } = this.#card;
    if (revision !== this.#revision) {
      this.#revision = revision;
      const state = { timestamp: initialTimestamp, streams: [] };
      this.#signing =
        key === undefined ? undefined : new Signing({ key, linkId: this.#linkId, state });
    }
    return this.#signing;
  }
}
