import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { applyTo } from "../../test/scope.ts";
import type { SampleForm } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { constant, type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import { type AnyModule, type Module, variablesOf } from "../nn/index.ts";
import { dcganDiscriminator } from "./dcgan.ts";
import {
  type Classification,
  type ClassifierSpec,
  classifierPlayers,
  dcganClassifier,
  mlpClassifier,
  softplusGenerator,
} from "./semi-supervised.ts";
import { imageSizes } from "./stages.ts";

/** One of the classifier's answers, under this noise. */
const answer = ({ module }: ClassifierSpec, name: keyof Classification, ...noise: Tensor[]): Module => ({
  ...module,
  apply: (scope, x: Tensor) => module.apply(scope, x, ...noise)[name]!,
});

const shapesOf = ({ module }: { readonly module: unknown }) =>
  Object.fromEntries([...variablesOf(module as AnyModule)].map(([path, { shape }]) => [path, shape]));

const exact = { atol: 1e-12, rtol: 1e-12 };

describe("the fully connected classifier", () => {
  test("on MNIST has the reference's layers, each with weight norm, and learns the gain of the last", () => {
    const D = mlpClassifier({ sample: [1, 28, 28], hidden: [1000, 500, 250, 250, 250], classes: 10, fakeClass: false });
    const widths = [784, 1000, 500, 250, 250, 250, 10];
    const expected = widths.slice(1).flatMap((width, i) => [
      [`${i}.weight_v`, [width, widths[i]]],
      [`${i}.bias`, [width]],
    ]);
    expect(shapesOf(D)).toEqual({ ...Object.fromEntries(expected), "5.weight_g": [10, 1] });
  });

  const small = mlpClassifier({ sample: [1, 1, 2], hidden: [2], classes: 1, fakeClass: true });
  // Rows along (3, 4)/5 and (−5, 12)/13, of the length √2; then the features as they are.
  const values = {
    "0.weight_v": [3, 4, -5, 12],
    "0.bias": [0, -100],
    "1.weight_g": [1, 1],
    "1.weight_v": [1, 0, 0, 1],
    "1.bias": [0.5, 0.25],
  };
  const r = Math.SQRT2;
  const say = (name: keyof Classification, ...noise: Tensor[]) => {
    const { y, numbersOf } = applyTo(answer(small, name, ...noise), [1, 1, 1, 2], [1, 2], { values });
    return numbersOf(y);
  };

  test("says of (1, 2) the features √2 · 11/5 and ReLU(√2 · 19/13 − 100), and from them its logits", () => {
    expectClose(say("features"), [(r * 11) / 5, 0], exact);
    expectClose(say("classes"), [(r * 11) / 5 + 0.5], exact);
    expectClose(say("fake"), [0.25], exact);
  });

  test("adds noise to what enters each layer, after the features are taken", () => {
    const noise = [constant([9, 98], [1, 2]), constant([0, 1000], [1, 2])]; // (1, 2) becomes (10, 100)
    const features = [r * 86, (r * 1150) / 13 - 100];
    expectClose(say("features", ...noise), features, exact);
    expectClose(say("classes", ...noise), [features[0] + 0.5], exact);
    expectClose(say("fake", ...noise), [features[1] + 1000 + 0.25], exact);
  });

  test("without a class of fakes has an output for each class, and no other", () => {
    const D = mlpClassifier({ sample: [2], hidden: [3], classes: 4, fakeClass: false });
    expect(shapesOf(D)["1.weight_v"]).toEqual([4, 3]);
    let said: Classification | undefined;
    const listening: Module = {
      ...D.module,
      apply(scope, x: Tensor) {
        said = D.module.apply(scope, x);
        return said.classes;
      },
    };
    expect(applyTo(listening, [5, 2], []).y.shape).toEqual([5, 4]);
    expect(said).not.toHaveProperty("fake");
  });
});

describe("the convolutional classifier", () => {
  test.each(imageSizes)("judges images of %s pixels by features of which its logits are a linear function", (size) => {
    const base = size === 28 ? 7 : 4;
    const D = dcganClassifier({ sample: [3, size, size], width: 2, classes: 5, fakeClass: true, eps: 1e-5 });
    const shape = (name: keyof Classification): Shape => applyTo(answer(D, name), [3, 3, size, size], []).y.shape;
    const features = 2 * (size / base / 2) * base * base;
    expect(shape("features")).toEqual([3, features]);
    expect(shape("classes")).toEqual([3, 5]);
    expect(shape("fake")).toEqual([3]);
    expect(shapesOf(D)["head.weight"]).toEqual([6, features]);
  });

  test("is DCGAN's discriminator but for its last layer", () => {
    const image = [3, 32, 32];
    const features = (spec: { readonly module: unknown }) =>
      Object.entries(shapesOf(spec)).filter(([path]) => !/^(head|main\.8)\./.test(path));
    const D = dcganClassifier({ sample: image, width: 4, classes: 5, fakeClass: false, eps: 1e-5 });
    expect(features(D)).toHaveLength(3 + 2 * 4);
    expect(features(D)).toEqual(features(dcganDiscriminator({ width: 4, image, head: "conv", eps: 1e-5 })));
  });

  test("refuses sizes it is not built for", () => {
    const build = () => dcganClassifier({ sample: [1, 20, 20], width: 4, classes: 5, fakeClass: false, eps: 1e-5 });
    expect(build).toThrow(InputError);
    expect(build).toThrow("--size: dcgan makes images of 16, 28, 32, 64, 128 pixels, got 20×20");
  });
});

test("the softplus generator has the reference's layers: batch norm before softplus, weight norm and tanh last", () => {
  const G = softplusGenerator({ zDim: 100, hidden: [500, 500], sample: [1, 28, 28], prior: "uniform", eps: 1e-6 });
  expect(shapesOf(G)).toMatchObject({
    "model.0.weight": [500, 100],
    "model.3.weight": [500, 500],
    "model.6.weight_g": [784, 1],
    "model.6.weight_v": [784, 500],
    "model.6.bias": [784],
  });
  const { y, order } = applyTo(G.module, [3, 100], []);
  expect(y.shape).toEqual([3, 1, 28, 28]);
  const hidden = ["Linear", "BatchNorm", "Softplus"];
  expect(order.map((line) => line.split(": ")[1])).toEqual([
    ...[...hidden, ...hidden, "WNLinear", "Tanh", "Sequential", "Network"],
  ]);
});

describe("classifierPlayers", () => {
  const form: SampleForm = { kind: "images", sample: [1, 16, 16], classes: ["a", "b", "c"] };
  const options = { zDim: 4, prior: "normal", width: 2, hiddenG: [5], hiddenD: [6, 7], eps: 1e-5 } as const;
  const sizes = (network: "G" | "D", networks: "mlp" | "dcgan", fakeClass: boolean) => {
    const { [network]: spec } = classifierPlayers({ ...options, networks, fakeClass }, form);
    return Object.values(shapesOf(spec)).map(sizeOf);
  };

  test("tells G the class where there is a class of fakes, and gives D an output for it", () => {
    for (const networks of ["mlp", "dcgan"] as const) {
      const { G, D } = classifierPlayers({ ...options, networks, fakeClass: true }, form);
      expect(G.inputShape).toEqual([4]);
      expect(Object.values(shapesOf(G))[0]).toContain(4 + 3);
      expect(Object.values(shapesOf(D)).at(-1)).toEqual([3 + 1]);
    }
  });

  test("else G has z alone, and D an output for each class", () => {
    for (const networks of ["mlp", "dcgan"] as const) {
      const { G, D } = classifierPlayers({ ...options, networks, fakeClass: false }, form);
      expect(Object.values(shapesOf(G))[0]).toContain(4);
      expect(Object.values(shapesOf(D)).at(-1)).toEqual([3]);
    }
  });

  test("the players are of the family asked for", () => {
    expect(sizes("D", "mlp", true)).toEqual([6 * 256, 6, 7 * 6, 7, 4, 4 * 7, 4]);
    expect(sizes("D", "dcgan", true)).toEqual([2 * 16, 4 * 2 * 16, 4, 4, 4, 4, 4 * 64, 4]);
    expect(sizes("G", "mlp", true)[0]).toBe(5 * 7);
    expect(sizes("G", "dcgan", true)[0]).toBe(7 * 4 * 16);
  });
});
