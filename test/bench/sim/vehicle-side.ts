import { STREAM_RATES } from '#agent/pilot/tick.ts';
import { assert } from '#protocols/fault.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { commandMessage } from '#protocols/mavlink/command-message.ts';
import type { CommandRequest } from '#protocols/mavlink/command.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { velocitySetpoint } from '#protocols/mavlink/setpoint.ts';
import { streamRequests } from '#protocols/mavlink/stream-request.ts';
import { armCommand, setModeCommand, takeoffCommand } from '#protocols/mavlink/vehicle-command.ts';
import { Fleet } from '#sim/fleet.ts';
import { scenarioSchema, type Scenario } from '#sim/scenario.ts';
import { STEP_MS } from '#sim/vehicle.ts';
import { homesInSquare } from './home-square.ts';

/** Steps to a setpoint, and to a window, as in an episode. */
const TICK_STEPS = 5;
const READY_S = 8;
const CLIMB_S = 10;
/** Simulated drone-seconds of one round, and rounds: the quickest counts, the others shared the processor. */
const ROUND_DRONE_S = 100;
const ROUNDS = 5;

const scenarioOf = (seed: number, drones: number): Scenario =>
  homesInSquare(
    scenarioSchema.parse({
      seed,
      profile: '1.18',
      origin: { latDeg: 47.4, lonDeg: 8.5, altAmslM: 450 },
      wind: { meanNorthMps: 2, turbulenceMps: 0.5 },
      vehicles: Array.from({ length: drones }, (_, index) => ({
        sysid: index + 1,
        homeNorthM: 0,
        homeEastM: 0,
      })),
    }),
  );

/** Vehicles, payloads and truth of a swarm, flown by setpoints at 50 Hz and nobody's mind. */
class VehicleSide {
  readonly #fleet: Fleet;
  readonly #pilots: readonly { sysid: number; encoder: Encoder; framer: Framer }[];
  readonly #outputs = { send: (): void => {}, look: (): void => {} };
  #steps = 0;
  #isSteered = false;

  constructor(seed: number, drones: number) {
    this.#fleet = new Fleet(scenarioOf(seed, drones), { windowSteps: TICK_STEPS });
    this.#pilots = this.#fleet.sysids.map((sysid) => ({
      sysid,
      encoder: new Encoder(sysid, 191),
      framer: new Framer(),
    }));
  }

  /** All are in OFFBOARD and stream what a pilot asks for. */
  takeOff(): void {
    this.run(READY_S);
    for (const request of streamRequests(STREAM_RATES)) this.#order(request);
    this.#order(takeoffCommand());
    this.#order(armCommand());
    this.run(CLIMB_S);
    this.#isSteered = true;
    this.run(1);
    this.#order(setModeCommand('OFFBOARD', true));
    this.run(1);
    for (const sysid of this.#fleet.sysids) {
      const { mode } = this.#fleet.vehicle(sysid)!.autopilot.commander;
      assert(mode === 'OFFBOARD', `vehicle ${sysid} flies in ${mode}`);
    }
  }

  run(seconds: number): void {
    for (let step = 0; step < (seconds * 1000) / STEP_MS; step += 1) {
      this.#steps += 1;
      if (this.#isSteered && this.#steps % TICK_STEPS === 0) this.#steer();
      this.#fleet.step(this.#outputs, this.#steps * STEP_MS);
    }
  }

  #steer(): void {
    for (const { sysid, encoder, framer } of this.#pilots) {
      const velocityNed = { x: Math.sin(this.#steps / 500 + sysid), y: 0.3, z: 0 };
      const target = { sysid, compid: 1 };
      const setpoint = velocitySetpoint(target, velocityNed, { yawRad: 0 }, this.#steps * STEP_MS);
      framer.push(encoder.encode(setpoint));
      this.#fleet.receive(sysid, [framer.next()!]);
    }
  }

  #order(request: CommandRequest): void {
    for (const { sysid, encoder, framer } of this.#pilots) {
      framer.push(encoder.encode(commandMessage({ sysid, compid: 1 }, request, 0)));
      this.#fleet.receive(sysid, [framer.next()!]);
    }
    this.run(0.1);
  }
}

const threadUs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};

/** Thread CPU time of a drone's vehicle side for each 20 ms, in a swarm of so many, µs. Throws Fault 'assertion-failed'. */
export const vehicleSideUs = (seed: number, drones: number): number => {
  const side = new VehicleSide(seed, drones);
  side.takeOff();
  const seconds = ROUND_DRONE_S / drones;
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = threadUs();
    side.run(seconds);
    return (threadUs() - before) / ((seconds * 1000) / (TICK_STEPS * STEP_MS)) / drones;
  });
  return Math.min(...rounds);
};
