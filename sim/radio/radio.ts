import type { Broadcast, Dial, Hop, SimulatedLink } from '#protocols/gossip/simulated-link.ts';
import type { Random } from '#protocols/random.ts';
import { Channel } from './channel.ts';
import { Medium } from './medium.ts';
import type { RadioProfile } from './profile.ts';

/** Largest packet of a QUIC connection, and what it costs beside its payload (headers, tags, acknowledgements). */
const PACKET_BYTES = 1200;
const OVERHEAD_BYTES = 90;
/**
 * From a lost packet to its second sending, ms, doubling (RFC 9002, 6.2: a probe timeout). Of the values
 * tried (30, 45, 50, 60, 120) the one whose delays among six members come nearest to those measured over
 * real QUIC at 10, 20 and 30 % loss: 95 % within 13, 65, 308 ms here (the middle of fifteen
 * topologies), within 7, 36, 388 ms there.
 */
const PROBE_MS = 50;
/** A message that has not passed by then never will: its connection has died of silence. */
const GIVE_UP_MS = 5000;
/** QUIC's idle and handshake timeouts, and its first probe, as node-options.ts has them. */
const IDLE_MS = 4000;
const HANDSHAKE_MS = 5000;
const HANDSHAKE_PROBE_MS = 333;
const HANDSHAKE_LEGS = 3;

/** IP and UDP headers and those of the frame on the air. */
const CAST_OVERHEAD_BYTES = 64;
/** Multicast goes at a rate that all in range can take, but at no less than this where some can take more. */
const BASIC_BPS = 1e6;
const MOST_BPS = 1e8;
/** A sender's queue holds what waits so long; what would wait longer it throws away. */
const CAST_QUEUE_MS = 1000;

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
  readonly #medium = new Medium();

  constructor(random: Random, profileOf: (from: number, to: number) => RadioProfile | undefined) {
    this.#random = random;
    this.#profileOf = profileOf;
  }

  /** Airtime used so far, ms, lost and repeated packets included. */
  get airtimeMs(): number {
    return this.#medium.airtimeMs;
  }

  delayMs({ from, to, bytes, nowMs }: Readonly<Hop>): number | undefined {
    const profile = this.#profileOf(from, to);
    if (profile === undefined) return undefined;
    const direction = this.#directionOf(from, to, profile, nowMs);
    let arrivalMs = direction.lastArrivalMs;
    for (let rest = bytes; rest > 0; rest -= PACKET_BYTES) {
      const size = Math.min(rest, PACKET_BYTES) + OVERHEAD_BYTES;
      const packetMs = this.#passMs(from, direction, size, nowMs, PROBE_MS, GIVE_UP_MS);
      if (packetMs === undefined) return undefined;
      arrivalMs = Math.max(arrivalMs, packetMs);
    }
    direction.lastArrivalMs = arrivalMs;
    return arrivalMs - nowMs;
  }

  /**
   * One frame to all, as Wi-Fi's multicast: sent once at one rate, acknowledged and repeated by nobody,
   * and given up by its sender where the queue is long.
   */
  cast(
    { from, to, bytes, nowMs }: Readonly<Broadcast>,
    arrive: (to: number, delayMs: number) => void,
  ): void {
    let lowestBps = Infinity;
    let highestBps = 0;
    const listening: { member: number; direction: Direction }[] = [];
    for (const member of to) {
      const profile = this.#profileOf(from, member);
      if (profile === undefined) continue;
      lowestBps = Math.min(lowestBps, profile.rateBps);
      highestBps = Math.max(highestBps, profile.rateBps);
      listening.push({ member, direction: this.#directionOf(from, member, profile, nowMs) });
    }
    // Nobody in range: the frame goes out all the same, at the basic rate.
    const rateBps = Math.max(lowestBps, Math.min(BASIC_BPS, highestBps || BASIC_BPS));
    const airtimeMs = (8000 * (bytes + CAST_OVERHEAD_BYTES)) / Math.min(rateBps, MOST_BPS);
    const doneMs = this.#medium.doneMs(castsOf(from), airtimeMs, nowMs);
    const startMs = doneMs - airtimeMs;
    if (startMs - nowMs > CAST_QUEUE_MS) return;
    this.#medium.take(castsOf(from), airtimeMs, nowMs);
    for (const { member, direction } of listening) {
      if (direction.channel.loses(startMs)) continue;
      arrive(member, doneMs - nowMs + direction.channel.delayMs());
    }
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
          : this.#passMs(a, direction, PACKET_BYTES, atMs, HANDSHAKE_PROBE_MS, HANDSHAKE_MS, nowMs);
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
    from: number,
    { channel }: Direction,
    size: number,
    nowMs: number,
    probeMs: number,
    giveUpMs: number,
    bookMs = nowMs,
  ): number | undefined {
    const airtimeMs = (8000 * size) / channel.profile.rateBps;
    let timeoutMs = probeMs + 2 * channel.profile.delayFloorMs;
    let startMs = Math.max(nowMs, this.#medium.doneMs(from, airtimeMs, bookMs) - airtimeMs);
    while (startMs - nowMs < giveUpMs) {
      // What is sent again later lengthens the queue now: airtime is spent, whoever waits.
      this.#medium.take(from, airtimeMs, bookMs);
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

/** The queue of a station's frames to all, which wait behind no connection of its own. */
const castsOf = (station: number): number => -1 - station;

const pair = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);
