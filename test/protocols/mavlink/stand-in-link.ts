import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { newLinkCounts, type LinkCounts, type VehicleLink } from '#protocols/mavlink/link.ts';
import { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { scenarioSchema, type ScenarioInput } from '#sim/scenario.ts';
import { STEP_MS, Vehicle } from '#sim/vehicle.ts';

const PUMP_MS = 20;

/** A wire to a stand-in in the same process, in made time. Loses what it is told to lose. */
export class StandInLink implements VehicleLink {
  readonly vehicle: Vehicle;
  readonly counts: LinkCounts = newLinkCounts();
  /** Says of each packet, whichever way it goes, whether it gets lost. */
  loses: () => boolean = () => false;
  readonly #toVehicle = new Framer();
  readonly #toUs = new Framer();
  #frames: Frame[] = [];
  #closed = false;

  constructor(scenario: Partial<ScenarioInput> = {}) {
    const parsed = scenarioSchema.parse({
      seed: 11,
      origin: { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 488 },
      vehicles: [{ sysid: 7, homeNorthM: 0, homeEastM: 0 }],
      ...scenario,
    });
    this.vehicle = new Vehicle(parsed, parsed.vehicles[0]!);
  }

  send(bytes: Uint8Array): void {
    if (this.#closed || this.loses()) return;
    this.vehicle.receive(this.#framesIn(this.#toVehicle, bytes));
  }

  receive(): Frame[] {
    const frames = this.#closed ? [] : this.#frames;
    this.#frames = [];
    return frames;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  advance(ms: number): void {
    for (let step = 0; step < ms / STEP_MS; step += 1) {
      for (const datagram of this.vehicle.step()) {
        const frames = this.#framesIn(this.#toUs, datagram);
        this.#frames.push(...frames.filter(() => !this.loses()));
      }
    }
  }

  #framesIn(framer: Framer, bytes: Uint8Array): Frame[] {
    framer.push(bytes);
    const frames: Frame[] = [];
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) frames.push(frame);
    return frames;
  }
}

/** A session with a stand-in; time passes only in {@link SessionRig.run} and {@link SessionRig.until}. */
export class SessionRig {
  readonly link: StandInLink;
  readonly session: VehicleSession;

  constructor(scenario: Partial<ScenarioInput> = {}) {
    this.link = new StandInLink(scenario);
    const { sysid } = this.link.vehicle;
    this.session = new VehicleSession(this.link, { sysid, compid: 1 });
    this.session.pump(0);
  }

  get nowMs(): number {
    return this.link.vehicle.timeMs();
  }

  pass(): void {
    this.link.advance(PUMP_MS);
    this.session.pump(this.nowMs);
  }

  run(seconds: number): void {
    const endMs = this.nowMs + seconds * 1000;
    while (this.nowMs < endMs) this.pass();
  }

  /** Lets time pass until the promise is settled, at most `limitS`. */
  async until<T>(promise: Promise<T>, limitS = 60): Promise<T> {
    const state = { settled: false };
    const settle = (): void => {
      state.settled = true;
    };
    promise.then(settle, settle);
    const endMs = this.nowMs + limitS * 1000;
    while (!state.settled && this.nowMs < endMs) {
      this.pass();
      // Promises that hang on one another are settled between two passes.
      for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
    }
    if (!state.settled) throw new Error(`not settled within ${limitS} s`);
    return promise;
  }
}
