import { AdsbVehicle, SetupSigning } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Heartbeat, MavType } from 'mavlink-mappings/dist/lib/minimal.js';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { HEARTBEAT_TIMEOUT_S } from './gcs-link.ts';
import { LinkSigning, type SigningCard } from './message-signing.ts';
import { PacketQueue } from './packet-queue.ts';
import { linkServices } from './services/link-services.ts';
import {
  AUTOPILOT_COMPID,
  isFor,
  type MessageService,
  type ServiceContext,
} from './services/message-service.ts';
import type { Text } from './notice-board.ts';
import type { Instruments } from './telemetry/instruments.ts';
import type { LinkKind } from './telemetry/stream-catalogue.ts';
import { StatusTexts } from './telemetry/status-texts.ts';
import { Streams } from './telemetry/streams.ts';
import type { TransponderReports } from './transponder-reports.ts';

export interface MavlinkLinkOptions extends Pick<
  ServiceContext,
  'sysid' | 'instruments' | 'localOf' | 'moveOrigin' | 'events'
> {
  kind: LinkKind;
  /** Stream rates by message id, where they differ from PX4's for this kind of link. */
  rates?: Readonly<Record<number, number>>;
  /** The vehicle's signing key. */
  signing: SigningCard;
  /** Of the vehicle, whatever link they come on. */
  reports: TransponderReports;
}

type Stepping = Required<MessageService>;

const isStepping = (service: MessageService): service is Stepping => service.step !== undefined;

/** PX4 numbers its links in the order in which it opens them, and signs with that number. */
const LINK_IDS: Readonly<Record<LinkKind, number>> = { ground: 0, onboard: 1 };

/**
 * One MAVLink connection of the vehicle ("instance", in PX4's words): its own packet sequence, stream
 * rates, transfers and acks. Frames in, datagrams out.
 */
export class MavlinkLink {
  readonly #sysid: number;
  readonly #instruments: Instruments;
  readonly #encoder: Encoder;
  readonly #streams: Streams;
  readonly #services: readonly MessageService[];
  /** Those that have something to do at every step. */
  readonly #stepping: readonly Stepping[];
  readonly #packets = new PacketQueue();
  readonly #texts = new StatusTexts();
  readonly #card: SigningCard;
  readonly #reports: TransponderReports;
  readonly #signing: LinkSigning;
  readonly #send = (message: MavLinkData): void => this.#queue(message);
  /** Seconds since boot at which a ground station was last heard on this link. */
  #groundStationHeardS = Number.NaN;

  constructor(options: MavlinkLinkOptions) {
    const { sysid, instruments, kind, rates = {}, signing, reports, ...ports } = options;
    this.#card = signing;
    this.#reports = reports;
    this.#signing = new LinkSigning(signing, LINK_IDS[kind]);
    this.#sysid = sysid;
    this.#instruments = instruments;
    this.#encoder = new Encoder(sysid, AUTOPILOT_COMPID);
    this.#streams = new Streams(instruments, { kind, rates });
    const streams = this.#streams;
    this.#services = linkServices({ sysid, instruments, streams, send: this.#send, ...ports });
    this.#stepping = this.#services.filter(isStepping);
  }

  /**
   * Takes what came; setpoints act at once, commands at the commander's next cycle. Returns the
   * frames that are for others too: those without a target, or with another one.
   */
  receive(frames: readonly Frame[]): Frame[] {
    const forOthers: Frame[] = [];
    for (const frame of frames) {
      if (!this.#signing.believes(frame)) continue;
      const { sysid, compid, sequence, bytes } = frame;
      this.#streams.traffic.received(sysid, compid, sequence, bytes.length);
      const message = decode(frame);
      if (message instanceof SetupSigning) {
        this.#setUpSigning(message);
        continue;
      }
      if (message instanceof Heartbeat) this.#hear(message);
      else if (message instanceof AdsbVehicle) this.#reports.hear(message);
      else this.#dispatch(message, frame);
      if (this.#isForOthers(message, frame)) forOthers.push(frame);
    }
    return forOthers;
  }

  /** Sends what was heard on another link, as it came. */
  relay({ bytes }: Frame): void {
    this.#streams.traffic.sent(bytes.length);
    this.#packets.push(bytes);
  }

  /** Everything to be sent at this time since boot, packed into datagrams. */
  step(
    nowMs: number,
    news: readonly Text[],
    reports: readonly AdsbVehicle[],
  ): readonly Uint8Array[] {
    for (const service of this.#stepping) service.step(nowMs);
    this.#streams.step(nowMs, this.#send);
    this.#announce(news);
    for (const report of reports) this.#queue(report);
    return this.#packets.take();
  }

  #isForOthers(message: MavLinkData | undefined, { sysid, compid }: Frame): boolean {
    const isOurs = sysid === this.#sysid && compid === AUTOPILOT_COMPID;
    if (message === undefined || isOurs) return false;
    const target: unknown = Reflect.get(message, 'targetSystem');
    return target === undefined || (target !== this.#sysid && target !== 0);
  }

  #dispatch(message: MavLinkData | undefined, frame: Frame): void {
    for (const service of this.#services) if (service.receive(message, frame)) return;
  }

  /** Never handed on: it carries the key. */
  #setUpSigning(message: SetupSigning): void {
    if (!isFor(this.#sysid, message)) return;
    this.#card.setUp(message, this.#instruments.autopilot.commander.armed);
  }

  #hear(message: Heartbeat): void {
    if (message.type !== MavType.GCS) return;
    this.#instruments.autopilot.hearGroundStation();
    this.#groundStationHeardS = this.#instruments.autopilot.gcs.heardS;
  }

  /** STATUSTEXT; PX4 sends it only on a link where a ground station is heard, while it is. */
  #announce(news: readonly Text[]): void {
    const silentS = this.#instruments.autopilot.situation.timeS - this.#groundStationHeardS;
    if (!(silentS < HEARTBEAT_TIMEOUT_S)) return;
    for (const one of news) for (const message of this.#texts.of(one)) this.#queue(message);
  }

  #queue(message: MavLinkData): void {
    const packet = this.#signing.sealed(this.#encoder.encode(message));
    this.#streams.traffic.sent(packet.length);
    this.#packets.push(packet);
  }
}
