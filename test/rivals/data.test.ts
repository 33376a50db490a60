// What training never sees: hidden labels, true counterparts, pictures set apart for testing. And a decay that decays.

import { describe, expect, onTestFinished, test } from "vitest";
import { asDomains, type Dataset, formOf, openDataset, withFewLabels } from "../../src/data/index.node.ts";
import type { Tensor } from "../../src/graph/index.ts";
import { findRecipe, recipes, sgan } from "../../src/recipes/index.ts";
import { openStreams } from "../../src/train/index.ts";
import { expectClose } from "../close.ts";
import { halves, plain, temporaryFolder, writeTree } from "../data/fixtures.ts";
import { lossesOn } from "../recipes/conformance.ts";
import { expectSameEnd, imagesInMemory, run, settings } from "../train/runs.ts";
import { BATCH, graphOf, nearestLayers, smallOptions, tensorsIn } from "./stage.ts";

/** `count` pictures of one pixel, whose value is their number. */
function numbered(count: number, form: Partial<Dataset> = {}): Dataset {
  return {
    ...{ spec: "numbers", kind: "images", shape: [1, 1, 1], count, classes: [], fingerprint: "numbers", problems: [] },
    async read(indices) {
      const values = Float32Array.from(indices);
      return { values, labels: new Int32Array(indices.length).fill(-1), ...(form.kind && { targets: values.slice() }) };
    },
    async close() {},
    ...form,
  };
}

describe("4: a hidden label is not learned from", () => {
  const labels = Array.from({ length: 22 }, (_, i) => i % 3);
  const images: Dataset = {
    ...imagesInMemory(labels.length),
    classes: ["one", "two", "three"],
    async read(indices) {
      const { values } = await imagesInMemory(labels.length).read(indices);
      return { values, labels: Int32Array.from(indices, (index) => labels[index]) };
    },
  };
  const config = settings("sgan", { networks: "mlp", zDim: 3, hiddenG: [6], hiddenD: [6] });

  test("another truth behind the hidden labels leaves the run as it is, bit for bit; behind one that is shown, it does not", async () => {
    const few = await withFewLabels(images, 2, 1);
    const shown = (await few.read(labels.map((_, index) => index))).labels;
    expect(shown.filter((label) => label >= 0)).toHaveLength(6);
    const truth = labels.slice();
    const { store: before } = await run({ ...config, steps: 3 }, { dataset: few });
    for (const [i, label] of shown.entries()) if (label < 0) labels[i] = (labels[i] + 1) % 3;
    const { store: hidden } = await run({ ...config, steps: 3 }, { dataset: few });
    for (const [i] of shown.entries()) labels[i] = (truth[i] + 1) % 3;
    const { store: all } = await run({ ...config, steps: 3 }, { dataset: few });
    await expectSameEnd(hidden, before);
    await expect(expectSameEnd(all, before)).rejects.toThrow();
  });

  test.each([
    { form: "fake-class", networks: "dcgan", outputs: 4 },
    { form: "fake-class", networks: "mlp", outputs: 4 },
    { form: "feature-matching", networks: "dcgan", outputs: 3 },
    { form: "feature-matching", networks: "mlp", outputs: 3 },
  ])("D says what is real by the $outputs outputs of its one head: $form, $networks", ({ outputs, ...options }) => {
    const judged = graphOf(sgan, options).applications.filter(({ label, isOwn }) => label === "D" && isOwn);
    expect(judged.length).toBe(3);
    for (const { output } of judged) {
      const heads = new Set(tensorsIn(output, ["features"]).flatMap((each) => nearestLayers(each).layers));
      expect(Array.from(heads, ({ shape }) => shape)).toEqual([[BATCH, outputs]]);
    }
  });
});

describe("5: discogan is not told which a belongs to which b", () => {
  const drawn = async (dataset: Dataset, batches: number) => {
    const positions = new Map([
      ["a", 0],
      ["b", 0],
    ] as const);
    const streams = await openStreams(dataset, { batch: BATCH, seed: 1, flip: false, positions });
    const sides = { a: [] as number[], b: [] as number[] };
    for (let k = 0; k < batches; k++) {
      for (const side of ["a", "b"] as const) sides[side].push(...(await streams.next(side)).x!);
    }
    await streams.close();
    return sides;
  };

  test.each([40, Number.POSITIVE_INFINITY])("of %d pairs, none has both of its pictures drawn", async (count) => {
    const { a, b } = await drawn(asDomains(numbered(count, { kind: "pairs", target: [1, 1, 1] }), 1), 5);
    expect(new Set([...a, ...b]).size).toBe(40);
  });

  test("of two folders in one order, the pictures are drawn in two", async () => {
    const [a, b] = [numbered(20), numbered(20)];
    const sides = await drawn(numbered(20, { kind: "domains", target: [1, 1, 1], domains: { a, b } }), 5);
    expect(sides.a.filter((number, i) => sides.b[i] === number).length).toBeLessThan(5);
    expect(sides.a.toSorted()).toEqual(sides.b.toSorted());
  });

  const game = (D: string[], G: string[]) => ({
    ...Object.fromEntries(
      D.map((label) => [label, (x: Tensor) => ({ score: x.reshape([2]), features: [x, x.square()] })]),
    ),
    ...Object.fromEntries(G.map((label, i) => [label, (x: Tensor) => x.mul(i + 2).sub(1)])), // 2x − 1, 3x − 1
  });
  test.each([
    { name: "discogan", networks: game(["DA", "DB"], ["GAB", "GBA"]) },
    { name: "cyclegan", networks: game([], ["G", "F"]) },
  ])("the losses of $name are the same whichever b stands beside an a", ({ name, networks }) => {
    const recipe = findRecipe(name);
    const losses = (b: readonly number[]) => {
      const a = [0, 1]; // of which some networks here make what lies among the b, as a distance must to tell who stands beside whom
      const form = { kind: "domains", sample: [1], target: [1], classes: [] } as const;
      return lossesOn(recipe, smallOptions(recipe), { form, networks, draws: { "domain.a": a, "domain.b": b } }).flat();
    };
    expectClose(losses([0.6, -0.6]), losses([-0.6, 0.6]), { rtol: 1e-12 });
    expect(losses([-0.6, 0.7])).not.toEqual(losses([-0.6, 0.6]));
  });

  /** How many layers' features meet in each layer of a generator, from its output to its picture. */
  const meetings = (name: string, label: string): number[] => {
    const { output, inputs } = graphOf(findRecipe(name)).applications.find((each) => each.label === label)!;
    const [picture] = inputs;
    const counts: number[] = [];
    let layers = nearestLayers(tensorsIn(output)[0], picture).layers;
    while (layers.some((layer) => layer !== picture)) {
      counts.push(layers.length);
      const before = layers.flatMap((layer) =>
        layer === picture ? [] : nearestLayers(layer.inputs[0], picture).layers,
      );
      layers = [...new Set(before)];
    }
    return counts;
  };

  test("its generators are one chain of layers, without skips", () => {
    for (const label of ["GAB", "GBA"]) {
      const counts = meetings("discogan", label);
      expect(counts.length).toBeGreaterThan(3);
      expect(Math.max(...counts)).toBe(1);
    }
  });

  test("unlike pix2pix's, whose skips the check sees", () => {
    expect(Math.max(...meetings("pix2pix", "G"))).toBeGreaterThan(1);
  });
});

describe("6: pictures set apart for testing stay apart, and a decay decays", () => {
  const path = temporaryFolder();
  const [RED, BLUE] = [
    [255, 0, 0],
    [0, 0, 255],
  ] as const;
  const layouts: Readonly<
    Record<string, { readonly kinds: Dataset["kind"]; readonly names: (part: string) => string[] }>
  > = {
    "classes in parts": { kinds: "images", names: (part) => [0, 1, 2].map((i) => `${part}/cats/${i}.png`) },
    "parts in classes": { kinds: "images", names: (part) => [0, 1, 2].map((i) => `cats/${part}/${i}.png`) },
    "halves side by side": { kinds: "pairs", names: (part) => [0, 1, 2].map((i) => `${part}/${i}.png`) },
    "sides in parts": {
      kinds: "pairs",
      names: (part) => ["A/0.png", "B/0.png", "A/1.png", "B/1.png"].map((n) => `${part}/${n}`),
    },
    "parts in sides": { kinds: "pairs", names: (part) => ["A", "B"].map((side) => `${side}/${part}/0.png`) },
    "trainA and testA": {
      kinds: "domains",
      names: (part) => ["A/0.png", "B/0.png", "B/1.png"].map((n) => `${part}${n}`),
    },
  };

  test.each(Object.entries(layouts))(
    "%s: all that is drawn in three epochs is of train",
    async (name, { kinds, names }) => {
      const isHalves = name.startsWith("halves");
      const picture = (color: typeof RED | typeof BLUE) => (isHalves ? halves(color, color, 32) : plain(color, 32));
      const files: Record<string, Uint8Array> = {};
      for (const file of names("train")) files[file] = await picture(RED);
      for (const file of names("test")) files[file] = await picture(BLUE);
      const folder = await writeTree(path(name.replaceAll(" ", "-")), files);
      const open = async (split?: "test") => {
        const dataset = await openDataset(folder, { seed: 1, size: 32, kinds: [kinds], ...(split && { split }) });
        onTestFinished(() => dataset.close());
        return dataset;
      };
      expect(await coloursOf(await open())).toEqual([RED.join()]);
      expect(await coloursOf(await open("test"))).toEqual([BLUE.join()]);
    },
  );

  /** Colours of the middle of every picture that three epochs draw. */
  async function coloursOf(dataset: Dataset): Promise<string[]> {
    const names = dataset.kind === "domains" ? (["a", "b"] as const) : (["all"] as const);
    const positions = new Map(names.map((name) => [name, 0] as const));
    const streams = await openStreams(dataset, { batch: 1, seed: 1, flip: false, positions });
    const found = new Set<string>();
    for (let k = 0; k < 3 * dataset.count; k++) {
      for (const name of names) {
        const { x, b } = await streams.next(name);
        for (const values of [x, b].filter((each) => each !== undefined)) {
          const size = formOf(dataset).sample[1] ** 2;
          found.add([0, 1, 2].map((c) => Math.round(((values[c * size + size / 2] + 1) / 2) * 255)).join());
        }
      }
    }
    await streams.close();
    return [...found];
  }

  // All are at half their pace in iteration 4, however often their players move in one.
  const decays = [
    ...recipes
      .filter(({ options }) => "decayTo" in options)
      .map(({ name }) => ({ name, options: { decayFrom: 2, decayTo: 6 } })),
    { name: "r3gan", options: { schedule: "cosine", decay: 8, lrEnd: 0 } },
    { name: "stackgan", options: { halveEvery: 3 } },
  ];

  test("five recipes have --decay-to", () => {
    expect(decays.map(({ name }) => name).slice(0, -2)).toEqual(["wgan-gp", "sngan", "pix2pix", "cyclegan", "stargan"]);
  });

  test.each(decays)(
    "$name: $options has halved the rate of every player at the fourth iteration",
    ({ name, options }) => {
      const [falling, steady] = [options, {}].map((given) => graphOf(findRecipe(name), given).updates);
      expect(falling.length).toBeGreaterThan(1);
      for (const [i, { with: optimizer, times }] of falling.entries()) {
        for (let repeat = 1; repeat <= times; repeat++) {
          const rate = ({ scalars }: typeof optimizer) => scalars.stepSize(3 * times + repeat);
          expectClose(rate(optimizer) / rate(steady[i].with), 0.5, { rtol: 1e-12 });
        }
      }
    },
  );
});
