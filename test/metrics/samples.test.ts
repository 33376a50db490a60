// The two sides of a measuring, for every kind of recipe: real samples of the kind that it makes, and made ones in their places.

import { describe, expect, test } from "vitest";
import { type Dataset, findDataset } from "../../src/data/index.ts";
import { openGenerator, trainedGenerator } from "../../src/export/index.ts";
import { madeSamples, realSamples, translatedSamples } from "../../src/metrics/index.ts";
import type { OptionValue } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { trainInMemory } from "../../src/train/index.node.ts";
import { imagesInMemory } from "../train/runs.ts";

async function trained(
  recipe: string,
  dataset: Dataset,
  options: Readonly<Record<string, OptionValue>>,
  make?: string,
) {
  const run = await trainInMemory(recipe, dataset, { options, steps: 1, batch: 2, threads: 1 });
  return openGenerator(trainedGenerator(run, run.checkpoint, { make }), { backend: cpu, threads: 1, chunk: 4 });
}

const open = (name: string, kinds?: Parameters<NonNullable<ReturnType<typeof findDataset>>["open"]>[0]["kinds"]) =>
  findDataset(name)!.open({ seed: 1, size: 32, ...(kinds && { kinds }) });

const tiny = { width: 2 };
const drawn = { seed: 3, count: 6 };

describe.each([
  { recipe: "cgan", data: () => open("glyphs"), options: { ...tiny, zDim: 4 }, labels: true },
  { recipe: "pix2pix", data: () => open("edges-shapes", ["pairs"]), options: tiny },
  { recipe: "cyclegan", data: () => open("stripes-plain", ["domains"]), options: { ...tiny, blocks: 1 } },
  {
    recipe: "cyclegan",
    make: "b-to-a",
    data: () => open("stripes-plain", ["domains"]),
    options: { ...tiny, blocks: 1 },
  },
  { recipe: "stargan", data: () => open("faces"), options: { ...tiny, blocks: 1, nCritic: 1 } },
  {
    recipe: "stackgan",
    data: () => open("shapes"),
    options: { scale: "2", stage1Steps: 1, widthG: 4, widthD: 2, textSize: 4, conditionSize: 4, zDim: 4 },
  },
])("$recipe $make", ({ recipe, make, data, options, labels = false }) => {
  test("has real samples of what it makes, and makes the same of the same seed, in any batches", async () => {
    const dataset = data();
    const sampler = await trained(recipe, dataset, options, make);
    const [real, made] = [realSamples(dataset, sampler, drawn), madeSamples(sampler, dataset, drawn)];
    expect(real.shape).toEqual(made.shape);
    const [truth, all] = [await real.read(0, 6), await made.read(0, 6)];
    expect(truth.values).toHaveLength(all.values.length);
    const parts = [await made.read(0, 2), await made.read(2, 4)];
    const joined = Float32Array.from(parts.flatMap(({ values }) => [...values]));
    expect(Math.max(...joined.map((value, i) => Math.abs(value - all.values[i])))).toBeLessThan(1e-5);
    expect(all.labels !== undefined).toBe(labels);
    if (labels) expect([...all.labels!]).toEqual([...truth.labels!]); // asked for what the real ones are
    await sampler.close();
  });
});

test.each(["a-to-b", "b-to-a"])(
  "translations %s come with what they are made from and what it should become",
  async (make) => {
    const domains = open("stripes-plain", ["domains"]);
    const sampler = await trained("cyclegan", domains, { ...tiny, blocks: 1 }, make);
    const pairs = open("stripes-plain", ["pairs"]);
    const { inputs, counterparts, values } = await translatedSamples(pairs, sampler, drawn).read(2, 3);
    const { values: a, targets: b } = await pairs.read([10_000_002, 10_000_003, 10_000_004]);
    expect([inputs, counterparts]).toEqual(make === "a-to-b" ? [a, b] : [b, a]);
    const [{ name }] = sampler.inputs;
    expect(values).toEqual(await sampler.generate({ [name]: inputs! }));
    await sampler.close();
  },
);

describe("real samples", () => {
  test("of a set without end are ones that training never reaches, or where asked for those it begins with", async () => {
    const dataset = findDataset("ring")!.open({ seed: 1 });
    const sampler = await trained("dcgan", dataset, { hidden: [2], zDim: 2 });
    const first = await dataset.read([0, 1, 2, 3, 4, 5]);
    const read = async (seen: boolean) => (await realSamples(dataset, sampler, { ...drawn, seen }).read(0, 6)).values;
    expect([...(await read(true))]).toEqual([...first.values]);
    expect([...(await read(false))]).not.toEqual([...first.values]);
    await sampler.close();
  });

  test("come with their attributes, and made ones with those that were asked for", async () => {
    const dataset = open("faces");
    const sampler = await trained("cgan", dataset, { ...tiny, zDim: 2 });
    const [truth, made] = [realSamples(dataset, sampler, drawn), madeSamples(sampler, dataset, drawn)];
    const { attributes } = await truth.read(2, 4);
    expect(attributes!.length).toBe(4 * dataset.attributes!.length);
    expect([...(await made.read(2, 4)).attributes!]).toEqual([...attributes!]);
    await sampler.close();
  });

  test("of a finite set are different ones, and those left out come in none of the others", async () => {
    const dataset = imagesInMemory(20);
    const sampler = await trained("dcgan", dataset, { width: 4, zDim: 2 });
    const keys = async (skip: number, count: number) => {
      const { values } = await realSamples(dataset, sampler, { seed: 1, count, skip }).read(0, count);
      return Array.from({ length: count }, (_, i) => values.slice(i * 256, i * 256 + 4).join());
    };
    const [first, rest] = [await keys(0, 12), await keys(12, 8)];
    expect(new Set([...first, ...rest]).size).toBe(20);
    expect(() => realSamples(dataset, sampler, { seed: 1, count: 21 })).toThrow(
      /^--count: memory has 20 images, got 21/,
    );
    await sampler.close();
  });
});
