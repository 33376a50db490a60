// What is known to be true of samples that a run's figures are not learned from: the counterparts of pictures, and their classes.

import { type Dataset, findDataset, formOf, type SampleForm } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { asClassifier, findRecipe } from "../recipes/index.ts";
import { buildMaking, type MakerOptions, type RunConfig } from "../train/index.ts";
import { dataOptionsOf } from "./data-options.ts";
import { openData } from "./opening.node.ts";
import { openPart, otherPart } from "./part.node.ts";

/** Samples, of which more is known than the run was told. The caller closes the set. */
export interface Truth {
  readonly dataset: Dataset;
  /** Which they are, for the protocol. */
  readonly which: string;
}

const DRAWN = "drawn where no training reaches";

/**
 * Pairs whose counterparts a run's translations should be: of the part that it does not learn from, or drawn for it; where there is neither,
 * those of its own pictures. Of domains, pairs that were hidden. Where nothing tells which pictures belong together, why: a clause that says
 * what is needed.
 */
export async function openCounterparts(config: RunConfig, { kind }: Dataset): Promise<Truth | string> {
  const needed = "it needs the true counterparts of pictures";
  if (kind !== "pairs" && kind !== "domains") return `${needed}, and the run's data are ${kind}`;
  const kinds = ["pairs"] as const;
  let pairs: Dataset;
  try {
    pairs = await openData(config.data, { ...dataOptionsOf(config, findRecipe(config.recipe)), kinds });
  } catch (error) {
    if (error instanceof InputError) return `${needed}, and ${firstSentence(error.message)}`;
    throw error;
  }
  if (findDataset(config.data)) return { dataset: pairs, which: DRAWN };
  const other = otherPart(config);
  const part = await openPart(config, pairs, other, kinds);
  if (part === undefined) {
    const which =
      kind === "pairs" ? "the very ones that it learned from" : "of its own pictures, whose pairing it was never told";
    return { dataset: pairs, which };
  }
  await pairs.close();
  return { dataset: part, which: `of the ${other} part` };
}

/** Labelled samples that a run's D has not seen; where there are none, or its D says no classes, why: a clause that says what is needed. */
export async function openHeldOut(config: RunConfig, dataset: Dataset): Promise<Truth | string> {
  if (dataset.classes.length < 2 || classifierOf(config, formOf(dataset)) === undefined)
    return "it needs a D that says classes";
  const { labelsPerClass: _, ...options } = dataOptionsOf(config, findRecipe(config.recipe));
  const own = await openData(config.data, options); // with all its labels
  if (findDataset(config.data)) return { dataset: own, which: DRAWN };
  const other = otherPart(config);
  try {
    const part = await openPart(config, own, other);
    return part === undefined
      ? `it needs real pictures that training never sees: a ${other} part of ${config.data}, such as folders train and test in it`
      : { dataset: part, which: `of the ${other} part` };
  } finally {
    await own.close();
  }
}

/** What makes, of pictures, the logits of their classes by the run's D; undefined where it says none. */
export function classifierOf({ recipe, options }: RunConfig, data: SampleForm): Omit<MakerOptions, "make"> | undefined {
  const maker = { recipe: asClassifier(findRecipe(recipe)), options, data };
  try {
    buildMaking(maker, 1);
    return maker;
  } catch {
    return undefined; // no D, or one that takes more than a picture, or that says no classes
  }
}

const firstSentence = (message: string): string => message.split(/\. (?=[A-Z])/)[0].replace(/\.$/, "");
