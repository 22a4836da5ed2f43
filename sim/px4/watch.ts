import type { Frame } from '#protocols/mavlink/framer.ts';
import { seededRandom } from '#protocols/random.ts';
import type { Scenario } from '../scenario.ts';
import { Detector, type DetectorGrid, type Look } from '../sensors/detector.ts';
import { Truth, type TruthSummary } from '../truth.ts';
import { SihVehicle } from './sih-vehicle.ts';

interface Member {
  readonly vehicle: SihVehicle;
  readonly detector: Detector;
}

/**
 * What the simulator adds to vehicles that real PX4s fly: their payloads and the observer of the truth.
 * Pure: the caller owns time and wires.
 */
export class Px4Watch {
  readonly sysids: readonly number[];
  readonly #members: ReadonlyMap<number, Member>;
  readonly #truth: Truth;

  constructor(scenario: Scenario) {
    const chances = { pDetect: scenario.pDetect, pFalse: scenario.pFalse };
    this.#members = new Map(
      scenario.vehicles.map(({ sysid }) => {
        const random = seededRandom(scenario.seed).fork(`detector-${sysid}`);
        const detector = new Detector(scenario.targets, scenario.origin, chances, random);
        return [sysid, { vehicle: new SihVehicle(sysid, scenario.origin), detector }];
      }),
    );
    this.sysids = [...this.#members.keys()];
    const vehicles = [...this.#members.values()].map(({ vehicle }) => vehicle);
    this.#truth = new Truth(scenario, vehicles);
  }

  /** Frames of one vehicle's display link. */
  receive(sysid: number, frames: readonly Frame[]): void {
    this.#members.get(sysid)?.vehicle.receive(frames);
  }

  configureDetector(sysid: number, grid: DetectorGrid): void {
    this.#members.get(sysid)?.detector.configure(grid);
  }

  /**
   * Call at about 50 Hz. Says what the cameras saw.
   *
   * @param timeMs since the watch began.
   * @param payloadMs the clock that looks are stamped with.
   */
  step(timeMs: number, payloadMs: number, look: (sysid: number, look: Look) => void): void {
    for (const [sysid, { vehicle, detector }] of this.#members) {
      if (!vehicle.heard) continue;
      for (const one of detector.step(vehicle.positionNed, payloadMs)) look(sysid, one);
    }
    this.#truth.observe(timeMs);
  }

  /** Vehicles whose simulator has not said a word. */
  unheard(): number[] {
    return [...this.#members].flatMap(([sysid, { vehicle }]) => (vehicle.heard ? [] : [sysid]));
  }

  truth(): TruthSummary {
    return this.#truth.summary();
  }
}
