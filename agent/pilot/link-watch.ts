import { decode } from '#protocols/mavlink/codec.ts';
import type { LinkAddress } from '#protocols/mavlink/connection-string.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { LinkCensus } from '#protocols/mavlink/link-census.ts';
import { diagnoseLink, type LinkFinding } from '#protocols/mavlink/link-diagnosis.ts';
import type { VehicleLink } from '#protocols/mavlink/link.ts';
import type { RefusedCounts } from '#protocols/mavlink/secured-link.ts';

const LOOK_EVERY_MS = 1000;

const HEARTBEAT_MSGID = 0;

type WatchedLink = VehicleLink & { readonly refused?: Readonly<RefusedCounts> };

/** Tells people what is wrong with the vehicle's link, once for each thing, and when it is well again. */
export class LinkWatch {
  readonly #address: LinkAddress;
  readonly #link: WatchedLink;
  readonly #sysid: number;
  readonly #startMs: number;
  readonly #census = new LinkCensus();
  #lookMs: number;
  #known = '';
  /** All that is wrong at the last look. */
  findings: readonly LinkFinding[] = [];

  constructor(address: LinkAddress, link: WatchedLink, sysid: number, startMs: number) {
    this.#address = address;
    this.#link = link;
    this.#sysid = sysid;
    this.#startMs = startMs;
    this.#lookMs = startMs + LOOK_EVERY_MS;
  }

  observe(frames: readonly Frame[]): void {
    for (const frame of frames) {
      // Who speaks is in the heartbeats; nothing else needs decoding here.
      const message = frame.msgid === HEARTBEAT_MSGID ? decode(frame) : undefined;
      this.#census.observe(frame, message);
    }
  }

  /** All that is wrong now, when that has changed since the last answer; else undefined. */
  news(linkQuality: number, nowMs: number): LinkFinding[] | undefined {
    if (nowMs < this.#lookMs) return undefined;
    this.#lookMs = nowMs + LOOK_EVERY_MS;
    const { refused } = this.#link;
    const findings = diagnoseLink({
      address: this.#address,
      link: this.#link,
      census: this.#census,
      sysid: this.#sysid,
      linkQuality,
      unsignedFrames: refused === undefined ? 0 : refused.unsigned + refused.wrongSignature,
      openMs: nowMs - this.#startMs,
    });
    this.findings = findings;
    const codes = findings.map(({ code }) => code).join(' ');
    if (codes === this.#known) return undefined;
    this.#known = codes;
    return findings;
  }
}
