import type { Attribute, Attributes, GraphContent, NodeContent } from './onnx.ts';

/**
 * Takes out of a graph what costs time and changes nothing: onnxruntime runs nodes whose results nobody reads, and in a
 * loop's body each idle node costs one dispatch per turn.
 */
export const tidied = (content: GraphContent): GraphContent => withoutOutputCopies(live(content));

const isSubgraph = (
  attribute: Attribute,
): attribute is Extract<Attribute, { readonly kind: 'graph' }> => attribute.kind === 'graph';

const mapSubgraphs = (
  attributes: Attributes,
  change: (graph: GraphContent) => GraphContent,
): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      isSubgraph(attribute) ? { ...attribute, value: change(attribute.value) } : attribute,
    ]),
  );

/** Names that the graph reads from the scopes around it. */
const freeNames = (content: GraphContent): Set<string> => {
  const own = new Set([...content.inputs, ...content.initializers].map(({ name }) => name));
  for (const { outputs } of content.nodes) for (const { name } of outputs) own.add(name);
  const free = new Set<string>();
  for (const node of content.nodes) {
    for (const name of readsOf(node)) if (!own.has(name)) free.add(name);
  }
  return free;
};

/** Names that a node reads, those of its subgraphs included. */
const readsOf = ({ inputs, attributes }: NodeContent): string[] => [
  ...inputs.map(({ name }) => name),
  ...Object.values(attributes).flatMap((attribute) =>
    isSubgraph(attribute) ? [...freeNames(attribute.value)] : [],
  ),
];

/** Only the nodes and initializers that some output depends on. */
const live = (content: GraphContent): GraphContent => {
  const wanted = new Set(content.outputs.map(({ name }) => name));
  const nodes: NodeContent[] = [];
  for (const node of content.nodes.toReversed()) {
    if (!node.outputs.some(({ name }) => wanted.has(name))) continue;
    const kept = { ...node, attributes: mapSubgraphs(node.attributes, live) };
    for (const name of readsOf(kept)) wanted.add(name);
    nodes.push(kept);
  }
  return {
    ...content,
    nodes: nodes.reverse(),
    initializers: content.initializers.filter(({ name }) => wanted.has(name)),
  };
};

/** An Identity that only gives a node's result the name of an output is dropped, and the result renamed. */
const withoutOutputCopies = (content: GraphContent): GraphContent => {
  const inner = content.nodes.map((node) => ({
    ...node,
    attributes: mapSubgraphs(node.attributes, withoutOutputCopies),
  }));
  const outputs = new Set(content.outputs.map(({ name }) => name));
  const made = new Set(content.nodes.flatMap((node) => node.outputs.map(({ name }) => name)));
  const renamed = new Map<string, string>();
  const nodes = inner.filter(({ operator, inputs, outputs: [output] }) => {
    const from = inputs[0]?.name;
    const isCopy = operator === 'Identity' && output !== undefined && outputs.has(output.name);
    if (!isCopy || from === undefined || !made.has(from)) return true;
    if (outputs.has(from) || renamed.has(from)) return true;
    renamed.set(from, output.name);
    return false;
  });
  return withNames({ ...content, nodes }, renamed);
};

const withNames = (content: GraphContent, names: ReadonlyMap<string, string>): GraphContent => {
  const rename = <T extends { readonly name: string }>(value: T): T => {
    const name = names.get(value.name);
    return name === undefined ? value : { ...value, name };
  };
  return {
    ...content,
    nodes: content.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: mapSubgraphs(node.attributes, (graph) => withNames(graph, names)),
    })),
  };
};
