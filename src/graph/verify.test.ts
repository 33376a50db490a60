import { describe, expect, test } from "vitest";
import { fill, input, make, Tensor, verify } from "./index.ts";

const x = input("x", [2, 3]);

/** A node that claims something else than it should, as a wrong rewrite might make. */
function forged(node: Tensor, changes: Partial<Tensor>): Tensor {
  return Object.assign(Object.create(Tensor.prototype) as Tensor, node, changes);
}

describe("verify", () => {
  test("passes a legal graph, leaves included", () => {
    verify([x.mul(2).sum(), fill(1)], "building");
    verify([], "building");
  });

  test("names the pass and the node whose shape is not what its rule gives", () => {
    const wrong = forged(x.exp(), { shape: [3, 2] });
    expect(() => verify([wrong.neg()], "simplify")).toThrow(
      "verify after simplify: exp claims [3, 2], its rule gives [2, 3]",
    );
  });

  test("names a node with too many or too few inputs", () => {
    expect(() => verify([make("neg", [x, x], {})], "simplify")).toThrow("verify after simplify: neg has 2 inputs");
    expect(() => verify([forged(x.add(x), { inputs: [x] })], "simplify")).toThrow(
      "verify after simplify: add has 1 inputs",
    );
    expect(() => verify([forged(x, { inputs: [x.neg()] })], "simplify")).toThrow("input has 1 inputs");
  });

  test("refuses one input name with two shapes, anywhere in the graph", () => {
    const other = input("x", [3]);
    expect(() => verify([x.exp(), other], "building")).toThrow(
      'verify after building: input "x" is both [2, 3] and [3]',
    );
    verify([x.exp(), input("x", [2, 3])], "building");
  });
});
