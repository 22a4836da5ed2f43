import { readFileSync } from 'node:fs';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { seededRandom } from '#protocols/random.ts';
import { flyFlights } from '#sim/flights/flights.ts';
import { readReleaseFiles } from '#world/release/release-file.ts';
import { loadRelease } from '#world/release/release.ts';
import { measureModel } from '#world/train/measure.ts';
import type { Bench } from '../bench.ts';

/** Flights per seed of each kind, and their length. */
const FLIGHTS = 8;
const FLIGHT_S = 30;

/** The shipped release against the response fitted to its training flights, on flights that neither has seen. */
export const modelBench: Bench = {
  about: 'the shipped model one second ahead, on new flights',
  seeds: [1001, 1010],
  run: async ({ seeds, tell }) => {
    const trusted = readFileSync('models/signers.txt', 'utf8').trim().split('\n');
    const release = loadRelease(readReleaseFiles('models/current'), trusted, verifySignature);
    const fly = (label: string, factor: number): ReturnType<typeof flyFlights> =>
      seeds.flatMap((seed) => flyFlights(label, FLIGHTS, FLIGHT_S, factor, seededRandom(seed)));
    const flights = {
      nominal: fly('nominal', 1),
      excited2x: fly('excited2x', 2),
      excited3x: fly('excited3x', 3),
    };
    tell(`${flights.nominal.length} flights of ${FLIGHT_S} s flown`);
    const { calibration, manifest } = release;
    const metrics = await measureModel(
      { model: release.model, baseline: manifest.baseline, calibration },
      flights,
    );
    const coverage = [...metrics.coverageVelocity, ...metrics.coveragePosition];
    return {
      errorRatioVsBaseline1s: metrics.errorRatio,
      coverageMin: Math.min(...coverage),
      coverageMax: Math.max(...coverage),
      velocityRmsMps: metrics.velocityRmsMps,
      velocityRmsBaselineMps: metrics.velocityRmsBaselineMps,
      positionRmsM: metrics.positionRmsM,
      positionRmsBaselineM: metrics.positionRmsBaselineM,
      aurocDisagreement2x: metrics.aurocExcitation2x,
      aurocDisagreement3x: metrics.aurocExcitation3x,
      innovationTripsPerHour: metrics.innovationTripsPerHour,
    };
  },
};
