import type { Dial, Hop, SimulatedLink } from '#protocols/gossip/simulated-link.ts';
import type { Random } from '#protocols/random.ts';
import { Channel } from './channel.ts';
import type { RadioProfile } from './profile.ts';

/** Largest packet of a QUIC connection, and what it costs beside its payload (headers, tags, acknowledgements). */
const PACKET_BYTES = 1200;
const OVERHEAD_BYTES = 90;
/**
 * From a lost packet to its second sending, ms, doubling (RFC 9002, 6.2: a probe timeout). Of the values
 * tried (30, 45, 50, 60, 120) the one whose delays among six members come nearest to those measured over
 * real QUIC at 10, 20 and 30 % loss: 95 % within 7, 57, 267 ms here, within 7, 36, 388 ms there.
 */
const PROBE_MS = 50;
/** A message that has not passed by then never will: its connection has died of silence. */
const GIVE_UP_MS = 5000;
/** QUIC's idle and handshake timeouts, and its first probe, as node-options.ts has them. */
const IDLE_MS = 4000;
const HANDSHAKE_MS = 5000;
const HANDSHAKE_PROBE_MS = 333;
const HANDSHAKE_LEGS = 3;

interface Direction {
  channel: Channel;
  /** A stream keeps its order: nothing arrives before what was sent before. */
  lastArrivalMs: number;
}

interface Silence {
  /** When either end last heard the other. */
  forwardMs: number;
  backwardMs: number;
}

/**
 * The radio links of an episode as QUIC connections over them: packets are lost in bursts and sent
 * again, streams keep their order, all share one channel whose airtime is finite, and a connection
 * over which nothing passes for four seconds is gone until it is dialled again.
 */
export class Radio implements SimulatedLink {
  readonly #random: Random;
  readonly #profileOf: (from: number, to: number) => RadioProfile | undefined;
  readonly #directions = new Map<string, Direction>();
  readonly #silences = new Map<string, Silence>();
  /** When the one channel that all share is free again. */
  #freeMs = 0;
  /** Airtime used so far, ms, lost and repeated packets included. */
  airtimeMs = 0;

  constructor(random: Random, profileOf: (from: number, to: number) => RadioProfile | undefined) {
    this.#random = random;
    this.#profileOf = profileOf;
  }

  delayMs({ from, to, bytes, nowMs }: Readonly<Hop>): number | undefined {
    const profile = this.#profileOf(from, to);
    if (profile === undefined) return undefined;
    const direction = this.#directionOf(from, to, profile, nowMs);
    let arrivalMs = direction.lastArrivalMs;
    for (let rest = bytes; rest > 0; rest -= PACKET_BYTES) {
      const size = Math.min(rest, PACKET_BYTES) + OVERHEAD_BYTES;
      const packetMs = this.#passMs(direction, size, nowMs, PROBE_MS, GIVE_UP_MS);
      if (packetMs === undefined) return undefined;
      arrivalMs = Math.max(arrivalMs, packetMs);
    }
    direction.lastArrivalMs = arrivalMs;
    return arrivalMs - nowMs;
  }

  dial(from: number, to: number, nowMs: number): Dial {
    let atMs = nowMs;
    for (let leg = 0; leg < HANDSHAKE_LEGS; leg += 1) {
      const [a, b] = leg % 2 === 0 ? [from, to] : [to, from];
      const profile = this.#profileOf(a, b);
      const direction = profile === undefined ? undefined : this.#directionOf(a, b, profile, atMs);
      const arrivalMs =
        direction === undefined
          ? undefined
          : this.#passMs(direction, PACKET_BYTES, atMs, HANDSHAKE_PROBE_MS, HANDSHAKE_MS, nowMs);
      if (arrivalMs === undefined || arrivalMs - nowMs > HANDSHAKE_MS) {
        return { connects: false, afterMs: HANDSHAKE_MS };
      }
      atMs = arrivalMs;
    }
    this.#silences.set(pair(from, to), { forwardMs: atMs, backwardMs: atMs });
    return { connects: true, afterMs: atMs - nowMs };
  }

  /** Each end says something at least this often: keep-alives, acknowledgements, beacons. */
  holds(a: number, b: number, nowMs: number): boolean {
    const name = pair(a, b);
    const silence = this.#silences.get(name) ?? { forwardMs: nowMs, backwardMs: nowMs };
    this.#silences.set(name, silence);
    if (this.#isHeard(a, b, nowMs)) silence.forwardMs = nowMs;
    if (this.#isHeard(b, a, nowMs)) silence.backwardMs = nowMs;
    const lives = nowMs - Math.min(silence.forwardMs, silence.backwardMs) < IDLE_MS;
    if (!lives) this.#silences.delete(name);
    return lives;
  }

  #isHeard(from: number, to: number, nowMs: number): boolean {
    const profile = this.#profileOf(from, to);
    if (profile === undefined) return false;
    return !this.#directionOf(from, to, profile, nowMs).channel.loses(nowMs);
  }

  /**
   * When a packet of `size` bytes has passed, sent again until it has; undefined when it never does. It
   * sets out at `nowMs`; its airtime is taken from `bookMs` on, or the channel would lie idle until then.
   */
  #passMs(
    { channel }: Direction,
    size: number,
    nowMs: number,
    probeMs: number,
    giveUpMs: number,
    bookMs = nowMs,
  ): number | undefined {
    const airtimeMs = (8000 * size) / channel.profile.rateBps;
    let timeoutMs = probeMs + 2 * channel.profile.delayFloorMs;
    let startMs = Math.max(nowMs, this.#freeMs);
    while (startMs - nowMs < giveUpMs) {
      // What is sent again later lengthens the queue now: airtime is spent, whoever waits.
      this.#freeMs = Math.max(bookMs, this.#freeMs) + airtimeMs;
      this.airtimeMs += airtimeMs;
      if (!channel.loses(startMs)) return startMs + airtimeMs + channel.delayMs();
      startMs += timeoutMs;
      timeoutMs *= 2;
    }
    return undefined;
  }

  #directionOf(from: number, to: number, profile: RadioProfile, nowMs: number): Direction {
    const name = `${from}>${to}`;
    const known = this.#directions.get(name);
    if (known !== undefined) {
      known.channel.become(profile, nowMs);
      return known;
    }
    const channel = new Channel(profile, this.#random.fork(name), nowMs);
    const fresh = { channel, lastArrivalMs: 0 };
    this.#directions.set(name, fresh);
    return fresh;
  }
}

const pair = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);
