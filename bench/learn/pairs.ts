// Pictures from drawings, where all right answers are known.

import { findDataset, measureEdgesShapes } from "../../src/data/index.ts";
import { sizeOf } from "../../src/graph/index.ts";
import { findMetric } from "../../src/metrics/index.ts";
import type { OptionValue } from "../../src/recipes/index.ts";
import { type Case, type Experiment, flagsOf, samplerOf, type Training, trained } from "./experiment.ts";
import { SIZE, TESTS, testIndices } from "./tests.ts";

/** The paper's 16 × 16 PatchGAN, since 70 pixels would be all of them; without dropout, which would blur every answer. */
const SETTING = { width: 16, receptiveField: "16", dropout: 0, lr: 0.001, decayFrom: 1500, decayTo: 3000 };

function paired(name: string, options: Readonly<Record<string, OptionValue>>): Case {
  const training: Training = { recipe: "pix2pix", steps: 3000, batch: 8, options: { ...SETTING, ...options } };
  return {
    name,
    flags: `--size ${SIZE} ${flagsOf(training)}`,
    async run(seed, log) {
      const open = { seed: 1, size: SIZE };
      const data = findDataset("edges-shapes")!.open({ ...open, kinds: ["pairs"] });
      const run = await trained(training, data, seed, log);
      const sampler = await samplerOf(run);
      const { values, targets } = await data.read(testIndices);
      const made = await sampler.generate({ ...sampler.latent(TESTS, seed), a: values });
      await sampler.close();
      const size = sizeOf(sampler.sample);
      const measured = testIndices.map((index, i) =>
        measureEdgesShapes(open, index, made.slice(i * size, (i + 1) * size)),
      );
      const mean = (of: (each: (typeof measured)[number]) => number) =>
        measured.reduce((sum, each) => sum + of(each), 0) / TESTS;
      return {
        error: mean(({ error }) => error),
        stripes: mean(({ stripes }) => stripes),
        patches: await patchDistance(made, targets!),
        minutes: run.result.seconds / 60,
      };
    },
  };
}

/** Patches of a picture along each side, and pixels of a patch along each of its own. */
const [PATCHES, PATCH] = [5, 7];

/** How far all patches of the pictures made are from those of real ones, as sets: the sliced Wasserstein distance between them. */
async function patchDistance(made: Float32Array, real: Float32Array): Promise<number> {
  const count = TESTS * PATCHES ** 2;
  const form = { shape: [3, PATCH, PATCH], counts: { real: count, made: count }, labels: [], seed: 1 };
  const metric = findMetric("sliced-wasserstein").begin({ kind: "images", ...form }, { directions: 500 });
  metric.add("real", { count, values: patchesOf(real) });
  metric.add("made", { count, values: patchesOf(made) });
  return (await metric.finish()).figures["sliced-wasserstein"].value;
}

/** Patches evenly spread over pictures [TESTS, 3, SIZE, SIZE], as [TESTS · PATCHES², 3, PATCH, PATCH]. */
function patchesOf(pictures: Float32Array): Float32Array {
  const patches = new Float32Array(TESTS * PATCHES ** 2 * 3 * PATCH ** 2);
  const first = (k: number) => Math.round((k * (SIZE - PATCH)) / (PATCHES - 1));
  let at = 0;
  for (let i = 0; i < TESTS; i++) {
    for (let place = 0; place < PATCHES ** 2; place++) {
      const [top, left] = [first(Math.floor(place / PATCHES)), first(place % PATCHES)];
      for (let c = 0; c < 3; c++) {
        for (let y = top; y < top + PATCH; y++) {
          const row = ((i * 3 + c) * SIZE + y) * SIZE + left;
          patches.set(pictures.subarray(row, row + PATCH), at);
          at += PATCH;
        }
      }
    }
  }
  return patches;
}

export const pairs: Experiment = {
  name: "pairs",
  about: `edges-shapes at ${SIZE} pixels, 200 drawings not trained on. \`error\` is the mean absolute distance of a picture from the nearest of all right answers to its drawing; \`stripes\` the strength of the texture that every right answer has and their mean has not; \`patches\` how far the set of all patches of ${PATCH} × ${PATCH} pixels is from that of real pictures (sliced Wasserstein distance).`,
  cases: [paired("pix2pix", {}), paired("L1 alone", { game: "none" }), paired("λ = 0", { lambda: 0 })],
  claims: [
    {
      text: "pix2pix is nearer to a right answer than L1 alone, whose pictures are a blur of all right answers",
      holds: (mean) => mean("pix2pix", "error") < mean("L1 alone", "error"),
    },
    {
      text: "pix2pix draws the texture that every right answer has, more than twice as strongly as L1 alone",
      holds: (mean) => mean("pix2pix", "stripes") > 2 * mean("L1 alone", "stripes"),
    },
    {
      text: "pix2pix's pictures, patch by patch, are nearer to real ones than L1 alone's",
      holds: (mean) => mean("pix2pix", "patches") < mean("L1 alone", "patches"),
    },
    {
      text: "pix2pix is nearer to a right answer than without L1 (λ = 0)",
      holds: (mean) => mean("pix2pix", "error") < mean("λ = 0", "error"),
    },
  ],
};
