import type { SigningKey } from '#protocols/gossip/signing.ts';
import { seededRandom } from '#protocols/random.ts';
import type { Random } from '#protocols/random.ts';
import type { Clock } from '#protocols/time.ts';
import { Excitation } from '#sim/flights/excitation.ts';
import { flyFlight } from '#sim/flights/fly.ts';
import { randomConditions } from '#sim/flights/randomise.ts';
import { sealRelease } from '#world/release/release.ts';
import type { ReleaseFiles } from '#world/release/release.ts';
import type { ReleaseContent } from '#world/release/manifest.ts';
import type { Flight } from '#world/train/flight.ts';
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

const fly = (
  label: string,
  count: number,
  factor: number,
  options: TrainReleaseOptions,
  random: Random,
  flown: (count: number) => void,
): Flight[] =>
  Array.from({ length: count }, (_, index) => {
    const own = random.fork(`${label}-${index}`);
    const excitation = new Excitation(own.fork('excitation'), factor);
    const conditions = randomConditions(own.fork('conditions'));
    const flight = flyFlight(
      `${label}-${index}`,
      options.flightS,
      conditions,
      excitation,
      own.fork('flight'),
    );
    flown(index + 1);
    return flight;
  });

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
    nominal: fly('nominal', options.flights, 1, options, random, (flown) => {
      tools.onProgress({ stage: 'fly', flown, flights: options.flights });
    }),
    excited2x: fly('excited2x', EXCITED_FLIGHTS, 2, options, random, () => {}),
    excited3x: fly('excited3x', EXCITED_FLIGHTS, 3, options, random, () => {}),
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
