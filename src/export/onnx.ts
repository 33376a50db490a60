// A trained generator as an ONNX model that stands alone: weights inside, plain operators, any batch. Inputs as its sampler's
// ("z" [N, …], "labels", "a", …), output "image" [N, …], for images in [−1, 1].

import { input, type Tensor } from "../graph/index.ts";
import { lower, type OnnxGraph, type OnnxNode, type OnnxTensor, writeOnnx } from "../onnx/index.ts";
import { buildMaking } from "../train/index.ts";
import { exportedPath, type TrainedGenerator } from "./generator.ts";

/** The batch that the graph is built for: a prime no other size is a multiple of, so that whatever dimension is one, holds the batch. */
const BATCH = 7919;

/** The model's bytes, with `metadata` in its metadata_props. */
export function exportOnnx(generator: TrainedGenerator, metadata: Readonly<Record<string, string>>): Uint8Array {
  const { data, tensors, recipe } = generator;
  // Samples that keep the batch's own statistics are each a batch by itself.
  const count = recipe.samplesAsTrained ? 1 : BATCH;
  const variable = (name: string, shape: readonly number[]) => input(exportedPath(generator, name), shape);
  const { image } = buildMaking(generator, count, variable);
  const bounded = data.kind === "points" || isTanh(image) ? image : image.maximum(-1).minimum(1);
  const model = lower({ image: bounded }, { metadata });
  const weights = [...tensors].map(
    ([name, { shape, data }]): OnnxTensor => ({
      name: exportedPath(generator, name),
      dtype: "float32",
      dims: shape,
      data: data as Float32Array,
    }),
  );
  const graph = bake(model.graph, weights);
  return writeOnnx({ ...model, graph: count === 1 ? graph : freeBatch(graph) });
}

/** Whether x is tanh's, but for its shape. */
function isTanh(x: Tensor): boolean {
  return x.is("tanh") || (x.is("reshape") && isTanh(x.inputs[0]));
}

/** The graph with the weights it takes as initializers in place of inputs. */
function bake(graph: OnnxGraph, weights: readonly OnnxTensor[]): OnnxGraph {
  const taken = new Set(graph.inputs.map(({ name }) => name));
  const baked = weights.filter(({ name }) => taken.has(name));
  const names = new Set(baked.map(({ name }) => name));
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !names.has(name)),
    initializers: [...baked, ...graph.initializers],
  };
}

/** The graph for a batch of any size: it stands open at the input and the output, and wherever a node was told its number. */
function freeBatch(graph: OnnxGraph): OnnxGraph {
  const holdsBatch = (size: number | bigint) => BigInt(size) !== 0n && BigInt(size) % BigInt(BATCH) === 0n;
  const values = new Map(graph.initializers.map((initializer) => [initializer.name, initializer]));
  const added = new Map<string, OnnxTensor>();
  // Reshape works out a −1; Expand leaves a dimension as it is where it is told 1.
  const openSize: Readonly<Record<string, bigint>> = { Reshape: -1n, Expand: 1n };
  const nodes = graph.nodes.map((node): OnnxNode => {
    const [data, target] = node.inputs;
    const shape = values.get(target);
    const open = openSize[node.op];
    if (open === undefined || !(shape?.data instanceof BigInt64Array) || !shape.data.some(holdsBatch)) return node;
    const name = `${target}/${node.op}`;
    added.set(name, { ...shape, name, data: shape.data.map((size) => (holdsBatch(size) ? open : size)) });
    return { ...node, inputs: [data, name] };
  });
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  const openDims = <T extends { readonly dims: readonly number[] }>(value: T): T => ({
    ...value,
    dims: value.dims.map((size) => (holdsBatch(size) ? -1 : size)),
  });
  return {
    ...graph,
    nodes,
    initializers: [...graph.initializers, ...added.values()].filter(({ name }) => used.has(name)),
    inputs: graph.inputs.map(openDims),
    outputs: graph.outputs.map(openDims),
  };
}
