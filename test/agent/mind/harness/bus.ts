import type { PayloadByTopic, Publish, Received } from '#protocols/channel/mesh-messages.ts';
import { decodePayload, encodePayload } from '#protocols/gossip/codec.ts';
import { TOPICS, type Topic } from '#protocols/gossip/topic.ts';
import type { Random } from '#protocols/random.ts';

interface Flight {
  dueMs: number;
  order: number;
  received: Received;
}

interface BusOptions {
  random: Random;
  /** Probability that one receiver misses a message that ages. */
  loss: number;
  /** Whether a message passes from one member to another now: partitions, silent drones. */
  passes: (from: number, to: number) => boolean;
}

/** A lossy mesh in memory: messages that age get lost, durable ones come late. Everything is validated. */
export class Bus {
  readonly #options: BusOptions;
  readonly #members = new Set<number>();
  /** By receiver. */
  readonly #flights = new Map<number, Flight[]>();
  /** Durable messages by author, for repair when somebody comes (back) into reach. */
  readonly #durable: { from: number; received: Received; known: Set<number> }[] = [];
  #count = 0;
  readonly bytes = new Map<Topic, number>();

  constructor(options: BusOptions) {
    this.#options = options;
  }

  join(member: number): void {
    this.#members.add(member);
  }

  /** What a restarted process has no memory of comes again. */
  forget(member: number): void {
    for (const one of this.#durable) one.known.delete(member);
  }

  publish(from: number, message: Publish, nowMs: number): void {
    const received = this.#decode(from, message, nowMs);
    const { durable } = TOPICS[message.topic];
    const known = new Set<number>([from]);
    if (durable) this.#durable.push({ from, received, known });
    for (const to of this.#members) {
      if (to === from || !this.#options.passes(from, to)) continue;
      if (this.#options.random.uniform() < this.#options.loss) continue;
      known.add(to);
      this.#send(to, received, nowMs + 10 + 90 * this.#options.random.uniform());
    }
  }

  /** Anti-entropy: once a second, whoever misses something durable gets it from anyone in reach. */
  repair(nowMs: number): void {
    for (const one of this.#durable) {
      for (const to of this.#members) {
        const reachable = [...one.known].some((from) => this.#options.passes(from, to));
        if (one.known.has(to) || !reachable) continue;
        one.known.add(to);
        this.#send(to, one.received, nowMs + 300 * this.#options.random.uniform());
      }
    }
  }

  /** Messages due by now for a member, in the order of arrival. */
  take(to: number, nowMs: number): Received[] {
    const flights = this.#flights.get(to) ?? [];
    const due = flights.filter((one) => one.dueMs <= nowMs);
    if (due.length > 0)
      this.#flights.set(
        to,
        flights.filter((one) => one.dueMs > nowMs),
      );
    return due
      .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)
      .map((one) => ({ ...one.received, receivedMs: one.dueMs }));
  }

  #send(to: number, received: Received, dueMs: number): void {
    this.#count += 1;
    const flights = this.#flights.get(to) ?? [];
    flights.push({ dueMs, order: this.#count, received });
    this.#flights.set(to, flights);
  }

  #decode(from: number, message: Publish, nowMs: number): Received {
    const { topic } = message;
    const bytes = encodePayload(topic, message.payload as PayloadByTopic[typeof topic]);
    const decoded = decodePayload(topic, bytes);
    if (!decoded.ok) throw new Error(`${topic} of ${from}: ${decoded.code} ${decoded.detail}`);
    this.bytes.set(topic, (this.bytes.get(topic) ?? 0) + bytes.length);
    this.#count += 1;
    return {
      topic,
      author: from,
      bootEpoch: 1,
      sequence: this.#count,
      sentMs: nowMs,
      receivedMs: nowMs,
      clockOffsetMs: 0,
      clockErrorMs: 5,
      payload: decoded.payload,
    } as Received;
  }
}
