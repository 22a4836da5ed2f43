import { existsSync, readFileSync } from 'node:fs';
import {
  Attitude,
  AttitudeTarget,
  LocalPositionNed,
  SysStatus,
} from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { seededRandom } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { Excitation } from '#sim/flights/excitation.ts';
import { kinematicsModel } from '#world/kinematics.ts';
import { readReleaseFiles } from '#world/release/release-file.ts';
import { loadRelease } from '#world/release/release.ts';
import { STEP_S } from '#world/spaces.ts';
import type { Action, VehicleSample } from '#world/spaces.ts';
import { makeDataset } from '#world/train/dataset.ts';
import { velocityRmsAt } from '#world/train/evaluate.ts';
import { FlightLog } from '#world/train/flight.ts';
import type { Flight } from '#world/train/flight.ts';
import { rollOut } from '#world/train/rollouts.ts';
import { Companion } from '../companion.ts';

const DIRECTORY = 'models/current';
const SIGNERS = 'models/signers.txt';

/** The vehicle as its last telemetry has it. */
const sampleOf = (companion: Companion): VehicleSample => {
  const position = companion.heard(LocalPositionNed).at(-1)!;
  const attitude = companion.heard(Attitude).at(-1)!;
  const status = companion.heard(SysStatus).at(-1)!;
  return {
    positionNed: vector3(position.x, position.y, position.z),
    velocityNed: vector3(position.vx, position.vy, position.vz),
    rollRad: attitude.roll,
    pitchRad: attitude.pitch,
    yawRad: attitude.yaw,
    ratesRadps: vector3(attitude.rollspeed, attitude.pitchspeed, attitude.yawspeed),
    thrust: companion.heard(AttitudeTarget).at(-1)!.thrust,
    batteryVoltageV: status.voltageBattery / 1000,
    batteryCurrentA: status.currentBattery / 100,
  };
};

/** A flight of the whole stand-in over MAVLink bytes: take-off, OFFBOARD, random setpoints, telemetry read back. */
const flyOverTheWire = (seed: number, seconds: number): Flight => {
  const companion = new Companion({
    scenario: { seed, wind: { meanNorthMps: 3, meanEastMps: -1, turbulenceMps: 0.4 } },
    vehicle: { parameters: { MIS_TAKEOFF_ALT: 15 } },
  });
  companion.takeOff();
  companion.flyOffboard(0, 0, 0);
  companion.run(4);
  const excitation = new Excitation(seededRandom(seed));
  const log = new FlightLog(Math.ceil(seconds / STEP_S));
  let previous: Action = { velocityNed: vector3(0, 0, 0), yawRateRadps: 0 };
  for (let row = 0; row < seconds / STEP_S; row += 1) {
    const next = excitation.next(STEP_S, companion.vehicle.quadrotor.heightM());
    const action: Action = { velocityNed: { ...next.velocityNed }, yawRateRadps: 0 };
    log.push(sampleOf(companion), previous, action);
    companion.streamed = [action.velocityNed.x, action.velocityNed.y, action.velocityNed.z];
    companion.run(STEP_S);
    previous = action;
  }
  return log.finish(`wire-${seed}`);
};

describe.skipIf(!existsSync(DIRECTORY))('the shipped release', { timeout: 60_000 }, () => {
  it('foresees the whole stand-in, heard over MAVLink, better than the fitted response does', async () => {
    const trusted = readFileSync(SIGNERS, 'utf8').trim().split('\n');
    const release = loadRelease(readReleaseFiles(DIRECTORY), trusted, verifySignature);
    const flights = [21, 22, 23].map((seed) => flyOverTheWire(seed, 40));
    const dataset = makeDataset(flights, 10, 2);
    const learned = await rollOut(release.model, dataset, 10);
    const fitted = await rollOut(kinematicsModel(release.kinematics), dataset, 10);
    expect(velocityRmsAt(learned, 10)).toBeLessThan(0.65 * velocityRmsAt(fitted, 10));
    const trips = learned.disagreement.filter(
      (value) => value > release.calibration.disagreement.thresholdMps,
    );
    expect(trips.length / learned.count).toBeLessThan(0.01);
  });
});
