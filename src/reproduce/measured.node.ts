// A case that is one training of one recipe, measured by metrics: what most tables are made of.

import { type Dataset, findDataset } from "../data/index.ts";
import { openGenerator, trainedGenerator } from "../export/index.ts";
import { type MeasureOptions, madeSamples, measure, parseMetrics, realSamples } from "../metrics/index.ts";
import { findRecipe, type OptionValue } from "../recipes/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { type InMemoryRun, picture, pictureCount, trainInMemory } from "../train/index.node.ts";
import type { Outcome, Trial } from "./table.ts";

/** How a recipe is trained. */
export type Training = {
  readonly recipe: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly steps: number;
  readonly batch: number;
  readonly ema: number;
};

/** The wanted options that the recipe has. */
export function optionsOf(recipe: string, wanted: Readonly<Record<string, OptionValue>>): Record<string, OptionValue> {
  const { options } = findRecipe(recipe);
  return Object.fromEntries(Object.entries(wanted).filter(([key]) => Object.hasOwn(options, key)));
}

/** Trains on a set; undefined when the trial was given up. */
export async function trained(
  { recipe, ...settings }: Training,
  dataset: Dataset,
  { seed, threads, progress, shouldStop }: Trial,
): Promise<InMemoryRun | undefined> {
  const run = await trainInMemory(recipe, dataset, {
    ...{ ...settings, seed, threads, shouldStop },
    emit: (event) => event.type === "step" && progress("steps", event.step, settings.steps),
  });
  return run.result.reason === "stopped" ? undefined : run;
}

export interface Measures {
  /** In words, as `--metrics` takes them. */
  readonly metrics: string;
  /** Samples of each side. */
  readonly count: number;
  /** Which of the metrics' figures are the table's. */
  readonly figures: readonly { readonly name: string }[];
  /** What sees the samples, where the metrics need that. */
  readonly eyes?: Pick<MeasureOptions, "extractor" | "stacked">;
}

/** Figures and a picture of what a run makes, beside the set that it was trained on. */
export async function measured(
  run: InMemoryRun,
  dataset: Dataset,
  { metrics, count, figures, eyes }: Measures,
  { seed, threads }: Trial,
): Promise<Outcome> {
  const sampler = await openGenerator(trainedGenerator(run, run.checkpoint), {
    ...{ backend: cpu, threads, chunk: dataset.kind === "points" ? count : 100 },
  });
  try {
    const drawn = { seed: 1000 + seed, count };
    const kind = dataset.kind === "points" ? "points" : "images";
    const mixture = findDataset(dataset.spec)?.mixture;
    const found = await measure({
      ...{ metrics: parseMetrics(metrics), seed, kind, labels: dataset.classes, ...eyes },
      ...{ real: realSamples(dataset, sampler, drawn), made: madeSamples(sampler, dataset, drawn) },
      ...(mixture && { modes: mixture }),
    });
    const shown = await madeSamples(sampler, dataset, drawn).read(0, Math.min(count, pictureCount[kind]));
    const reference =
      kind === "points" ? (await dataset.read([...Array(pictureCount.points).keys()])).values : undefined;
    return {
      figures: Object.fromEntries(
        figures.map(({ name }) => [name, found.find(({ figure }) => figure === name)!.value]),
      ),
      picture: picture(kind, shown.values, sampler.sample, { reference }),
    };
  } finally {
    await sampler.close();
  }
}
