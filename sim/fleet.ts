import type { Frame } from '#protocols/mavlink/framer.ts';
import { seededRandom } from '#protocols/random.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { LinkKind } from './autopilot/telemetry/stream-catalogue.ts';
import { ObservedStandIn } from './observed-vehicle.ts';
import type { Scenario } from './scenario.ts';
import { Detector, type DetectorGrid, type Look } from './sensors/detector.ts';
import { Truth, type TruthSummary } from './truth.ts';
import { STEP_MS, Vehicle } from './vehicle.ts';

/** Steps of 4 ms to one look of the detectors and of the truth: 50 Hz. */
const OBSERVE_DIVIDER = 5;

/** What came for a vehicle when `step` steps of the fleet were over: it acts from the next one on. */
interface Waiting {
  step: number;
  frames: readonly Frame[];
  kind: LinkKind;
}

interface Member {
  readonly vehicle: Vehicle;
  readonly detector: Detector;
  /** Steps flown: behind the fleet's within a window. */
  steps: number;
  readonly waiting: Waiting[];
  /** Datagrams since the last window's end. */
  readonly sent: Uint8Array[];
  readonly sentGround: Uint8Array[];
  /** Where it was at the last window's end, mission NED, m. */
  readonly placeNed: Vector3;
}

export interface FleetOptions {
  /** Unix time at boot, for SYSTEM_TIME only. */
  startUnixUs?: bigint;
  /**
   * Steps that each vehicle flies in one go before the next vehicle's turn: one vehicle's state fits the processor's nearest cache,
   * all of them do not. What comes for it acts at its own step all the same; what it says is heard at
   * the window's end. OBSERVE_DIVIDER must be a multiple.
   */
  windowSteps?: number;
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
  readonly #windowSteps: number;
  #steps = 0;

  constructor(scenario: Scenario, { startUnixUs = 0n, windowSteps = 1 }: FleetOptions = {}) {
    this.#windowSteps = windowSteps;
    const chances = { pDetect: scenario.pDetect, pFalse: scenario.pFalse };
    this.#members = new Map(
      scenario.vehicles.map((options) => {
        const random = seededRandom(scenario.seed).fork(`detector-${options.sysid}`);
        const vehicle = new Vehicle(scenario, options, startUnixUs);
        const detector = new Detector(scenario.targets, scenario.origin, chances, random);
        const { x, y, z } = vehicle.quadrotor.positionNed;
        const placeNed = vector3(x, y, z);
        const member = {
          vehicle,
          detector,
          steps: 0,
          waiting: [],
          sent: [],
          sentGround: [],
          placeNed,
        };
        return [options.sysid, member];
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

  /** As it is at this step, whatever the window. Undefined for a sysid that is not in the scenario. */
  vehicle(sysid: number): Vehicle | undefined {
    const member = this.#members.get(sysid);
    if (member !== undefined) this.#catchUp(member);
    return member?.vehicle;
  }

  /** Where it was at the last window's end, whoever has looked at it since; mission NED, m. */
  placeNed(sysid: number): Readonly<Vector3> | undefined {
    return this.#members.get(sysid)?.placeNed;
  }

  /** Frames that act from the next step on. */
  receive(sysid: number, frames: readonly Frame[], kind: LinkKind = 'onboard'): void {
    this.#members.get(sysid)?.waiting.push({ step: this.#steps, frames, kind });
  }

  configureDetector(sysid: number, grid: DetectorGrid): void {
    this.#members.get(sysid)?.detector.configure(grid);
  }

  /** @param payloadMs the clock that looks are stamped with. */
  step(outputs: FleetOutputs, payloadMs: number): void {
    this.#steps += 1;
    if (this.#steps % this.#windowSteps !== 0) return;
    const observe = this.#steps % OBSERVE_DIVIDER === 0;
    for (const [sysid, member] of this.#members) {
      this.#catchUp(member);
      this.#tell(sysid, member, outputs);
      if (!observe) continue;
      const looks = member.detector.step(member.placeNed, payloadMs);
      for (const look of looks) outputs.look(sysid, look);
    }
    if (observe) this.#truth.observe(this.timeMs());
  }

  #tell(sysid: number, member: Member, outputs: FleetOutputs): void {
    const { vehicle, sent, sentGround, placeNed } = member;
    const { x, y, z } = vehicle.quadrotor.positionNed;
    placeNed.x = x;
    placeNed.y = y;
    placeNed.z = z;
    for (let index = 0; index < sent.length; index += 1) outputs.send(sysid, sent[index]!);
    for (const datagram of sentGround) outputs.sendGround?.(sysid, datagram);
    sent.length = 0;
    sentGround.length = 0;
  }

  /** Flies a vehicle up to the fleet's step. */
  #catchUp(member: Member): void {
    const { vehicle, waiting, sent, sentGround } = member;
    while (member.steps < this.#steps) {
      while (waiting.length > 0 && waiting[0]!.step <= member.steps) {
        const { frames, kind } = waiting.shift()!;
        vehicle.receive(frames, kind);
      }
      member.steps += 1;
      for (const datagram of vehicle.step()) sent.push(datagram);
      for (const datagram of vehicle.toGround) sentGround.push(datagram);
    }
  }

  noteLoopLag(lagMs: number, slippedMs: number): void {
    this.#truth.noteLoopLag(lagMs, slippedMs);
  }

  truth(): TruthSummary {
    return this.#truth.summary();
  }
}
