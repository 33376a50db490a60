// Players for every recipe from noise: which family when, packs, and what is refused.

import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import type { SampleForm } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { type AnyModule, variablesOf } from "../nn/index.ts";
import type { NetworkSpec } from "./network.ts";
import { type NoisePlayersOptions, noisePlayers } from "./noise.ts";

const images: SampleForm = { kind: "images", sample: [3, 16, 16], classes: [] };
const points: SampleForm = { kind: "points", sample: [2], classes: [] };

const defaults: NoisePlayersOptions = {
  ...{ networks: "auto", own: "dcgan", zDim: 5, prior: "normal", width: 4, hidden: [6, 7], pack: 1, norm: "none" },
};
const players = (options: Partial<NoisePlayersOptions>, data: SampleForm) =>
  noisePlayers({ ...defaults, ...options }, data);

const paths = ({ module }: NetworkSpec) => [...variablesOf(module as unknown as AnyModule).keys()];
const first = (spec: NetworkSpec) => paths(spec)[0];
const last = (spec: NetworkSpec) =>
  applyTo(spec.module, [2, ...spec.inputShape], [])
    .order.map((line) => line.split(": ")[1])
    .filter((kind) => kind !== "Sequential" && kind !== "Network" && kind !== "Identity")
    .at(-1);

describe("which networks", () => {
  test("auto is the recipe's own for images and mlp for points; a name is that family", () => {
    const family = { mlp: "model.0.weight", dcgan: "main.0.weight", resnet: "l1.weight" };
    for (const own of ["dcgan", "resnet", "mlp"] as const) {
      expect(first(players({ own }, images).G)).toBe(family[own]);
      expect(first(players({ own }, points).G)).toBe(family.mlp);
      expect(first(players({ networks: own, own: "dcgan" }, images).G)).toBe(family[own]);
    }
  });

  test.each([
    { data: images, networks: "mlp" },
    { data: images, networks: "dcgan" },
    { data: images, networks: "resnet" },
    { data: points, networks: "mlp" },
  ] as const)(
    "$networks for $data.kind: z → a sample → a score, whatever keeps D in bounds; batch norm in convolutions alone",
    ({ data, networks }) => {
      for (const norm of ["none", "batch", "layer", "spectral"] as const) {
        const { G, D } = players({ networks, norm, prior: "uniform" }, data);
        expect(G.prior).toBe("uniform");
        expect(applyTo(G.module, [6, 5], []).y.shape).toEqual([6, ...data.sample]);
        expect(D.inputShape).toEqual(data.sample);
        expect(applyTo(D.module, [6, ...data.sample], []).y.shape).toEqual([6]);
        const norms = paths(D).filter((path) => /running_mean|weight_u/.test(path));
        expect(norms.length > 0, norm).toBe(norm === "spectral" || (norm === "batch" && networks !== "mlp"));
      }
    },
  );

  test("G ends in tanh for images and as it is for points, unless told otherwise", () => {
    for (const networks of ["mlp", "dcgan", "resnet"] as const) {
      expect(last(players({ networks }, images).G)).toBe("Tanh");
      expect(last(players({ networks, output: "linear" }, images).G)).not.toBe("Tanh");
    }
    expect(last(players({}, points).G)).toBe("Linear");
    expect(last(players({ output: "tanh" }, points).G)).toBe("Tanh");
  });

  test("G may be wider than D", () => {
    for (const networks of ["dcgan", "resnet"] as const) {
      const [narrow, wide] = [players({ networks }, images), players({ networks, widthG: 8 }, images)];
      const shapes = (spec: NetworkSpec) =>
        [...variablesOf(spec.module as unknown as AnyModule).values()].map((v) => v.shape);
      expect(shapes(wide.G)).not.toEqual(shapes(narrow.G));
      expect(shapes(wide.D)).toEqual(shapes(narrow.D));
    }
  });

  test("convolutions over points are refused, naming the flag and both", () => {
    for (const networks of ["dcgan", "resnet"] as const) {
      expect(() => players({ networks }, points)).toThrow(InputError);
      expect(() => players({ networks }, points)).toThrow(
        `--networks: ${networks} makes images, and the data are points. Pass --networks mlp.`,
      );
    }
  });
});

describe("packs of m samples", () => {
  test("are judged as one, with m times the channels, by a network whose other layers stay as they are", () => {
    for (const [networks, data, layer] of [
      ["mlp", points, "model.0.weight"],
      ["mlp", images, "model.0.weight"],
      ["dcgan", images, "main.0.weight"],
      ["resnet", images, "block1.c1.weight"],
    ] as const) {
      const [one, three] = [1, 3].map((pack) => players({ networks, pack }, data).D);
      const shape = (spec: NetworkSpec) => variablesOf(spec.module as unknown as AnyModule).get(layer)!.shape;
      expect(shape(three)[1]).toBe(3 * shape(one)[1]);
      expect(paths(three)).toEqual(paths(one));
      expect(three.inputShape).toEqual(data.sample);
      expect(applyTo(three.module, [6, ...data.sample], []).y.shape).toEqual([2]);
    }
  });

  test("are samples that follow each other, coordinate by coordinate", () => {
    const D = players({ pack: 2, hidden: [] }, points).D;
    const { y, numbersOf } = applyTo(D.module, [4, 2], [1, 2, 3, 4, 5, 6, 7, 8], {
      values: { "model.0.weight": [1, 10, 100, 1000], "model.0.bias": [0] },
    });
    expect(numbersOf(y)).toEqual([4321, 8765]);
  });

  test("must divide the batch; else the refusal names both flags, both values and a batch that fits", () => {
    const D = players({ pack: 4 }, points).D;
    const build = () => applyTo(D.module, [10, 2], []);
    expect(build).toThrow(InputError);
    expect(build).toThrow("--pack: D judges 4 samples at once, and --batch 10 is no multiple of 4. Pass --batch 12.");
  });

  test("leave G as it is", () => {
    expect(paths(players({ pack: 3 }, images).G)).toEqual(paths(players({}, images).G));
  });
});
