// The part of a run's files that the run does not learn from.

import type { DataKind, Dataset, Split } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { findRecipe } from "../recipes/index.ts";
import type { RunConfig } from "../train/index.ts";
import { dataOptionsOf } from "./data-options.ts";
import { openData } from "./opening.node.ts";

/** The part beside the one that a run learns from. */
export const otherPart = ({ split }: Pick<RunConfig, "split">): Split => (split === "test" ? "train" : "test");

/**
 * Another part of a run's files, with labels and shapes as those of `dataset`, its own part; undefined where there is none. `kinds` is what
 * to open it as, where not as the recipe has it.
 */
export async function openPart(
  config: RunConfig,
  dataset: Dataset,
  split: Split,
  kinds?: readonly DataKind[],
): Promise<Dataset | undefined> {
  const recipe = findRecipe(config.recipe);
  const { labelsPerClass: _, ...options } = dataOptionsOf(config, recipe);
  const part = await orNothing(() => openData(config.data, { ...options, split, ...(kinds && { kinds }) }));
  if (part === undefined) return undefined;
  const formAsked = ({ shape, target, classes, attributes }: Dataset) =>
    JSON.stringify([shape, target, ...(recipe.data.labels === undefined ? [] : [classes, attributes])]);
  // Of files that are not divided both parts may be all of them; what hides labels only adds to a fingerprint.
  const isSame = dataset.fingerprint.startsWith(part.fingerprint);
  if (!isSame && formAsked(part) === formAsked(dataset)) return part;
  await part.close();
  return undefined;
}

/** Nothing where the data does not allow it: for what is not asked for by the user. */
export async function orNothing<T>(attempt: () => Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
