import { expect, test } from "vitest";
import { grad, input, simplify, type Tensor, topologicalOrder } from "../graph/index.ts";
import { originsOf } from "./origins.ts";
import { layOut, pack, stateInput, unpack } from "./state.ts";

const parameters = layOut(
  "D.parameters",
  [
    { name: "D.first.weight", shape: [8, 3, 3, 3] },
    { name: "D.first.bias", shape: [8] },
    { name: "D.last.weight", shape: [1, 128] },
  ],
  "zeros",
);
const momentum = layOut("D.sgd.m", parameters.entries, "zeros");
const geometry = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const;

/** A descent step with momentum of a convolution, a bias, an activation and a product: x [2, 3, 6, 6]. */
function step(): Tensor[] {
  const flat = stateInput(parameters);
  const variables = unpack(parameters, flat);
  const [w, b, v] = variables;
  const x = input("x", [2, 3, 6, 6]);
  const hidden = x
    .conv(w, geometry)
    .add(b.reshape([1, 8, 1, 1]))
    .leakyRelu(0.2);
  const loss = hidden.flatten().matmul(v, { transposeB: true }).softplus().mean();
  const m = stateInput(momentum)
    .mul(0.9)
    .add(pack(grad(loss, variables)));
  return [flat.sub(m.mul(0.1)), m, loss];
}

const order = topologicalOrder(simplify(step()));
const origins = originsOf(order, [parameters, momentum]);
const namesOf = (op: string) => order.filter((node) => node.op === op).map((node) => origins.get(node));

test("what takes a layer's variable is that layer's", () => {
  expect(namesOf("conv")).toEqual(["D.first conv"]);
  expect(namesOf("add")).toContain("D.first add");
  expect(namesOf("slice")).toEqual(["D.first slice", "D.first slice", "D.last slice"]);
});

test("so are the gradients of its variables, and of its input", () => {
  expect(namesOf("convFilterGrad")).toEqual(["D.first convFilterGrad"]);
  expect(namesOf("matmul")).toEqual(["D.last matmul", "D.last matmul", "D.last matmul"]);
});

test("what takes none stands behind the layer computed last before it", () => {
  expect(namesOf("leakyRelu")).toEqual(["leakyRelu after D.first"]);
  expect(namesOf("softplus")).toEqual(["softplus after D.last"]);
  expect(namesOf("leakyReluGrad")).toEqual(["leakyReluGrad after D.last"]);
});

test("what moves the state is named by its array, the gradient beside it by what it moves", () => {
  expect(namesOf("sub")).toEqual(["sub of D.parameters"]);
  expect(namesOf("concat")).toEqual(["concat of D.sgd.m"]);
});

test("layers are found again in parameters that were updated before", () => {
  const flat = stateInput(parameters);
  const [moved] = step();
  const [before] = unpack(parameters, flat);
  const [after] = unpack(parameters, moved);
  const x = input("y", [2, 3, 6, 6]);
  const twice = topologicalOrder(simplify([x.conv(before, geometry), x.conv(after, geometry)]));
  const named = originsOf(twice, [parameters, momentum]);
  const convs = twice.filter(
    ({ op, inputs }) => op === "conv" && inputs[0] === twice.find((n) => n.is("input") && n.attributes.name === "y"),
  );
  expect(convs.map((node) => named.get(node))).toEqual(["D.first conv", "D.first conv"]);
});

test("every node has a name", () => {
  expect(order.filter((node) => origins.get(node) === undefined)).toEqual([]);
});
