import type { Frame } from '#protocols/mavlink/framer.ts';
import { seededRandom } from '#protocols/random.ts';
import type { LinkKind } from './autopilot/telemetry/stream-catalogue.ts';
import { ObservedStandIn } from './observed-vehicle.ts';
import type { Scenario } from './scenario.ts';
import { Detector, type DetectorGrid, type Look } from './sensors/detector.ts';
import { Truth, type TruthSummary } from './truth.ts';
import { STEP_MS, Vehicle } from './vehicle.ts';

/** Steps of 4 ms to one look of the detectors and of the truth: 50 Hz. */
const OBSERVE_DIVIDER = 5;

interface Member {
  readonly vehicle: Vehicle;
  readonly detector: Detector;
}

export interface FleetOutputs {
  /** A datagram for a vehicle's companion. */
  send(sysid: number, datagram: Uint8Array): void;
  /** A datagram for the ground station. */
  sendGround?(sysid: number, datagram: Uint8Array): void;
  look(sysid: number, look: Look): void;
}

/**
 * All simulated vehicles of a scenario with their payloads and the observer of the truth. Pure: the
 * caller owns time and wires. The same fleet runs in real time behind sockets and in lockstep.
 */
export class Fleet {
  readonly sysids: readonly number[];
  readonly #members: ReadonlyMap<number, Member>;
  readonly #truth: Truth;
  #steps = 0;

  /** @param startUnixUs Unix time at boot, for SYSTEM_TIME only. */
  constructor(scenario: Scenario, startUnixUs = 0n) {
    const chances = { pDetect: scenario.pDetect, pFalse: scenario.pFalse };
    this.#members = new Map(
      scenario.vehicles.map((options) => {
        const random = seededRandom(scenario.seed).fork(`detector-${options.sysid}`);
        const vehicle = new Vehicle(scenario, options, startUnixUs);
        const detector = new Detector(scenario.targets, scenario.origin, chances, random);
        return [options.sysid, { vehicle, detector }];
      }),
    );
    this.sysids = [...this.#members.keys()];
    const vehicles = [...this.#members.values()].map(({ vehicle }) => new ObservedStandIn(vehicle));
    this.#truth = new Truth(scenario, vehicles);
  }

  /** Simulated time since boot, ms. */
  timeMs(): number {
    return this.#steps * STEP_MS;
  }

  /** Undefined for a sysid that is not in the scenario. */
  vehicle(sysid: number): Vehicle | undefined {
    return this.#members.get(sysid)?.vehicle;
  }

  receive(sysid: number, frames: readonly Frame[], kind: LinkKind = 'onboard'): void {
    this.#members.get(sysid)?.vehicle.receive(frames, kind);
  }

  configureDetector(sysid: number, grid: DetectorGrid): void {
    this.#members.get(sysid)?.detector.configure(grid);
  }

  /** @param payloadMs the clock that looks are stamped with. */
  step(outputs: FleetOutputs, payloadMs: number): void {
    this.#steps += 1;
    const observe = this.#steps % OBSERVE_DIVIDER === 0;
    for (const [sysid, { vehicle, detector }] of this.#members) {
      for (const datagram of vehicle.step()) outputs.send(sysid, datagram);
      for (const datagram of vehicle.toGround) outputs.sendGround?.(sysid, datagram);
      if (!observe) continue;
      const looks = detector.step(vehicle.quadrotor.positionNed, payloadMs);
      for (const look of looks) outputs.look(sysid, look);
    }
    if (observe) this.#truth.observe(this.timeMs());
  }

  noteLoopLag(lagMs: number, slippedMs: number): void {
    this.#truth.noteLoopLag(lagMs, slippedMs);
  }

  truth(): TruthSummary {
    return this.#truth.summary();
  }
}
