import { Fault } from '#protocols/fault.ts';
import px4v115 from './data/parameters-1.15.json' with { type: 'json' };
import px4v118 from './data/parameters-1.18.json' with { type: 'json' };

/** int32 travels in the float field of PARAM_VALUE as a bytewise union, float as itself. */
export type ParameterType = 'int32' | 'float';

/** Which PX4 the stand-in behaves like. */
export type Profile = '1.15' | '1.18';

type Common<One, Other> = Extract<keyof One, keyof Other>;

/** A parameter that both profiles have. */
export type ParameterName =
  | Common<typeof px4v115.int32, typeof px4v118.int32>
  | Common<typeof px4v115.float, typeof px4v118.float>;

interface Catalogue {
  /** As read over MAVLink from PX4 SITL with airframe 10040 after its first boot, in its order. */
  readonly defaults: ReadonlyMap<string, number>;
  readonly types: ReadonlyMap<string, ParameterType>;
  readonly indexes: ReadonlyMap<string, number>;
  /** What PX4 changes by itself and leaves out of its hash. */
  readonly volatile: ReadonlySet<string>;
}

const catalogueOf = (data: typeof px4v115 | typeof px4v118): Catalogue => {
  const entries = [
    ...Object.entries(data.int32).map(([name, value]) => ({ name, value, type: 'int32' as const })),
    ...Object.entries(data.float).map(([name, value]) => ({ name, value, type: 'float' as const })),
  ].sort((one, other) => (one.name < other.name ? -1 : 1));
  return {
    defaults: new Map(entries.map(({ name, value }) => [name, value])),
    types: new Map(entries.map(({ name, type }) => [name, type])),
    indexes: new Map(entries.map(({ name }, index) => [name, index])),
    volatile: new Set(data.volatile),
  };
};

const CATALOGUES: Readonly<Record<Profile, Catalogue>> = {
  '1.15': catalogueOf(px4v115),
  '1.18': catalogueOf(px4v118),
};

/** Where a parameter that both profiles have lies in every table: what is read at each step needs no search by name. */
export type ParameterSlot = number & { readonly slot: unique symbol };

const SLOTS: ReadonlyMap<string, number> = new Map(
  [...CATALOGUES['1.15'].defaults.keys()]
    .filter((name) => CATALOGUES['1.18'].defaults.has(name))
    .map((name, slot) => [name, slot]),
);

export const slotOf = (name: ParameterName): ParameterSlot => SLOTS.get(name) as ParameterSlot;

/** One vehicle's parameter table. Ranges are not enforced, as PX4 does not either. */
export class Parameters {
  readonly profile: Profile;
  /** All names in PX4's order: a parameter's index is its place here. */
  readonly names: readonly string[];
  /** Counts changes, so that readers know when to read again. */
  revision = 0;
  /** Changed and not yet written to storage: PX4 tells these to everyone. */
  readonly unsaved = new Set<string>();
  readonly #catalogue: Catalogue;
  readonly #values: Map<string, number>;
  readonly #bySlot = new Float64Array(SLOTS.size);

  /** Throws the Fault `parameter-unknown` (exit 2) for an override that this PX4 does not have. */
  constructor(profile: Profile, overrides: Readonly<Record<string, number>> = {}) {
    this.profile = profile;
    this.#catalogue = CATALOGUES[profile];
    this.#values = new Map(this.#catalogue.defaults);
    this.names = [...this.#values.keys()];
    for (const [name, slot] of SLOTS) this.#bySlot[slot] = this.#values.get(name)!;
    for (const [name, value] of Object.entries(overrides)) {
      if (!this.has(name)) throw unknownFault(name, profile);
      this.set(name, value);
    }
    this.revision = 0;
    this.unsaved.clear();
  }

  get(name: ParameterName): number {
    return this.#values.get(name)!;
  }

  /** As {@link Parameters.get}, for loops. */
  at(slot: ParameterSlot): number {
    return this.#bySlot[slot]!;
  }

  /** As {@link Parameters.get} for any name; undefined for one that this PX4 does not have. */
  find(name: string): number | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  typeOf(name: string): ParameterType | undefined {
    return this.#catalogue.types.get(name);
  }

  indexOf(name: string): number | undefined {
    return this.#catalogue.indexes.get(name);
  }

  isVolatile(name: string): boolean {
    return this.#catalogue.volatile.has(name);
  }

  /** Does nothing for a name that this PX4 does not have. */
  set(name: string, value: number): void {
    const type = this.typeOf(name);
    if (type === undefined) return;
    const held = type === 'int32' ? Math.trunc(value) : value;
    // v1.15 marks even what was set to its own value; v1.18 only what changed.
    if (this.profile === '1.15' || held !== this.#values.get(name)) this.unsaved.add(name);
    this.#values.set(name, held);
    const slot = SLOTS.get(name);
    if (slot !== undefined) this.#bySlot[slot] = held;
    this.revision += 1;
  }
}

const unknownFault = (name: string, profile: Profile): Fault =>
  new Fault('parameter-unknown', `PX4 v${profile} has no parameter ${name}`, {
    exit: 'usage',
    data: { name, profile },
    remedy: 'Correct the name under "parameters", or choose the other "profile".',
  });
