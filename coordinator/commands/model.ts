import { EXIT } from '#protocols/fault.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { readReleaseFiles, writeReleaseFiles } from '#world/release/release-file.ts';
import { loadRelease } from '#world/release/release.ts';
import type { Metrics } from '#world/release/manifest.ts';
import { quickTraining, trainRelease, type TrainReleaseProgress } from '../train-release.ts';
import type { Context } from './context.ts';
import { requireNew } from './new-directory.ts';
import { localModelSigner, trustedModelSigners } from './model-signers-file.ts';

interface TrainOptions {
  quick: boolean;
  seed: number;
  out: string;
}

/** The thorough training flies so many times the quick one's flights. */
const THOROUGH_FLIGHTS = 4;

const metricsText = (metrics: Metrics): string =>
  `velocity error one second ahead, held-out flights: ${metrics.velocityRmsMps.toFixed(3)} m/s, ` +
  `fitted analytic baseline ${metrics.velocityRmsBaselineMps.toFixed(3)} m/s (ratio ${metrics.errorRatio.toFixed(2)}), ` +
  `constant velocity ${metrics.velocityRmsConstantMps.toFixed(3)} m/s`;

const progressText = (progress: TrainReleaseProgress): string => {
  if (progress.stage === 'fly') return `flying: ${progress.flown} of ${progress.flights} flights`;
  const heldOut =
    progress.heldOutMps === undefined
      ? ''
      : `, held-out error ${progress.heldOutMps.toFixed(3)} m/s`;
  return (
    `training: step ${progress.step} of ${progress.steps}, loss ${progress.loss.toFixed(3)}${heldOut}, ` +
    `${progress.leftS.toFixed(0)} s left`
  );
};

/** `skein model train`: flies, trains, signs with this machine's key, prints error against the baseline. */
export const runModelTrain = async (context: Context, options: TrainOptions): Promise<number> => {
  requireNew(options.out, '--out');
  const flights = quickTraining.flights * (options.quick ? 1 : THOROUGH_FLIGHTS);
  const name = options.quick ? quickTraining.name : 'quad';
  let saidMs = 0;
  const onProgress = (progress: TrainReleaseProgress): void => {
    const nowMs = systemClock.monotonicMs();
    if (nowMs - saidMs < 2000) return;
    saidMs = nowMs;
    context.output.say(progressText(progress));
  };
  const { files, content, elapsedS } = await trainRelease(
    { ...quickTraining, name, flights, seed: options.seed },
    { clock: systemClock, key: localModelSigner(), onProgress },
  );
  writeReleaseFiles(options.out, files);
  const { metrics } = content;
  context.output.data(
    { out: options.out, elapsedS, metrics },
    () => `${options.out}: signed release in ${elapsedS.toFixed(0)} s\n${metricsText(metrics)}`,
  );
  return EXIT.ok;
};

/** `skein model show`: verifies digest and signature before it reads anything else. */
export const runModelShow = (context: Context, directory: string): number => {
  const release = loadRelease(readReleaseFiles(directory), trustedModelSigners(), verifySignature);
  const { manifest, digest, signer } = release;
  context.output.data({ directory, digest, signer, manifest }, () =>
    [
      `${manifest.name} version ${manifest.version}, ${manifest.createdUtc}: verified`,
      `digest ${digest.slice(0, 16)}…, signed by ${signer.slice(0, 16)}…`,
      metricsText(manifest.metrics),
    ].join('\n'),
  );
  return EXIT.ok;
};
