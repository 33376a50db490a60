// Names for the nodes of a step's graph, for people who look at the running model: the layer whose variables a node takes, else
// the layer behind which it stands. They are read off the graph as it is lowered, so simplification cannot lose them.

import type { Tensor } from "../graph/index.ts";
import type { StateArray } from "./state.ts";

/**
 * What each node is, given the whole graph in topological order and the state it reads: "D.main.2 conv", "D.main.2 convFilterGrad",
 * "leakyRelu after D.main.2", "mul of D.adam.m".
 */
export function originsOf(order: readonly Tensor[], state: readonly StateArray[]): Map<Tensor, string> {
  const flats = flatArrays(order, state);
  const owners = layersOf(order, flats);
  const beside = besideVariables(order, owners);
  const names = new Map<Tensor, string>();
  /** The layer whose computing came last before each node. */
  const places = new Map<Tensor, { readonly layer: string; readonly position: number }>();
  order.forEach((node, position) => {
    const array = flats.get(node);
    const own = owners.get(node);
    if (own !== undefined || array !== undefined) {
      names.set(node, own === undefined ? `${node.op} of ${array!.name}` : `${own} ${node.op}`);
      return;
    }
    const layer = layerOf(node, owners, beside);
    const [last] = node.inputs.flatMap((each) => places.get(each) ?? []).sort((a, b) => b.position - a.position);
    names.set(node, layer !== undefined ? `${layer} ${node.op}` : last ? `${node.op} after ${last.layer}` : node.op);
    const place = layer === undefined ? last : { layer, position };
    if (place !== undefined) places.set(node, place);
  });
  return names;
}

/** The state array that a flat node is the value of, before or after an update, or a step towards it. */
function flatArrays(order: readonly Tensor[], state: readonly StateArray[]): Map<Tensor, StateArray> {
  const named = new Map(state.map((array) => [array.name, array]));
  const flats = new Map<Tensor, StateArray>();
  for (const node of order) {
    // Of an update's operands the parameters stand first in the state, before the optimizer's slots.
    const arrays = node.is("input") ? [named.get(node.attributes.name)] : sameSize(node).map((each) => flats.get(each));
    const [first] = arrays.filter((array) => array !== undefined).sort((a, b) => state.indexOf(a) - state.indexOf(b));
    if (first !== undefined) flats.set(node, first);
  }
  // A gradient belongs to what it is for.
  for (const node of order.toReversed()) {
    const array = flats.get(node);
    if (array === undefined) continue;
    for (const operand of sameSize(node)) if (!flats.has(operand)) flats.set(operand, array);
  }
  return flats;
}

/** The operands of a flat node that are as large as it is. */
const sameSize = (node: Tensor): Tensor[] =>
  node.shape.length === 1 && node.size > 1
    ? node.inputs.filter(({ shape }) => shape.length === 1 && shape[0] === node.size)
    : [];

/** The layers of variables, and of whatever is computed from the variables of one layer and from numbers alone. */
function layersOf(order: readonly Tensor[], flats: ReadonlyMap<Tensor, StateArray>): Map<Tensor, string> {
  const owners = new Map<Tensor, string>();
  const numbers = new Set<Tensor>();
  for (const node of order) {
    if (node.is("fill") || node.is("constant")) numbers.add(node);
    const entry = node.is("slice") ? entryAt(node, flats.get(node.inputs[0])) : undefined;
    const layers = new Set(node.inputs.filter((each) => !numbers.has(each)).map((each) => owners.get(each)));
    const [only] = layers;
    if (entry !== undefined) owners.set(node, entry.name.slice(0, entry.name.lastIndexOf(".")));
    else if (layers.size === 1 && only !== undefined) owners.set(node, only);
  }
  return owners;
}

function entryAt({ attributes: { starts, sizes } }: Tensor<"slice">, array: StateArray | undefined) {
  return array?.entries.find(
    ({ offset, shape }) => offset === starts[0] && shape.reduce((size, side) => size * side, 1) === sizes[0],
  );
}

const PRODUCTS: ReadonlySet<string> = new Set(["conv", "convInputGrad", "convFilterGrad", "matmul"]);

/** Of what meets a layer's variables in a product, that layer: its input, and the gradient of its output. */
function besideVariables(order: readonly Tensor[], owners: ReadonlyMap<Tensor, string>): Map<Tensor, Set<string>> {
  const beside = new Map<Tensor, Set<string>>();
  for (const { op, inputs } of order) {
    const layer = inputs.map((each) => owners.get(each)).find((each) => each !== undefined);
    if (!PRODUCTS.has(op) || layer === undefined) continue;
    for (const each of inputs) if (!owners.has(each)) beside.set(each, (beside.get(each) ?? new Set()).add(layer));
  }
  return beside;
}

/** The layer of a node that takes a variable, or that multiplies what its variables meet: their gradient. */
function layerOf(
  { op, inputs }: Tensor,
  owners: ReadonlyMap<Tensor, string>,
  beside: ReadonlyMap<Tensor, ReadonlySet<string>>,
): string | undefined {
  const direct = inputs.map((each) => owners.get(each)).find((each) => each !== undefined);
  if (direct !== undefined || !PRODUCTS.has(op)) return direct;
  const [a, b] = inputs.map((each) => beside.get(each) ?? new Set<string>());
  const shared = [...a].filter((layer) => b.has(layer));
  return [...shared, ...a, ...b][0];
}
