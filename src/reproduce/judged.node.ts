// The digits of a table: grey ones to learn from, held in memory, and a classifier of them, trained once for all trials and kept in the
// user's cache folder.

import { openDataset } from "../data/index.node.ts";
import type { Dataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { cachedClassifier, classifierExtractor, doubtsAbout, type Extractor } from "../metrics/index.node.ts";
import { cpu } from "../runtime/index.node.ts";
import { sha256 } from "../train/index.node.ts";
import { heldOf } from "./held.ts";
import { shortName } from "./run.node.ts";
import type { Trial } from "./table.ts";

/** What a trial makes of its digits; part of what decides its figures. */
export type DigitsUsed = {
  /** Digits to learn from, where the set has as many. */
  readonly digits: number;
  /** Samples that are measured. */
  readonly samples: number;
  /** How the classifier is trained, whatever the trial's seed. */
  readonly eyes: { readonly steps: number; readonly seed: number };
};

export const EYES = { steps: 2000, seed: 1 } as const;

/** How the grey pictures are opened. */
export const GREY = { size: 28, channels: 1 } as const;

class GivenUp extends Error {}

/**
 * What `use` makes of the digits and the classifier, which are closed then; undefined when the trial was given up. InputError where the
 * classifier tells too few of them right to judge by.
 */
export async function withDigits<T>(
  { digits: most, eyes: taught }: DigitsUsed,
  trial: Trial,
  use: (digits: Dataset, eyes: Extractor) => Promise<T>,
): Promise<T | undefined> {
  const digits = await heldOf(await trial.open(GREY), most, trial);
  if (digits === undefined) return undefined;
  try {
    const eyes = await openEyes(digits.spec, taught, trial);
    if (eyes === undefined) return undefined;
    try {
      return await use(digits, eyes);
    } finally {
      await eyes.close();
    }
  } finally {
    await digits.close();
  }
}

/** The classifier of the set of this name or path; undefined when the trial was given up meanwhile. */
async function openEyes(
  spec: string,
  taught: DigitsUsed["eyes"],
  { threads, progress, shouldStop }: Trial,
): Promise<Extractor | undefined> {
  const set = await openDataset(spec, { ...GREY, seed: taught.seed });
  try {
    const { classifier } = await cachedClassifier(set, {
      // A name of its own: others may have kept one of the same drawn set, but learned from another seed's drawings.
      ...{ name: `${shortName(spec)}-eyes`, backend: cpu, threads, ...taught },
      progress({ step, steps }) {
        progress("training the classifier that judges", step, steps);
        if (shouldStop()) throw new GivenUp();
      },
    });
    const doubts = doubtsAbout(classifier.facts);
    if (doubts !== undefined) throw new InputError(`--data: ${doubts}`);
    return await classifierExtractor(classifier, { backend: cpu, threads, sha256 });
  } catch (error) {
    if (error instanceof GivenUp) return undefined;
    throw error;
  } finally {
    await set.close();
  }
}
