// What D takes of the samples that it learns from, of real ones that training never sees, and of made ones: whether it knows the
// first by heart. Nothing is taken from training for it: without a part of the data that is kept to test on, nothing is held out.

import { type Dataset, fieldOf, findDataset, formOf } from "../data/index.ts";
import { sizeOf } from "../graph/index.ts";
import { realSamples, type SampleBatch, type Scores } from "../metrics/index.ts";
import { findRecipe } from "../recipes/index.ts";
import type { Backend } from "../runtime/index.ts";
import { type Judge, openJudge, type RunConfig, type Sampler, type SeenStep } from "../train/index.ts";
import { openPart, orNothing, otherPart } from "./part.node.ts";

/** Samples of each kind: as many as the symptom's threshold was measured with. */
const MOST = 64;

/** D's scores as the run's state is; else what they need, as the end of a sentence that begins "it needs". */
export type Scorer = (state: SeenStep["state"], sampler: Sampler, made: SampleBatch) => Promise<Scores | string>;

/** A judge with the real samples that it is asked about each time. */
interface Bench {
  readonly judge: Judge;
  readonly real: SampleBatch;
  readonly heldOut: SampleBatch;
}

interface BenchParts {
  readonly backend: Backend;
  readonly sampler: Sampler;
  readonly state: SeenStep["state"];
  /** Takes what the caller is to close. */
  readonly opened: { close(): Promise<void> }[];
}

/** Scores samples of a run. What it takes is opened when it is first wanted, and added to `opened`. */
export function scorer(
  config: RunConfig,
  dataset: Dataset,
  { backend, opened }: Pick<BenchParts, "backend" | "opened">,
): Scorer {
  let stateNow: SeenStep["state"];
  let bench: Bench | string | undefined;
  const form = formOf(dataset);
  const score = (judge: Judge, { values, labels = new Int32Array(judge.count).fill(-1), ...known }: SampleBatch) =>
    judge.score(values, judge.needsLabels ? fieldOf({ values, labels, ...known }, "y", form) : undefined);
  return async (state, sampler, made) => {
    stateNow = state;
    bench ??= await openBench(config, dataset, { backend, opened, sampler, state: (names) => stateNow(names) });
    if (typeof bench === "string") return bench;
    const { judge, real, heldOut } = bench;
    return {
      made: await score(judge, firstOf(made, judge.count, sampler)),
      real: await score(judge, real),
      heldOut: await score(judge, heldOut),
    };
  };
}

async function openBench(
  config: RunConfig,
  dataset: Dataset,
  { backend, sampler, state, opened }: BenchParts,
): Promise<Bench | string> {
  const { options, seed, threads, data } = config;
  const recipe = findRecipe(config.recipe);
  if (recipe.scores === undefined) return "a D that scores a sample by itself or with its labels";
  const other = otherPart(config);
  const needed = `real samples that training never sees: a ${other} part of ${data}, such as folders train and test in it`;
  // Of a set whose labels are mostly hidden, what is labelled is what all recipes of labels learn.
  const learned = recipe.data.labels === undefined ? dataset : (dataset.labelled ?? dataset);
  const unseen = findDataset(data) ? dataset : await openPart(config, dataset, other);
  if (unseen === undefined) return needed;
  try {
    const most = Math.min(MOST, countOf(learned), countOf(unseen));
    const judge = await openJudge({ recipe, options, data: formOf(dataset) }, { backend, threads, most }, state);
    opened.push(judge!);
    const { count } = judge!;
    const read = (set: Dataset, seen: boolean) => realSamples(set, sampler, { seed, count, seen }).read(0, count);
    const heldOut = await orNothing(() => read(unseen, false));
    return heldOut === undefined ? needed : { judge: judge!, real: await read(learned, true), heldOut };
  } finally {
    if (unseen !== dataset) await unseen.close();
  }
}

const countOf = ({ domains, count }: Dataset): number => Math.min(domains?.a.count ?? count, domains?.b.count ?? count);

/** The first of a sampler's samples. */
function firstOf({ values, labels, attributes }: SampleBatch, count: number, { sample }: Sampler): SampleBatch {
  const all = values.length / sizeOf(sample);
  const first = (rows: Float32Array) => rows.subarray(0, (rows.length / all) * count);
  return {
    values: first(values),
    ...(labels && { labels: labels.subarray(0, count) }),
    ...(attributes && { attributes: first(attributes) }),
  };
}
