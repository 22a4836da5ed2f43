import type { SigningKey } from '#protocols/gossip/signing.ts';
import { seededRandom } from '#protocols/random.ts';
import type { Clock } from '#protocols/time.ts';
import { flyFlights } from '#sim/flights/flights.ts';
import { sealRelease } from '#world/release/release.ts';
import type { ReleaseFiles } from '#world/release/release.ts';
import type { ReleaseContent } from '#world/release/manifest.ts';
import { makeRelease } from '#world/train/make-release.ts';
import { defaultTrainOptions } from '#world/train/train.ts';
import type { TrainOptions, TrainProgress } from '#world/train/train.ts';

export interface TrainReleaseOptions {
  name: string;
  version: number;
  seed: number;
  /** Virtual flights and their length. */
  flights: number;
  flightS: number;
  training: TrainOptions;
}

/** About 100,000 windows from many short flights, so that conditions vary, and a minute of one core: `train --quick`. */
export const quickTraining: Readonly<TrainReleaseOptions> = {
  name: 'quad-quick',
  version: 1,
  seed: 1,
  flights: 600,
  flightS: 30,
  training: defaultTrainOptions,
};

export interface TrainReleaseTools {
  clock: Clock;
  key: Pick<SigningKey, 'publicKey' | 'sign'>;
  onProgress: (progress: TrainReleaseProgress) => void;
}

export type TrainReleaseProgress =
  | { stage: 'fly'; flown: number; flights: number }
  | ({ stage: 'train' } & TrainProgress);

export interface TrainedReleaseFiles {
  files: ReleaseFiles;
  content: ReleaseContent;
  /** From the first flight to the sealed release. */
  elapsedS: number;
}

/** Flights that only measure how disagreement rises far outside the training range. */
const EXCITED_FLIGHTS = 30;

/**
 * From nothing to a signed release: flies in virtual time, trains, calibrates, measures, seals. Blocks its thread for
 * minutes. The same options give the same weights bit for bit on one kind of CPU.
 */
export const trainRelease = async (
  options: TrainReleaseOptions,
  tools: TrainReleaseTools,
): Promise<TrainedReleaseFiles> => {
  const startMs = tools.clock.monotonicMs();
  const random = seededRandom(options.seed);
  const flights = {
    nominal: flyFlights('nominal', options.flights, options.flightS, 1, random, (flown) => {
      tools.onProgress({ stage: 'fly', flown, flights: options.flights });
    }),
    excited2x: flyFlights('excited2x', EXCITED_FLIGHTS, options.flightS, 2, random),
    excited3x: flyFlights('excited3x', EXCITED_FLIGHTS, options.flightS, 3, random),
  };
  const identity = {
    name: options.name,
    version: options.version,
    createdUtc: new Date(Number(tools.clock.unixUs() / 1000n)).toISOString(),
    source:
      'Random-velocity flights of the PX4 stand-in in virtual time, conditions randomised per flight',
    seed: options.seed,
  };
  const trained = await makeRelease(flights, identity, options.training, {
    random: random.fork('training'),
    clock: tools.clock,
    onProgress: (progress) => tools.onProgress({ stage: 'train', ...progress }),
  });
  return {
    files: sealRelease(trained.content, trained.parameters, tools.key),
    content: trained.content,
    elapsedS: (tools.clock.monotonicMs() - startMs) / 1000,
  };
};
