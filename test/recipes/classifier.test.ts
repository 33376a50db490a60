import { describe, expect, test } from "vitest";
import { sizeOf } from "../../src/graph/index.ts";
import { stream } from "../../src/random/index.ts";
import { type AnyRecipe, acgan, asClassifier, dcgan, type OptionValue, sgan } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { buildMaking, compileStep, initialState, openSampler } from "../../src/train/index.ts";
import { expectClose } from "../close.ts";

const data = { kind: "images", sample: [1, 16, 16], classes: ["one", "two", "three"] } as const;

async function classify(recipe: AnyRecipe, changed: Readonly<Record<string, OptionValue>>, chunk: number) {
  const defaults = Object.fromEntries(Object.entries(recipe.options).map(([key, spec]) => [key, spec.default]));
  const options = { ...defaults, ...changed };
  const state = initialState(compileStep({ recipe, options, data, batch: 2, ema: 0 }).state, 1);
  const classifier = { recipe: asClassifier(recipe), options, data };
  const sampler = await openSampler(classifier, { backend: cpu, threads: 1, chunk }, async () => state);
  const pictures = stream(1, "pictures").fillNormal(new Float32Array(5 * sizeOf(data.sample)));
  const logits = await sampler.generate({ a: pictures });
  await sampler.close();
  return { logits, networks: buildMaking(classifier, 1).networks };
}

describe("a discriminator as a classifier", () => {
  test.each([
    { name: "acgan", recipe: acgan, options: { widthG: 2, widthD: 2 } },
    { name: "sgan with a class of fakes", recipe: sgan, options: { width: 2 } },
    {
      name: "sgan by feature matching",
      recipe: sgan,
      options: { form: "feature-matching", hiddenG: [4], hiddenD: [8, 8] },
    },
  ])("of $name gives each picture a logit for each class, whatever the others are", async ({ recipe, options }) => {
    const { logits, networks } = await classify(recipe, options, 5);
    expect(networks).toEqual(["D"]);
    expect(logits).toHaveLength(5 * 3);
    expect(new Set(logits).size).toBe(5 * 3);
    expectClose((await classify(recipe, options, 2)).logits, logits, { rtol: 1e-4, atol: 1e-5 });
  });

  test("of a recipe that says no classes is refused", () => {
    const defaults = Object.fromEntries(Object.entries(dcgan.options).map(([key, spec]) => [key, spec.default]));
    expect(() => buildMaking({ recipe: asClassifier(dcgan), options: defaults, data }, 1)).toThrow(
      "dcgan: its D says no classes",
    );
  });
});
