import { SetPositionTargetLocalNed, CommandLong } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { describe, expect, it } from 'vitest';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { Fleet } from '#sim/fleet.ts';
import { scenarioSchema, type ScenarioInput } from '#sim/scenario.ts';
import type { Look } from '#sim/sensors/detector.ts';

const base: ScenarioInput = {
  seed: 3,
  origin: { latDeg: 47, lonDeg: 8, altAmslM: 400 },
  vehicles: [
    { sysid: 1, homeNorthM: 0, homeEastM: 0, parameters: { MIS_TAKEOFF_ALT: 10 } },
    { sysid: 2, homeNorthM: 0, homeEastM: 8, parameters: { MIS_TAKEOFF_ALT: 10 } },
  ],
};

/** Several vehicles under one hand, in simulated time. */
class Flock {
  readonly fleet: Fleet;
  readonly looks: { sysid: number; look: Look }[] = [];
  readonly velocities = new Map<number, readonly [number, number, number]>();
  readonly #encoder = new Encoder(245, 191);
  #sent = 0;

  /** All that the vehicles have said so far, each by itself. */
  readonly heard = new Map<number, Uint8Array[]>();
  /** Whoever looks at the vehicles at odd moments. */
  onStep: ((step: number) => void) | undefined;

  constructor(scenario: Partial<ScenarioInput> = {}, windowSteps = 1) {
    this.fleet = new Fleet(scenarioSchema.parse({ ...base, ...scenario }), { windowSteps });
  }

  send(sysid: number, message: MavLinkData): void {
    const framer = new Framer();
    framer.push(this.#encoder.encode(message));
    this.fleet.receive(sysid, [framer.next()!]);
  }

  command(sysid: number, command: number, one = 0, two = 0, three = 0): void {
    const message = new CommandLong();
    message.command = command;
    message.targetSystem = sysid;
    message.targetComponent = 1;
    message._param1 = one;
    message._param2 = two;
    message._param3 = three;
    message._param7 = Number.NaN;
    this.send(sysid, message);
  }

  run(seconds: number): void {
    const outputs = {
      send: (sysid: number, datagram: Uint8Array) => {
        const before = this.heard.get(sysid) ?? [];
        before.push(datagram);
        this.heard.set(sysid, before);
      },
      look: (sysid: number, look: Look) => this.looks.push({ sysid, look }),
    };
    for (let step = 0; step < seconds * 250; step += 1) {
      if (step % 12 === 0) this.#stream();
      this.fleet.step(outputs, this.fleet.timeMs());
      this.onStep?.(step);
    }
  }

  takeOff(): void {
    this.run(7);
    for (const sysid of this.fleet.sysids) this.command(sysid, 400, 1);
    this.run(0.1);
    for (const sysid of this.fleet.sysids) this.command(sysid, 22);
    this.run(18);
  }

  offboard(sysid: number, velocity: readonly [number, number, number]): void {
    this.velocities.set(sysid, velocity);
    this.run(0.2);
    this.command(sysid, 176, 1, 6);
  }

  #stream(): void {
    this.#sent += 1;
    for (const [sysid, [vx, vy, vz]] of this.velocities) {
      const message = new SetPositionTargetLocalNed();
      message.targetSystem = sysid;
      message.coordinateFrame = 1;
      const mask: number = 0b1001_1100_0111;
      message.typeMask = mask;
      Object.assign(message, { vx, vy, vz, timeBootMs: this.#sent });
      this.send(sysid, message);
    }
  }
}

const saidBy = ({ heard }: Flock, sysid: number): Buffer => Buffer.concat(heard.get(sysid) ?? []);

describe('the truth about a flight', () => {
  it('notes take-off, least separation, heights and landing', () => {
    const flock = new Flock();
    flock.takeOff();
    flock.offboard(2, [0, -1, 0]);
    flock.run(4);
    flock.velocities.set(2, [0, 2, 0]);
    flock.run(3);
    for (const sysid of [1, 2]) flock.command(sysid, 21);
    flock.run(30);
    const truth = flock.fleet.truth();
    expect(truth.leastSeparation!.metres).toBeGreaterThan(2.5);
    expect(truth.leastSeparation!.metres).toBeLessThan(6);
    expect(truth.leastSeparation!.sysids).toEqual([1, 2]);
    expect(truth.vehicleCollisions).toBe(0);
    const [one] = truth.vehicles;
    expect(one!.takeoffAtMs).toBeGreaterThan(one!.armedAtMs!);
    expect(one!.landedAtMs).toBeGreaterThan(one!.takeoffAtMs!);
    expect(one!.disarmedAtMs! - one!.landedAtMs!).toBeGreaterThan(1900);
    expect(one!.greatestHeightM).toBeGreaterThan(8.5);
    expect(one!.touchdownSpeedMps).toBeLessThan(1);
    expect(one!.modes.map(({ mode }) => mode)).toEqual([
      'AUTO_LOITER',
      'AUTO_LOITER',
      'AUTO_TAKEOFF',
      'AUTO_LOITER',
      'AUTO_LAND',
      'AUTO_LOITER',
    ]);
  });

  it('counts collisions with obstacles and with each other, once each', () => {
    const flock = new Flock({
      obstacles: [{ kind: 'cylinder', northM: 15, eastM: 0, radiusM: 1, heightM: 30 }],
    });
    flock.takeOff();
    flock.offboard(1, [2, 0, 0]);
    flock.run(12);
    expect(flock.fleet.truth().vehicles[0]!.obstacleCollisions).toBe(1);
    expect(flock.fleet.truth().vehicles[1]!.obstacleCollisions).toBe(0);
    const meeting = new Flock();
    meeting.takeOff();
    meeting.offboard(2, [0, -1.5, 0]);
    meeting.run(1);
    const apart = meeting.fleet.truth().vehicleCollisions;
    // Estimates differ by decimetres: sweep the height so that the paths surely cross.
    for (let sweep = 0; sweep < 24 && meeting.fleet.truth().vehicleCollisions === 0; sweep += 1) {
      const one = meeting.fleet.vehicle(1)!.quadrotor.positionNed;
      const two = meeting.fleet.vehicle(2)!.quadrotor.positionNed;
      const gap = [one.x - two.x, one.y - two.y, one.z - two.z] as const;
      meeting.velocities.set(2, [gap[0], gap[1], gap[2]]);
      meeting.run(0.5);
    }
    expect(apart).toBe(0);
    expect(meeting.fleet.truth().vehicleCollisions).toBeGreaterThan(0);
  });

  it('measures the greatest setpoint gap in OFFBOARD, and voids it while its own loop lagged', () => {
    const gap = (lagMs: number): number => {
      const flock = new Flock();
      flock.takeOff();
      flock.offboard(1, [0, 0, 0]);
      flock.run(2);
      flock.fleet.noteLoopLag(lagMs, 0);
      flock.velocities.delete(1);
      flock.run(0.4);
      flock.velocities.set(1, [0, 0, 0]);
      flock.run(1);
      return flock.fleet.truth().vehicles[0]!.greatestSetpointGapMs ?? Number.NaN;
    };
    expect(Math.abs(gap(4) - 440)).toBeLessThan(60);
    expect(gap(80)).toBeLessThan(80);
  });

  it('knows the margin to the fence', () => {
    const square = [
      { northM: -30, eastM: -30 },
      { northM: 30, eastM: -30 },
      { northM: 30, eastM: 30 },
      { northM: -30, eastM: 30 },
    ];
    const flock = new Flock({ fence: { polygon: square, maxHeightM: 60 } });
    flock.takeOff();
    flock.offboard(1, [2, 0, 0]);
    flock.run(12);
    const { metres, sysids } = flock.fleet.truth().leastFenceMargin!;
    expect(metres).toBeGreaterThan(4);
    expect(metres).toBeLessThan(12);
    expect(sysids).toEqual([1]);
  });

  it('is the same flown step by step, or five steps of each vehicle in a row, whoever looks meanwhile', () => {
    const flown = (windowSteps: number, onStep: (flock: Flock, step: number) => void): Flock => {
      const flock = new Flock({}, windowSteps);
      flock.onStep = (step) => onStep(flock, step);
      flock.takeOff();
      // Not at a window's end: what is sent acts at its own step.
      flock.run(0.008);
      flock.offboard(1, [2, 0, 0]);
      flock.run(0.004);
      flock.offboard(2, [0, 1, 0]);
      flock.run(5);
      flock.run(0.016);
      return flock;
    };
    const single = flown(1, () => undefined);
    const window = flown(5, () => undefined);
    const watched = flown(5, (flock, step) => {
      if (step % 7 === 0) flock.fleet.vehicle(1);
    });
    for (const sysid of [1, 2]) {
      const said = saidBy(single, sysid);
      expect(said.length).toBeGreaterThan(100_000);
      expect(saidBy(window, sysid).equals(said)).toBe(true);
      expect(saidBy(watched, sysid).equals(said)).toBe(true);
      expect(window.fleet.vehicle(sysid)!.quadrotor.velocityNed).toEqual(
        single.fleet.vehicle(sysid)!.quadrotor.velocityNed,
      );
    }
    expect(window.fleet.truth()).toEqual(single.fleet.truth());
    expect(watched.fleet.truth()).toEqual(single.fleet.truth());
  });

  it('gives looks to the vehicle whose detector is configured', () => {
    const flock = new Flock();
    flock.fleet.configureDetector(1, {
      originLatDeg: 47,
      originLonDeg: 8,
      originAltAmslM: 400,
      cellM: 5,
      footprintRadiusM: 4,
    });
    flock.takeOff();
    flock.offboard(1, [3, 0, 0]);
    flock.offboard(2, [3, 0, 0]);
    flock.run(8);
    expect(flock.looks.length).toBeGreaterThan(2);
    expect(new Set(flock.looks.map(({ sysid }) => sysid))).toEqual(new Set([1]));
  });
});
