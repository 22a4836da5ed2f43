import { Fault } from '#protocols/fault.ts';
import type { NodeRecord, Value } from './builder.ts';
import { add } from './elementwise.ts';
import { GRADIENT_RULES } from './gradient-rules.ts';
import { expand } from './layout.ts';
import { sizeOf, shapeFault } from './shape.ts';

/** Names of all values that `targets` can influence on the way to `loss`, and the nodes that compute them. */
const pathTo = (
  loss: Value,
  targets: readonly Value[],
): { names: Set<string>; records: NodeRecord[] } => {
  const names = new Set(targets.map((value) => value.name));
  const seen = new Map<string, NodeRecord>();
  const open: Value[] = [loss];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const record = value.graph.producerOf(value);
    if (record === undefined || seen.has(value.name)) continue;
    for (const output of record.outputs) seen.set(output.name, record);
    open.push(...record.inputs);
  }
  const records = [...new Set(seen.values())].toSorted((a, b) => a.order - b.order);
  for (const record of records) {
    if (record.inputs.some((input) => names.has(input.name))) {
      for (const output of record.outputs) names.add(output.name);
    }
  }
  return { names, records: records.filter((record) => names.has(record.outputs[0]!.name)) };
};

/**
 * Reverse-mode differentiation over the builder: emits the nodes that compute ∂loss/∂target for every target
 * (Griewank and Walther, Evaluating Derivatives, ch. 3) and returns them in the targets' order and shapes.
 * `loss` has one element; a target that the loss does not depend on gets zeros.
 * Throws Fault `graph-gradient` when the path runs through an operator without a gradient (TopK, Gather, Loop, …).
 */
export const gradients = (loss: Value, targets: readonly Value[]): Value[] => {
  if (sizeOf(loss.shape) !== 1)
    throw shapeFault('gradient', 'the loss has one element', loss.shape);
  const { names, records } = pathTo(loss, targets);
  const known = new Map<string, Value>([
    [loss.name, expand(loss.graph.scalar(1, loss.type), loss.shape)],
  ]);
  for (const record of records.toReversed()) {
    const incoming = record.outputs.map((output) => known.get(output.name));
    if (incoming.every((value) => value === undefined)) continue;
    const rule = GRADIENT_RULES[record.operator];
    if (rule === undefined) {
      throw new Fault('graph-gradient', `${record.operator} has no gradient`, {
        data: { operator: record.operator },
        remedy:
          'keep this operator off the way from the parameters to the loss, or stop the gradient before it',
      });
    }
    const contributions = rule(record, incoming);
    record.inputs.forEach((input, index) => {
      const contribution = contributions[index];
      if (contribution === undefined || !names.has(input.name)) return;
      const earlier = known.get(input.name);
      const value = contribution();
      known.set(input.name, earlier === undefined ? value : add(earlier, value));
    });
  }
  return targets.map(
    (target) => known.get(target.name) ?? expand(loss.graph.scalar(0, target.type), target.shape),
  );
};
