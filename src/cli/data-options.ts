// How a run's data is opened: the settings that say so, and what its recipe can learn from.

import type { DataOptions } from "../data/index.ts";
import { type AnyRecipe, findRecipe } from "../recipes/index.ts";
import type { RunConfig } from "../train/index.ts";
import type { Settings } from "./settings.ts";

/** Settings that are paths, beside --data. */
export const dataPaths = ["dataB", "attributes", "captions", "captionVectors", "captionEncoder"] as const;

/** Settings of the data that are kept as they are. */
const dataWords = ["loadSize", "split", "derive", "labels", "labelsPerClass", "stack"] as const;

/** What the settings say of the data beyond its name, size, channels and crop. */
export function dataExtras(
  settings: Settings | RunConfig,
): Pick<RunConfig, (typeof dataPaths)[number] | (typeof dataWords)[number]> {
  const entries = [...dataPaths, ...dataWords].map((key) => [key, settings[key]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The options that open the data of a run, or of a run to be. */
export function dataOptionsOf(
  settings: (Settings | RunConfig) & { readonly seed: number },
  recipe: AnyRecipe,
): DataOptions & Pick<RunConfig, "captionEncoder"> {
  const { seed, size, channels, crop } = settings;
  return { seed, size, channels, crop, kinds: recipe.data.kinds, ...dataExtras(settings) };
}

/** What opens the images that a run's classifier is to learn from: those of its data; of stacks, the grey ones. */
export function learnedFrom(config: RunConfig): ReturnType<typeof dataOptionsOf> {
  const { stack, ...options } = dataOptionsOf(config, findRecipe(config.recipe));
  return stack ? { ...options, channels: 1 } : options;
}
