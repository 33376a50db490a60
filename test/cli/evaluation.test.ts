// Measuring a run against its data: what the user is told of the real pictures.

import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { openEvaluation } from "../../src/cli/evaluation.node.ts";
import { openDataset } from "../../src/data/index.node.ts";
import { openGenerator, trainedGenerator } from "../../src/export/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { trainInMemory } from "../../src/train/index.node.ts";
import { noise, temporaryFolder, writeTree } from "../data/fixtures.ts";

const path = temporaryFolder();
const COUNT = 24;

beforeAll(async () => {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < COUNT; i++) {
    const picture = sharp(noise(256, i), { raw: { width: 16, height: 16, channels: 1 } });
    files[`lossless/${i}.png`] = await picture.clone().png().toBuffer();
    files[`lossy/${i}.jpg`] = await picture.clone().jpeg({ quality: 90 }).toBuffer();
  }
  await writeTree(path(""), files);
});

/** What is told while a run on these pictures is measured twice. */
async function told(folder: string, metrics: string): Promise<string[]> {
  const dataset = await openDataset(path(folder), { seed: 1, size: 16, channels: 1 });
  const run = await trainInMemory("dcgan", dataset, { options: { width: 2, zDim: 2 }, steps: 1, batch: 2, threads: 1 });
  const sampler = await openGenerator(trainedGenerator(run, run.checkpoint), { backend: cpu, threads: 1, chunk: 8 });
  const lines: string[] = [];
  const evaluation = await openEvaluation(
    {
      metrics,
      count: 12,
      seed: 1,
      extractor: undefined,
      preprocess: undefined,
      floor: false,
      repeatedly: true,
      countFlag: "--count",
    },
    { dataset, backend: cpu, threads: 1, stacked: false, tell: (line) => lines.push(line) },
  );
  for (let time = 0; time < 2; time++) await evaluation.measure({ sampler, classifier: async () => sampler });
  for (const each of [evaluation, sampler, dataset]) await each.close();
  return lines;
}

test("lossy pictures are warned of once, in a line that says how many and what it does to figures", async () => {
  const lines = await told("lossy", "sliced-wasserstein");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`of 8 picture files looked at in ${path("lossy")}, 8 are lossy`);
  expect(lines[0]).toContain("FID");
  expect(lines[0]).not.toContain("\n");
});

test("nothing is said of lossless ones", async () => {
  expect(await told("lossless", "sliced-wasserstein")).toEqual([]);
});
