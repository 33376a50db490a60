import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import type { SampleForm } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { constant, input, type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import { linear, type Module, variablesOf } from "../nn/index.ts";
import {
  type ConditionalSpec,
  conditionalDcganDiscriminator,
  conditionalDcganGenerator,
  conditionalPlayers,
  conditioned,
} from "./conditional.ts";
import { imageSizes } from "./stages.ts";

/** The network with its label held at y. */
const told = ({ module }: ConditionalSpec, y: Tensor): Module => ({
  ...module,
  apply: (scope, x: Tensor) => module.apply(scope, x, y),
});

const outputShape = (spec: ConditionalSpec, labels: number): Shape =>
  applyTo(told(spec, input("y", [3, labels])), [3, ...spec.inputShape], []).y.shape;

const shapesOf = ({ module }: ConditionalSpec) =>
  Object.fromEntries([...variablesOf(module)].map(([path, { shape }]) => [path, shape]));

function parameterCount({ module }: ConditionalSpec): number {
  const parameters = [...variablesOf(module).values()].filter(({ role }) => role === "parameter");
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

const options = { labels: 10, width: 64, eps: 1e-5, zDim: 100, prior: "uniform" } as const;
const form = (kind: "images" | "points", sample: Shape, classes: number): SampleForm => ({
  ...{ kind, sample, classes: Array.from({ length: classes }, (_, i) => String(i)) },
});

describe("a network told of labels beside its input", () => {
  const spec = conditioned({ module: linear(6, 1, { bias: false }), inputShape: [6] }, [2, 2]);

  test("takes them after the flattened sample, under the paths it has anyway", () => {
    expect(spec.inputShape).toEqual([2, 2]);
    expect(shapesOf(spec)).toEqual({ weight: [1, 6] });
    const values = { weight: [1, 10, 100, 1000, 1e4, 1e5] };
    const { y, numbersOf } = applyTo(told(spec, constant([0, 1], [1, 2])), [1, 2, 2], [1, 2, 3, 4], { values });
    expect(numbersOf(y)).toEqual([104321]);
  });

  test("without labels is the network on the flattened sample", () => {
    const alone = conditioned({ module: linear(4, 1, { bias: false }), inputShape: [4] }, [2, 2]);
    const { y, numbersOf } = applyTo(alone.module as Module, [1, 2, 2], [1, 2, 3, 4], {
      values: { weight: [1, 10, 100, 1000] },
    });
    expect(numbersOf(y)).toEqual([4321]);
  });
});

describe("the conditional DCGAN", () => {
  const image = [1, 28, 28];

  test("on MNIST has the layers of the authors' code, the label entering each, and no other parameter", () => {
    const G = conditionalDcganGenerator({ ...options, image }) as ConditionalSpec;
    const D = conditionalDcganDiscriminator({ ...options, image }) as ConditionalSpec;
    expect(shapesOf(G)).toMatchObject({
      "fc1.0.weight": [1024, 110],
      "fc2.0.weight": [128 * 7 * 7, 1034],
      "up1.0.weight": [138, 64, 5, 5],
      "up2.0.weight": [74, 1, 5, 5],
    });
    expect(shapesOf(D)).toMatchObject({
      "down1.0.weight": [64, 11, 5, 5],
      "down2.0.weight": [128, 74, 5, 5],
      "fc1.0.weight": [1024, 128 * 7 * 7 + 10],
      "fc2.0.weight": [1, 1034],
    });
    expect(parameterCount(G)).toBe(1024 * 110 + 6272 * 1034 + 138 * 64 * 25 + 74 * 25);
    expect(parameterCount(D)).toBe(64 * 11 * 25 + 128 * 74 * 25 + 1024 * 6282 + 1034);
  });

  test.each(imageSizes)("makes and judges images of %s pixels with 1 to 4 channels", (size) => {
    for (const channels of [1, 2, 3, 4]) {
      const small = { ...options, labels: 3, width: 2, zDim: 5, image: [channels, size, size] };
      const G = conditionalDcganGenerator(small) as ConditionalSpec;
      expect(G.inputShape).toEqual([5]);
      expect(G.prior).toBe("uniform");
      expect(outputShape(G, 3)).toEqual([3, ...small.image]);
      const D = conditionalDcganDiscriminator(small) as ConditionalSpec;
      expect(D.inputShape).toEqual(small.image);
      expect(outputShape(D, 3)).toEqual([3]);
    }
  });

  test("joins the label to what enters each layer: as maps before convolutions, as numbers before dense layers", () => {
    const small = { ...options, labels: 2, width: 1, eps: 0, image: [1, 16, 16] };
    const D = conditionalDcganDiscriminator(small) as ConditionalSpec; // [1, 8, 8] → [2, 4, 4] → [16] → a logit
    const at = (size: number, ...entries: [index: number, value: number][]) => {
      const weights = new Float64Array(size);
      for (const [index, value] of entries) weights[index] = value;
      return weights;
    };
    const centre = 2 * 5 + 2; // of 5 × 5 taps
    const statistics = (path: string, units: number) => ({
      [`${path}.running_mean`]: at(units),
      [`${path}.running_var`]: new Float64Array(units).fill(1),
    });
    const values = {
      "down1.0.weight": [...at(25), ...at(25), ...new Float64Array(25).fill(1)], //  all taps of the second label's map
      "down2.0.weight": at(2 * 3 * 25, [centre, 1], [2 * 25 + centre, 100]), //      one of the channel's, one of that map's
      "fc1.0.weight": at(16 * 34, [0, 1], [33, 1000]), //                            its corner pixel, and that label
      "fc2.0.weight": at(18, [0, 1], [17, 1e4]),
      ...statistics("down2.1", 2),
      ...statistics("fc1.1", 16),
    };
    const logit = (label: readonly number[]) => {
      const module = told(D, constant(label, [1, 2]));
      const { y, numbersOf } = applyTo(module, [1, 1, 16, 16], at(256), { values, training: false });
      return numbersOf(y);
    };
    expect(logit([1, 0])).toEqual([0]);
    expect(logit([0, 1])).toEqual([9 + 100 + 1000 + 1e4]); // of the 5 × 5 taps at the corner, 3 × 3 lie on the map
  });

  test("refuses sizes it is not built for, naming the flag and both sizes", () => {
    for (const build of [conditionalDcganGenerator, conditionalDcganDiscriminator]) {
      const at = (size: number) => () => build({ ...options, image: [1, size, size] });
      expect(at(20)).toThrow(InputError);
      expect(at(20)).toThrow(
        "--size: the conditional dcgan makes images of 16, 28, 32, 64, 128 pixels, got 20×20. Pass --size 32.",
      );
    }
  });
});

describe("conditionalPlayers", () => {
  const chosen = { networks: "auto", zDim: 4, prior: "normal", width: 2, hidden: [8], eps: 1e-5 } as const;

  test("takes the conditional DCGAN for images and fully connected players for points", () => {
    const images = conditionalPlayers(chosen, form("images", [1, 16, 16], 3));
    expect(Object.keys(shapesOf(images.G))).toContain("up1.0.weight");
    expect(outputShape(images.G, 3)).toEqual([3, 1, 16, 16]);
    const points = conditionalPlayers(chosen, form("points", [2], 8));
    expect(shapesOf(points.G)).toMatchObject({ "model.0.weight": [8, 4 + 8], "model.2.weight": [2, 8] });
    expect(shapesOf(points.D)).toMatchObject({ "model.0.weight": [8, 2 + 8], "model.2.weight": [1, 8] });
    expect(outputShape(points.G, 8)).toEqual([3, 2]);
    expect(outputShape(points.D, 8)).toEqual([3]);
  });

  test("makes points of any size, and pixels from −1 to 1", () => {
    const made = (kind: "images" | "points", sample: Shape) => {
      const { G } = conditionalPlayers({ ...chosen, networks: "mlp", zDim: 1, hidden: [1] }, form(kind, sample, 1));
      const one = { "model.0.weight": [1, 1], "model.0.bias": [1] };
      const values = {
        ...one,
        "model.2.weight": Array(sizeOf(sample)).fill(2),
        "model.2.bias": Array(sizeOf(sample)).fill(0),
      };
      const { y, numbersOf } = applyTo(told(G, constant([1], [1, 1])), [1, 1], [1], { values });
      return numbersOf(y);
    };
    expect(made("points", [2])).toEqual([6, 6]);
    expectClose(made("images", [1, 2, 2]), Array(4).fill(Math.tanh(6)), { atol: 1e-12 });
  });

  test("takes attributes as labels where there are no classes", () => {
    const { D } = conditionalPlayers(
      { ...chosen, networks: "mlp" },
      { ...form("images", [1, 4, 4], 0), attributes: ["hat", "smile"] },
    );
    expect(shapesOf(D)).toMatchObject({ "model.0.weight": [8, 16 + 2] });
  });

  test("refuses convolutions over points, and data without labels", () => {
    const points = () => conditionalPlayers({ ...chosen, networks: "dcgan" }, form("points", [2], 8));
    expect(points).toThrow(InputError);
    expect(points).toThrow("--networks: dcgan makes images, and the data are points. Pass --networks mlp.");
    expect(() => conditionalPlayers(chosen, form("points", [2], 0))).toThrow(InputError);
  });
});
