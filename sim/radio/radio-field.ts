import {
  RADIO_PROFILES,
  withExtra,
  type ProfileName,
  type RadioExtra,
  type RadioProfile,
} from './profile.ts';

/** Where a member is: metres from the origin, height above it. */
export interface Place {
  northM: number;
  eastM: number;
  heightM: number;
}

/** Whoever receives within its reach receives as P4 says, whoever sends. */
export interface Jammer {
  northM: number;
  eastM: number;
  radiusM: number;
}

/** How far the radios reach, m. Beyond `edgeM` a link is P3 at best, beyond `lostM` there is none. */
export interface RadioRange {
  edgeM: number;
  lostM: number;
}

/** What is added to a direction's delay: a floor, and the mean of an exponential part, ms. */
export interface Delay {
  floorMs: number;
  meanMs: number;
}

/** The worse of two profiles is the one that loses more. */
const ORDER: readonly ProfileName[] = ['P0', 'P1', 'P2', 'P3', 'P4'];

/**
 * What stands between the members at the moment: distances, jammers, cuts, and links made worse. The
 * faults of an episode change it; positions are handed in.
 */
export class RadioField {
  readonly #profiles: readonly RadioProfile[];
  readonly #base: ProfileName;
  readonly #range: RadioRange;
  readonly #placeOf: (member: number) => Place | undefined;
  readonly #jammers = new Map<string, Jammer>();
  /** Per direction `from>to`: what each named fault does to it. */
  readonly #cuts = new Map<string, Set<string>>();
  readonly #worse = new Map<string, Map<string, ProfileName>>();
  readonly #delays = new Map<string, Map<string, Delay>>();
  /** Made once each: a channel begins anew when its profile is another object. */
  readonly #delayed = new Map<string, RadioProfile>();

  constructor(
    base: ProfileName,
    range: RadioRange,
    placeOf: (member: number) => Place | undefined,
    extra?: RadioExtra,
  ) {
    // One object each: a channel begins anew when it is handed another.
    this.#profiles = ORDER.map((name) =>
      extra === undefined ? RADIO_PROFILES[name] : withExtra(RADIO_PROFILES[name], extra),
    );
    this.#base = base;
    this.#range = range;
    this.#placeOf = placeOf;
  }

  jam(name: string, jammer: Jammer): void {
    this.#jammers.set(name, jammer);
  }

  unjam(name: string): void {
    this.#jammers.delete(name);
  }

  /** Nothing passes in this one direction until {@link heal} of the same name, and of every other. */
  cut(from: number, to: number, name: string): void {
    const key = directed(from, to);
    const cuts = this.#cuts.get(key) ?? new Set();
    this.#cuts.set(key, cuts.add(name));
  }

  heal(from: number, to: number, name: string): void {
    this.#cuts.get(directed(from, to))?.delete(name);
  }

  /** This direction is at best as `profile` says, for the named reason; undefined: no longer. */
  worsen(from: number, to: number, name: string, profile: ProfileName | undefined): void {
    const key = directed(from, to);
    const reasons = this.#worse.get(key) ?? new Map<string, ProfileName>();
    if (profile === undefined) reasons.delete(name);
    else reasons.set(name, profile);
    this.#worse.set(key, reasons);
  }

  /** Whatever passes in this direction takes so much longer, for the named reason; undefined: no longer. */
  delay(from: number, to: number, name: string, delay: Delay | undefined): void {
    const key = directed(from, to);
    const reasons = this.#delays.get(key) ?? new Map<string, Delay>();
    if (delay === undefined) reasons.delete(name);
    else reasons.set(name, delay);
    this.#delays.set(key, reasons);
  }

  /** Undefined where nothing passes. */
  profileOf(from: number, to: number): RadioProfile | undefined {
    const name = directed(from, to);
    if ((this.#cuts.get(name)?.size ?? 0) > 0) return undefined;
    const sender = this.#placeOf(from);
    const receiver = this.#placeOf(to);
    if (sender === undefined || receiver === undefined) return undefined;
    const distanceM = Math.hypot(
      sender.northM - receiver.northM,
      sender.eastM - receiver.eastM,
      sender.heightM - receiver.heightM,
    );
    if (distanceM > this.#range.lostM) return undefined;
    let rank = ORDER.indexOf(this.#base);
    const atLeast = (other: ProfileName): void => {
      rank = Math.max(rank, ORDER.indexOf(other));
    };
    if (distanceM > this.#range.edgeM) atLeast('P3');
    for (const profile of this.#worse.get(name)?.values() ?? []) atLeast(profile);
    if (this.#isJammed(receiver)) atLeast('P4');
    return this.#withDelays(name, rank);
  }

  #withDelays(name: string, rank: number): RadioProfile {
    const profile = this.#profiles[rank]!;
    const reasons = this.#delays.get(name);
    if (reasons === undefined || reasons.size === 0) return profile;
    let { delayFloorMs, delayMeanMs } = profile;
    for (const { floorMs, meanMs } of reasons.values()) {
      delayFloorMs += floorMs;
      delayMeanMs += meanMs;
    }
    const key = `${ORDER[rank]} ${delayFloorMs} ${delayMeanMs}`;
    const known = this.#delayed.get(key) ?? { ...profile, delayFloorMs, delayMeanMs };
    this.#delayed.set(key, known);
    return known;
  }

  #isJammed(receiver: Place): boolean {
    for (const { northM, eastM, radiusM } of this.#jammers.values()) {
      if (Math.hypot(receiver.northM - northM, receiver.eastM - eastM) < radiusM) return true;
    }
    return false;
  }
}

const directed = (from: number, to: number): string => `${from}>${to}`;
