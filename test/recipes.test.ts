// What is said of the recipes together; the contract that each passes is recipes/conformance.ts.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { evaluate, input } from "../src/graph/index.ts";
import { discriminatorLoss, nonSaturatingLoss, saturatingLoss } from "../src/losses/index.ts";
import { plainLowering, readOnnx } from "../src/onnx/index.ts";
import { type AnyRecipe, dcgan, type OptionValue, recipes, vanilla } from "../src/recipes/index.ts";
import { compileStep } from "../src/train/index.ts";
import { expectClose } from "./close.ts";
import { lossesOnLogits } from "./recipes/conformance.ts";

test.each(recipes.map(({ name }) => name))(
  "%s passes the contract and equals PyTorch: it has tests of both",
  (name) => {
    expect(existsSync(new URL(`recipes/${name}.test.ts`, import.meta.url)), `recipes/${name}.test.ts`).toBe(true);
    const folder = new URL("parity/", import.meta.url);
    const games = readdirSync(folder).filter((file) => file.endsWith(".ts"));
    expect(games.some((file) => readFileSync(new URL(file, folder), "utf8").includes(`"${name}`))).toBe(true);
  },
);

const defaultsOf = ({ options }: AnyRecipe): Record<string, OptionValue> =>
  Object.fromEntries(Object.entries(options).map(([key, spec]) => [key, spec.default]));

describe("the paper that introduces a term writes it out, and losses/ holds the same", () => {
  const logits = { real: [-2, 0.3, 5, 1e4], fake: [3, -0.7, -1e4, 40] };
  const [real, fake] = [input("real", [4]), input("fake", [4])];

  test.each([
    { loss: "non-saturating", generatorLoss: nonSaturatingLoss },
    { loss: "saturating", generatorLoss: saturatingLoss },
  ])("vanilla, $loss", ({ loss, generatorLoss }) => {
    const written = lossesOnLogits(vanilla, { ...defaultsOf(vanilla), loss }, logits.real, logits.fake);
    const library = evaluate([discriminatorLoss(real, fake), generatorLoss(fake)], logits);
    expectClose(
      written.flat(),
      library.map(([value]) => value),
      { rtol: 1e-12 },
      loss,
    );
  });
});

/** How often a step multiplies matrices or convolves, with every operator as one ONNX node; a product of a row with itself is a norm. */
function heavyNodes(recipe: AnyRecipe, options: Record<string, OptionValue>, sample: number[], ema = 0) {
  const { program } = compileStep({
    ...{ recipe, data: { kind: "images", sample, classes: [] }, batch: 4, ema, lowering: plainLowering },
    options: { ...defaultsOf(recipe), ...options },
  });
  return readOnnx(program.model).graph.nodes.filter(
    ({ op, inputs: [a, b] }) => ["Conv", "ConvTranspose", "Gemm", "MatMul"].includes(op) && a !== b,
  ).length;
}

describe("a step computes no forward pass twice and no gradient that nobody uses", () => {
  // With L layers in each player:
  //   D's move    G forward L; D forward on real and on fake 2L; filter gradients 2L; input gradients 2(L − 1), none for the data
  //   G's move    the new D forward L on the same fakes; back through D to the image L, without D's filter gradients;
  //               back through G: filter gradients L, input gradients L − 1, none for z
  // in all 11L − 3.
  test.each([
    { size: 16, layers: 3 },
    { size: 32, layers: 4 },
    { size: 64, layers: 5 },
  ])("dcgan of $size pixels: $layers layers a player, 11·$layers − 3 convolutions", ({ size, layers }) => {
    expect(heavyNodes(dcgan, { width: 4 }, [3, size, size])).toBe(11 * layers - 3);
    expect(heavyNodes(dcgan, { width: 4 }, [3, size, size], 0.9), "with EMA").toBe(11 * layers - 3);
  });

  test("dcgan: another step of D costs 7L − 2 more, another of G 5L − 1", () => {
    const count = (options: Record<string, OptionValue>) => heavyNodes(dcgan, { width: 4, ...options }, [3, 16, 16]);
    // G forward L anew, D 2L forward, 2L filter and 2(L − 1) input gradients: 7L − 2
    expect(count({ dSteps: 2 }) - count({})).toBe(7 * 3 - 2);
    // G forward L anew, D forward and back 2L, G's own 2L − 1: 5L − 1
    expect(count({ gSteps: 2 }) - count({})).toBe(5 * 3 - 1);
  });

  // The original game draws new z for G's move, so G's forward pass is made for each: 12L − 3. Where G moves first, D judges
  // the samples G just learned from, and has not moved since it judged them for G: 2L less.
  test("vanilla: 12L − 3 matrix products, 10L − 3 with G first", () => {
    expect(heavyNodes(vanilla, {}, [1, 8, 8])).toBe(12 * 3 - 3);
    expect(heavyNodes(vanilla, { order: "g-first" }, [1, 8, 8])).toBe(10 * 3 - 3);
  });
});
