import { seededRandom } from '#protocols/random.ts';
import { latentModel } from '#world/latent.ts';
import type { DynamicsModel } from '#world/model.ts';
import type { Normalisation } from '#world/network.ts';
import { CHANGES, initialParameters, PARAMETER_BLOCKS } from '#world/parameter-layout.ts';
import { OBSERVATION_SIZE } from '#world/spaces.ts';

/** A learned model of the usual size that nobody trained: it costs what a release costs and flies roughly like one. */
export interface MadeModel {
  model: DynamicsModel;
  parameters: Float32Array;
  normalisation: Normalisation;
}

/** Share of its starting size that the learned residual keeps, so that the physics step rules. */
const RESIDUAL_SHARE = 0.05;

export const madeModel = (seed: number): MadeModel => {
  const parameters = initialParameters(seededRandom(seed));
  const output = PARAMETER_BLOCKS.find(({ name }) => name === 'outputWeights')!;
  for (let index = output.offset; index < output.offset + output.length; index += 1) {
    parameters[index] = RESIDUAL_SHARE * parameters[index]!;
  }
  const normalisation: Normalisation = {
    observationMean: Array.from({ length: OBSERVATION_SIZE }, () => 0.1),
    observationDeviation: Array.from({ length: OBSERVATION_SIZE }, () => 2),
    changeDeviation: Array.from({ length: CHANGES }, () => 0.2),
  };
  const model = latentModel({ name: 'made', version: String(seed), normalisation, parameters });
  return { model, parameters, normalisation };
};
