import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Fault } from '#protocols/fault.ts';
import type { BuiltGraph } from './graph/builder.ts';
import type { ElementType, TensorData, ValueInfo } from './graph/onnx.ts';

/** Row-major numbers by name; shapes are the graph's own. Bool is one byte each. */
export type Feeds = Readonly<Record<string, TensorData>>;

/** A loaded graph. `run` blocks its thread while it computes: keep it out of processes that must stay on time. */
export interface Session {
  /**
   * Feeds every input, returns every output. Inputs are read in place, outputs are fresh arrays.
   * Throws Fault `session-input` (missing input or wrong size) or `session-run` (the runtime refused).
   */
  run(feeds: Feeds): Promise<Record<string, TensorData>>;
  release(): Promise<void>;
}

interface SessionOptions {
  /** One by default: repeatable, and a companion computer's other cores have their own work. */
  threads?: number;
}

const ARRAY_OF: Record<ElementType, { new (length: number): TensorData }> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
};

const tensorOf = (info: ValueInfo, data: TensorData | undefined): Tensor => {
  const length = info.shape.reduce((size, axis) => size * axis, 1);
  if (data === undefined || data.length !== length || !(data instanceof ARRAY_OF[info.type])) {
    throw new Fault('session-input', `input ${info.name} wants ${length} × ${info.type}`, {
      data: { input: info.name, wanted: length, given: data?.length ?? null },
    });
  }
  return new Tensor(info.type, data as Float32Array, info.shape as number[]);
};

/**
 * The door to onnxruntime: loads a built graph on the CPU. The bytes must be trusted (built here, or verified by
 * `release.ts`): the runtime loads many a corrupted file without complaint.
 * Throws Fault `session-load`.
 */
export const createSession = async (
  graph: BuiltGraph,
  options: SessionOptions = {},
): Promise<Session> => {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(graph.bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: options.threads ?? 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new Fault('session-load', `onnxruntime refused the graph: ${String(cause)}`, { cause });
  }
  return {
    run: async (feeds) => {
      const inputs: Record<string, Tensor> = {};
      for (const info of graph.inputs) inputs[info.name] = tensorOf(info, feeds[info.name]);
      try {
        const results = await session.run(inputs);
        const outputs: Record<string, TensorData> = {};
        for (const { name } of graph.outputs) outputs[name] = results[name]!.data as TensorData;
        return outputs;
      } catch (cause) {
        throw new Fault('session-run', `onnxruntime failed: ${String(cause)}`, { cause });
      }
    },
    release: () => session.release(),
  };
};
