// How well a semi-supervised discriminator tells classes of samples that it has not seen.

import type { Dataset } from "../data/index.ts";
import { highest } from "../metrics/index.ts";
import { asClassifier, findRecipe } from "../recipes/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { arraysOf, buildMaking, type InMemoryRun, openSampler } from "../train/index.node.ts";
import { blocksOf } from "./digits.node.ts";

/** Samples asked about together. */
const CHUNK = 100;

/**
 * The share of a labelled set's samples, from 0 to 1, whose class D tells wrong; for runs of recipes whose D says classes.
 *
 * @example await shareWrong(run, mnistTest, { threads: 1 }) // 0.02: 200 of 10,000
 */
export async function shareWrong(
  { config, data, checkpoint }: InMemoryRun,
  test: Dataset,
  { threads }: { readonly threads: number },
): Promise<number> {
  const maker = { recipe: asClassifier(findRecipe(config.recipe)), options: config.options, data };
  const weights = arraysOf(buildMaking(maker, 1).arrays, checkpoint.tensors, config.recipe);
  const sampler = await openSampler(maker, { backend: cpu, threads, chunk: CHUNK }, async () => weights);
  try {
    let wrong = 0;
    for (const places of blocksOf(test.count, CHUNK)) {
      const { values, labels } = await test.read(places);
      const told = highest(await sampler.generate({ a: values }), data.classes.length);
      wrong += told.filter((label, i) => label !== labels[i]).length;
    }
    return wrong / test.count;
  } finally {
    await sampler.close();
  }
}
