// What networks are made of: one ε in every batch norm, scores that can be any number, and critics that see samples one by one.

import { describe, expect, test } from "vitest";
import { type Tensor, topologicalOrder } from "../../src/graph/index.ts";
import { bestOf, type FigureSpec, measuringObserver } from "../../src/metrics/index.ts";
import type { AnyModule } from "../../src/nn/index.ts";
import { type AnyRecipe, dcgan, findRecipe, recipes, wganGp } from "../../src/recipes/index.ts";
import { graphOf, LINEAR, nearestLayers, type Options, smallForm, smallOptions, tensorsIn } from "./stage.ts";

/** Each ε in √(variance + ε) of a recipe's networks. */
function epsilonsOf(recipe: AnyRecipe, options: Options): number[] {
  const outputs = graphOf(recipe, options).applications.flatMap(({ output }) => tensorsIn(output));
  const numberOf = (node: Tensor) => (node.is("fill") && node.shape.length === 0 ? [node.attributes.value] : []);
  const found = topologicalOrder(outputs).flatMap(({ op, inputs: [sum] }) =>
    op === "sqrt" && sum.op === "add" ? sum.inputs.flatMap(numberOf) : [],
  );
  return [...new Set(found)];
}

describe("3: the ε that is added to a variance is 1e-5, and is not taken for a momentum", () => {
  const withNorms: readonly [string, Options][] = [
    ...["dcgan", "lsgan", "wgan", "pacgan", "unrolled", "cgan", "acgan", "sgan"].map((name): [string, Options] => [
      name,
      {},
    ]),
    ...["pix2pix", "cyclegan", "discogan", "stargan", "stackgan", "fusiongan"].map((name): [string, Options] => [
      name,
      {},
    ]),
    ["vanilla", { batchNorm: true, hiddenG: [8, 8] }],
    ["wgan-gp", { nCritic: 1 }],
    ["sngan", { nDis: 1 }],
  ];
  test.each(withNorms)("%s", (name, options) => {
    expect(epsilonsOf(findRecipe(name), options)).toEqual([1e-5]);
  });

  test("r3gan alone has no norm at all", () => {
    expect(recipes.map(({ name }) => name).filter((name) => !withNorms.some(([known]) => known === name))).toEqual([
      "r3gan",
    ]);
    expect(epsilonsOf(findRecipe("r3gan"), {})).toEqual([]);
  });

  test.each(recipes.filter(({ options }) => "eps" in options))("$name: --eps 0.8 is had by asking for it", (recipe) => {
    expect(epsilonsOf(recipe, { eps: 0.8, batchNorm: true, hiddenG: [8, 8] })).toEqual([0.8]);
  });
});

describe("9: D's scores can be any number", () => {
  const families = ["mlp", "dcgan", "resnet", "r3gan"];
  const cases = recipes.flatMap((recipe) => {
    const { networks, head } = recipe.options;
    const others = [
      ...families.filter((family) => networks?.choices?.includes(family)).map((family) => ({ networks: family })),
      ...(head?.choices?.map((choice) => ({ head: choice })) ?? []),
    ];
    return [{}, ...others].map((options: Options) => ({ name: recipe.name, options }));
  });

  test.each(cases)("$name: nothing bends what D's last layer gives: $options", ({ name, options }) => {
    const { applications } = graphOf(findRecipe(name), options);
    const judged = applications.filter(({ label, isOwn }) => label.startsWith("D") && isOwn);
    expect(judged.length).toBeGreaterThan(1);
    for (const { output } of judged) {
      for (const score of tensorsIn(output, ["features"])) {
        const { layers, ops } = nearestLayers(score);
        expect(layers.length).toBeGreaterThan(0);
        expect(ops.filter((op) => !LINEAR.includes(op))).toEqual([]);
      }
    }
  });
});

describe("10: a critic under a penalty has no batch norm, and a run that gets worse is told", () => {
  const kindsIn = ({ kind, children = {} }: AnyModule): string[] => [kind, ...Object.values(children).flatMap(kindsIn)];
  const kinds = (recipe: AnyRecipe, options: Options) => {
    const { D } = recipe.networks(smallOptions(recipe, options), smallForm(recipe));
    return kindsIn(D.module as AnyModule);
  };
  const { networks, norm } = wganGp.options;

  test.each(networks.choices!.flatMap((each) => norm.choices!.map((other) => ({ networks: each, norm: other }))))(
    "wgan-gp with $networks and the norm $norm",
    (options) => {
      const layers = kinds(wganGp, options);
      expect(layers.length).toBeGreaterThan(0);
      expect(layers.filter((kind) => /batch/i.test(kind))).toEqual([]);
    },
  );

  test("dcgan's D, of the same family, has it: the check can see one", () => {
    expect(kinds(dcgan, {})).toContain("BatchNorm");
  });

  // A run as one was seen to go: best at a fifth of its time, and three times worse at its end.
  const fid: FigureSpec = { title: "FID", better: "lower", about: "a distance" };
  const course = [97, 66, 49, 58, 83, 110, 137];
  const watch = async (times: number) => {
    let calls = 0;
    const observer = measuringObserver({
      every: 10,
      measure: async () => [
        { metric: "fid", figure: "fid", title: "FID", better: "lower", value: course[calls++], protocol: "" },
      ],
      keepBest: { name: "fid", figure: fid },
      stopWhen: { figure: "fid", times, spec: fid },
    });
    const seen = [];
    for (const [i] of course.entries()) {
      const step = { step: 10 * (i + 1), metrics: {}, weights: async () => ({}), state: async () => ({}) };
      seen.push(await observer.step(step as Parameters<typeof observer.step>[0]));
    }
    return { observer, seen };
  };

  test("the best step's checkpoint is saved when it is reached, and kept to the end", async () => {
    const { observer, seen } = await watch(99);
    expect(seen.map((each) => each?.save === true)).toEqual([true, true, true, false, false, false, false]);
    expect(observer.keep!()).toEqual([30]);
    const history = course.map((value, i) => ({ step: 10 * (i + 1), "measure/fid": value }));
    expect(bestOf(history, "fid", fid)).toEqual({ step: 30, value: 49, since: 4 });
  });

  test("the run is ended when nothing has been better for as long as was said, with the reason", async () => {
    const { seen } = await watch(3);
    expect(seen.findIndex((each) => each?.stop !== undefined)).toBe(5);
    expect(seen[5]!.stop).toBe("fid was 49 at step 30 and has not been better in 3 measurings since");
  });
});
