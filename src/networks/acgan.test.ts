import { describe, expect, test } from "vitest";
import { applyTo } from "../../test/scope.ts";
import { InputError } from "../errors/index.ts";
import { constant, input, type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import { type AnyModule, type Module, variablesOf } from "../nn/index.ts";
import { acganDiscriminator, acganGenerator } from "./acgan.ts";
import { imageSizes } from "./stages.ts";

const generator = { zDim: 100, labels: 10, width: 96, prior: "normal", eps: 1e-5 } as const;
const discriminator = { labels: 10, width: 16, dropout: 0.5, eps: 1e-5 } as const;

/** The generator with its labels held at y. */
const told = (options: Parameters<typeof acganGenerator>[0], y: Tensor): Module => {
  const { module } = acganGenerator(options);
  return { ...module, apply: (scope, z: Tensor) => module.apply(scope, z, y) };
};
/** One of the discriminator's two answers. */
const head = (options: Parameters<typeof acganDiscriminator>[0], name: "score" | "classes"): Module => {
  const { module } = acganDiscriminator(options);
  return { ...module, apply: (scope, x: Tensor) => module.apply(scope, x)[name] };
};
const shapesOf = (module: AnyModule) =>
  Object.fromEntries([...variablesOf(module)].map(([path, { shape }]) => [path, shape]));
const parameterCount = (module: AnyModule) =>
  [...variablesOf(module).values()].reduce(
    (sum, { role, shape }) => sum + (role === "parameter" ? sizeOf(shape) : 0),
    0,
  );

describe("ACGAN", () => {
  const image = [3, 32, 32];

  test("on CIFAR-10 has the layers of the paper's table 2", () => {
    const G = acganGenerator({ ...generator, image }).module as unknown as AnyModule;
    expect(shapesOf(G)).toMatchObject({
      "main.0.weight": [384 * 4 * 4, 110],
      "main.3.weight": [384, 192, 5, 5],
      "main.6.weight": [192, 96, 5, 5],
      "main.9.weight": [96, 3, 5, 5],
    });
    const D = acganDiscriminator({ ...discriminator, image }).module as unknown as AnyModule;
    const convolutions = Object.entries(shapesOf(D)).filter(([, shape]) => shape.length === 4);
    expect(convolutions.map(([, shape]) => shape)).toEqual([
      ...[
        [16, 3, 3, 3],
        [32, 16, 3, 3],
        [64, 32, 3, 3],
      ],
      ...[
        [128, 64, 3, 3],
        [256, 128, 3, 3],
        [512, 256, 3, 3],
      ],
    ]);
    expect(shapesOf(D)).toMatchObject({ "source.weight": [1, 512 * 4 * 4], "classes.weight": [10, 512 * 4 * 4] });
    expect(parameterCount(G)).toBe(681_984 + 1_843_200 + 384 + 460_800 + 192 + 7_203);
    expect(parameterCount(D)).toBe(448 + 4_608 + 18_432 + 73_728 + 294_912 + 1_179_648 + 2 * 992 + 11 * 8_193);
  });

  test("in D batch norm and dropout stand where the table has them", () => {
    const { order } = applyTo(head({ ...discriminator, width: 1, image }, "score"), [2, ...image], []);
    const kinds = order.map((line) => line.split(": ")[1]).filter((kind) => kind !== "Sequential");
    const rest = ["Conv2d", "BatchNorm", "LeakyReLU", "Dropout"];
    expect(kinds).toEqual([
      ...["Conv2d", "LeakyReLU", "Dropout", ...rest, ...rest, ...rest, ...rest, ...rest],
      ...["Flatten", "Linear", "Linear", "Network"],
    ]);
  });

  test.each(imageSizes)(
    "makes images of %s pixels of the class it is told, and says source and class of them",
    (size) => {
      for (const channels of [1, 3, 4]) {
        const shape: Shape = [channels, size, size];
        const G = told({ ...generator, zDim: 5, labels: 3, width: 2, image: shape }, input("y", [3, 3]));
        expect(applyTo(G, [3, 5], []).y.shape).toEqual([3, ...shape]);
        const D = { ...discriminator, labels: 3, width: 1, image: shape };
        expect(applyTo(head(D, "score"), [3, ...shape], []).y.shape).toEqual([3]);
        expect(applyTo(head(D, "classes"), [3, ...shape], []).y.shape).toEqual([3, 3]);
      }
    },
  );

  test("G takes the label after z: 1 + 3·2 of the first weights' row (1, 2, 3)", () => {
    const { module, inputShape } = acganGenerator({ ...generator, zDim: 1, labels: 2, width: 1, image: [1, 16, 16] });
    expect(inputShape).toEqual([1]);
    const first = (module.children!.main as unknown as Module).children!["0"] as unknown as Module;
    expect(shapesOf(first as unknown as AnyModule)).toEqual({ weight: [32, 3], bias: [32] });
    // Only the first unit of the dense layer is on: its four output pixels' middle tap lies at the image's corner.
    const at = (length: number, entries: Record<number, number>) =>
      Float64Array.from({ length }, (_, i) => entries[i] ?? 0);
    const values = {
      "main.0.weight": at(96, { 0: 1, 1: 2, 2: 3 }),
      "main.0.bias": at(32, {}),
      "main.3.weight": at(50, { 12: 0.1 }),
      "main.4.weight": [1],
      "main.4.bias": [0],
      "main.4.running_mean": [0],
      "main.4.running_var": [1],
      "main.6.weight": at(25, { 12: 0.1 }),
      "main.6.bias": [0],
    };
    const G = told(
      { ...generator, zDim: 1, labels: 2, width: 1, image: [1, 16, 16], eps: 0 },
      constant([0, 1], [1, 2]),
    );
    const { y, numbersOf } = applyTo(G, [1, 1], [2], { values, training: false });
    const pixels = numbersOf(y);
    expect(pixels[0]).toBeCloseTo(Math.tanh((1 * 2 + 3) * 0.01), 12);
    expect(pixels.filter((pixel) => pixel !== 0)).toHaveLength(1);
  });

  test("both refuse sizes they are not built for, naming the flag and both sizes", () => {
    for (const build of [
      () => acganGenerator({ ...generator, image: [1, 20, 20] }),
      () => acganDiscriminator({ ...discriminator, image: [1, 20, 20] }),
    ]) {
      expect(build).toThrow(InputError);
      expect(build).toThrow("--size: acgan makes images of 16, 28, 32, 64, 128 pixels, got 20×20. Pass --size 32.");
    }
  });
});
