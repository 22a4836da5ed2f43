import { RADIO_PROFILES, type ProfileName, type RadioProfile } from './profile.ts';

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

/** The worse of two profiles is the one that loses more. */
const ORDER: readonly ProfileName[] = ['P1', 'P2', 'P3', 'P4'];

/**
 * What stands between the members at the moment: distances, jammers, cuts, and links made worse. The
 * faults of an episode change it; positions are handed in.
 */
export class RadioField {
  readonly #base: ProfileName;
  readonly #range: RadioRange;
  readonly #placeOf: (member: number) => Place | undefined;
  readonly #jammers = new Map<string, Jammer>();
  /** Directed: `from>to`. */
  readonly #cuts = new Set<string>();
  readonly #worse = new Map<string, ProfileName>();

  constructor(
    base: ProfileName,
    range: RadioRange,
    placeOf: (member: number) => Place | undefined,
  ) {
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

  /** Nothing passes in this one direction until {@link heal}. */
  cut(from: number, to: number): void {
    this.#cuts.add(directed(from, to));
  }

  heal(from: number, to: number): void {
    this.#cuts.delete(directed(from, to));
  }

  /** This direction is at best as `profile` says; undefined: as its place says again. */
  worsen(from: number, to: number, profile: ProfileName | undefined): void {
    if (profile === undefined) this.#worse.delete(directed(from, to));
    else this.#worse.set(directed(from, to), profile);
  }

  /** Undefined where nothing passes. */
  profileOf(from: number, to: number): RadioProfile | undefined {
    const name = directed(from, to);
    if (this.#cuts.has(name)) return undefined;
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
    const worse = this.#worse.get(name);
    if (worse !== undefined) atLeast(worse);
    if (this.#isJammed(receiver)) atLeast('P4');
    return RADIO_PROFILES[ORDER[rank]!];
  }

  #isJammed(receiver: Place): boolean {
    for (const { northM, eastM, radiusM } of this.#jammers.values()) {
      if (Math.hypot(receiver.northM - northM, receiver.eastM - eastM) < radiusM) return true;
    }
    return false;
  }
}

const directed = (from: number, to: number): string => `${from}>${to}`;
