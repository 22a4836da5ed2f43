import type { GraphBuilder, Value } from './graph/builder.ts';
import { foldedStep } from './folded-step.ts';
import { reshape } from './graph/layout.ts';
import type { DynamicsModel } from './model.ts';
import { placeNetwork } from './network.ts';
import type { Normalisation, Weights } from './network.ts';
import { CONTEXT_SIZE, MEMBERS, PARAMETER_BLOCKS } from './parameter-layout.ts';
import type { ParameterName } from './parameter-layout.ts';
import { HISTORY_STEPS, OBSERVATION_SIZE } from './spaces.ts';

/** What a trained model consists of. */
export interface LatentContent {
  readonly name: string;
  readonly version: string;
  readonly normalisation: Normalisation;
  /** PARAMETER_COUNT numbers in the order of `parameter-layout.ts`. */
  readonly parameters: Float32Array;
}

const placeWeights = (graph: GraphBuilder, parameters: Float32Array): Weights => {
  const placed = new Map<ParameterName, Value>();
  for (const { name, shape, offset, length } of PARAMETER_BLOCKS) {
    placed.set(name, graph.constant(parameters.subarray(offset, offset + length), shape));
  }
  return (name) => placed.get(name)!;
};

/**
 * The learned model behind the port: an encoder over the last second and five dynamics members, each a physics step
 * plus a residual network, trained on different draws of the data (Chua et al. 2018; Lakshminarayanan et al. 2017).
 */
export const latentModel = (content: LatentContent): DynamicsModel => ({
  id: content.name,
  version: content.version,
  members: MEMBERS,
  contextSize: CONTEXT_SIZE,
  place: (graph) => {
    const weights = placeWeights(graph, content.parameters);
    const network = placeNetwork(graph, content.normalisation, weights);
    const step = foldedStep(graph, content.normalisation, content.parameters);
    return {
      encode: (histories) => {
        const rows = histories.shape.length === 3 ? histories.shape[0]! : 1;
        return network.encode(reshape(histories, [1, rows, HISTORY_STEPS * OBSERVATION_SIZE]));
      },
      step: (state, action, context) => step(state, action, context!),
    };
  },
});
