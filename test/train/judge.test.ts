// D asked what it takes of samples, as it stands in training: by hand on a small network, and for every recipe that says how.

import { describe, expect, test } from "vitest";
import { fieldShape, type SampleForm } from "../../src/data/index.ts";
import { sizeOf } from "../../src/graph/index.ts";
import { stream } from "../../src/random/index.ts";
import { type AnyRecipe, findRecipe, type OptionValue, recipes } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { compileStep, initialState, openJudge } from "../../src/train/index.ts";
import { expectClose } from "../close.ts";

const points: SampleForm = { kind: "points", sample: [2], classes: [] };
const pictures: SampleForm = { kind: "images", sample: [1, 16, 16], classes: ["one", "two", "three"] };
const domains: SampleForm = { kind: "domains", sample: [3, 32, 32], target: [3, 32, 32], classes: [] };

/** A judge of a recipe's D with its first weights, and the state that it reads. */
async function opened(
  recipe: AnyRecipe,
  data: SampleForm,
  changed: Readonly<Record<string, OptionValue>>,
  { most = 8 } = {},
) {
  const defaults = Object.entries(recipe.options).map(([key, spec]) => [key, spec.default]);
  const options = { ...Object.fromEntries(defaults), ...changed };
  const { state: arrays } = compileStep({ recipe, options, data, batch: 60, ema: 0 });
  const state = initialState(arrays, 1);
  const asked: string[] = [];
  const judge = await openJudge({ recipe, options, data }, { backend: cpu, threads: 1, most }, async (names) => {
    asked.push(...names);
    return Object.fromEntries(names.map((name) => [name, state[name]]));
  });
  return { judge: judge!, state, asked };
}

const noise = (name: string, length: number) => stream(1, name).fillUniform(new Float32Array(length), -1, 1);

test("scores are those of D, by hand: W₂ leakyReLU(W₁x + b₁) + b₂", async () => {
  const { judge, state, asked } = await opened(findRecipe("dcgan"), points, { hidden: [3] });
  const x = noise("x", 16);
  const scores = await judge.score(x);
  expect(asked).toEqual(["D.parameters"]);
  const score = ([w11, w12, w21, w22, w31, w32, b1, b2, b3, v1, v2, v3, c]: Float32Array, i: number) => {
    const [x1, x2] = x.subarray(2 * i, 2 * i + 2);
    const hidden = [w11 * x1 + w12 * x2 + b1, w21 * x1 + w22 * x2 + b2, w31 * x1 + w32 * x2 + b3];
    const [h1, h2, h3] = hidden.map((h) => (h > 0 ? h : 0.2 * h));
    return v1 * h1 + v2 * h2 + v3 * h3 + c;
  };
  const byHand = () => Float32Array.from({ length: 8 }, (_, i) => score(state["D.parameters"], i));
  expectClose(scores, byHand(), { atol: 1e-6 });
  state["D.parameters"] = state["D.parameters"].map((value) => 2 * value); // as it stands when it is asked
  expectClose(await judge.score(x), byHand(), { atol: 1e-6 });
  await judge.close();
});

test("batch norm is that of the batch: what a sample is scored depends on those beside it, and not on running statistics", async () => {
  const { judge, state } = await opened(findRecipe("dcgan"), pictures, { width: 4 });
  const x = noise("pictures", 8 * 256);
  const alone = await judge.score(x);
  const beside = await judge.score(x.map((value, i) => (i < 256 ? value : value / 2)));
  expect(Math.abs(alone[0] - beside[0])).toBeGreaterThan(1e-3);
  const before = state["D.buffers"].slice();
  state["D.buffers"] = before.map((value) => value + 1);
  expect([...(await judge.score(x))]).toEqual([...alone]);
  await judge.close();
});

test("a sample's score is the mean of what D takes of its parts", async () => {
  const recipe: AnyRecipe = { ...findRecipe("dcgan"), scores: (_, given) => given.image() };
  const { judge } = await opened(recipe, points, {});
  const scores = await judge.score(Float32Array.from({ length: 16 }, (_, i) => i));
  expect([...scores]).toEqual([0.5, 2.5, 4.5, 6.5, 8.5, 10.5, 12.5, 14.5]);
  await judge.close();
});

test("a D that judges packs is given as many samples as fill them", async () => {
  const { judge } = await opened(findRecipe("pacgan"), points, { pack: 3 }, { most: 64 });
  expect(judge.count).toBe(63);
  expect(await judge.score(noise("packs", 126))).toHaveLength(21);
  await judge.close();
});

describe("who can be asked", () => {
  const small: Readonly<Record<string, Readonly<Record<string, OptionValue>>>> = {
    acgan: { widthG: 8, widthD: 2 },
    cyclegan: { width: 2, blocks: 1 },
    sgan: { networks: "mlp", hiddenD: [4], hiddenG: [4] },
  };
  const asked = recipes.filter(({ scores }) => scores !== undefined);

  test("every D but those told of another picture or of a caption", () => {
    const others = recipes.filter((recipe) => !asked.includes(recipe)).map(({ name }) => name);
    expect(others.sort()).toEqual(["fusiongan", "pix2pix", "stackgan"]);
  });

  test.each(asked)(
    "$name scores each of its samples; its labels are asked for where D is told them",
    async (recipe) => {
      const form = recipe.data.kinds[0] === "domains" ? domains : pictures;
      const width = "width" in recipe.options ? { width: 4 } : {};
      const size = Math.max(form.sample[1], Math.min(...(recipe.data.sizes ?? [0])));
      const sample = [form.sample[0], size, size];
      const data = { ...form, sample, ...(form.target && { target: sample }) };
      const { judge } = await opened(recipe, data, { ...width, ...small[recipe.name] }, { most: 4 });
      const labels = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0);
      const x = noise("samples", 4 * sizeOf(fieldShape(data, data.target ? "b" : "x")));
      const scores = await judge.score(x, labels);
      expect(scores.length).toBe(recipe.name === "pacgan" ? 2 : 4);
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(new Set(scores).size).toBe(scores.length);
      const others = await judge.score(x, labels.toReversed());
      expect(scores.some((score, i) => score !== others[i])).toBe(judge.needsLabels);
      expect(judge.needsLabels).toBe(recipe.name === "cgan");
      await judge.close();
    },
  );
});
