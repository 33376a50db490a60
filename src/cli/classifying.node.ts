// Training the classifier of a data set from the command line: in the cache or in a file, with progress, and to be stopped by Ctrl-C.

import { type DataOptions, type Dataset, openDataset } from "../data/index.node.ts";
import { InputError } from "../errors/index.ts";
import {
  type CachedClassifier,
  cachedClassifier,
  doubtsAbout,
  encodeClassifier,
  FIT_DEFAULTS,
  type FitOptions,
  type FitProgress,
  fingerprintOf,
  fitClassifier,
  percent,
} from "../metrics/index.node.ts";
import { cpu } from "../runtime/index.node.ts";
import { sha256 } from "../train/index.node.ts";
import { createDisplay, type Display } from "./display.node.ts";
import { writeOut } from "./files.node.ts";
import { print, printJson } from "./output.node.ts";
import { dataNameOf } from "./run-folder.node.ts";
import type { Settings } from "./settings.ts";
import { EXIT_CODES, hearSignals, type Stopper } from "./signals.node.ts";
import { formatCount, formatTable, indent } from "./text.ts";

export interface ClassifierRequest {
  readonly settings: Settings;
  /** A file, in place of the cache. */
  readonly out: string | undefined;
  /** The cache folder. */
  readonly cache: string | undefined;
  readonly json: boolean;
}

/** Trains a classifier, or finds it in the cache, and prints what it is; the exit code. */
export async function runClassifierTraining(request: ClassifierRequest): Promise<number> {
  const { settings, json } = request;
  const { data, seed = FIT_DEFAULTS.seed, size, channels, crop, split, labels, attributes } = settings;
  if (data === undefined) {
    throw new InputError(
      "--data: nothing to learn from. Pass a folder, archive or file of labelled images: --data ./photos",
    );
  }
  const options: DataOptions = { kinds: ["images"], seed, size, channels, crop, split, labels, attributes };
  const display = createDisplay(json ? process.stderr : process.stdout);
  const stopper = hearSignals();
  const open: Dataset[] = [];
  try {
    const dataset = await openDataset(data, options);
    open.push(dataset);
    const test = split === undefined ? await openTestPart(data, dataset, options) : undefined;
    if (test !== undefined) open.push(test);
    const result = await made(dataset, request, {
      ...{ name: `${dataNameOf(data)}-classifier`, backend: cpu, test },
      ...{ steps: settings.steps ?? FIT_DEFAULTS.steps, seed, threads: settings.threads ?? 0 },
      progress: shownOn(display, stopper),
      tell: (line) => display.line(line),
    });
    display.close();
    await report(result, request);
    return 0;
  } catch (error) {
    display.close();
    if (stopper.signal === undefined) throw error;
    display.line("Stopped. A classifier is kept when it is done, so nothing is.");
    return EXIT_CODES[stopper.signal];
  } finally {
    stopper.release();
    for (const each of open) await each.close();
  }
}

/** The part of the same data that is kept to test on; undefined where there is none. */
async function openTestPart(spec: string, { shape }: Dataset, options: DataOptions): Promise<Dataset | undefined> {
  const [channels, size] = shape;
  try {
    return await openDataset(spec, { ...options, size, channels: channels as 1 | 3 | 4, split: "test" });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

async function made(
  dataset: Dataset,
  { out, cache }: ClassifierRequest,
  options: FitOptions & { readonly tell: (line: string) => void },
): Promise<CachedClassifier> {
  if (out === undefined) return cachedClassifier(dataset, { ...options, cache });
  const classifier = await fitClassifier(dataset, options);
  await writeOut(out, await encodeClassifier(classifier, sha256));
  return { classifier, path: out, found: false };
}

/** Shows each step, and ends the training after the step in which a signal came. */
function shownOn(display: Display, stopper: Stopper): (progress: FitProgress) => void {
  const start = performance.now();
  return ({ step, steps, images, loss }) => {
    display.step({
      ...{ type: "step", step, totalSteps: steps, images, epoch: 0, seconds: (performance.now() - start) / 1000 },
      ...{ progress: step / steps, metrics: { "loss/classifier": loss } },
    });
    if (stopper.signal !== undefined) throw new Error(`stopped by ${stopper.signal}`);
  };
}

async function report({ classifier, path, found }: CachedClassifier, request: ClassifierRequest): Promise<void> {
  const { facts } = classifier;
  const { name, accuracy, accuracies, chance, heldOut, attributes } = facts;
  const fingerprint = await fingerprintOf(classifier, sha256);
  const doubts = doubtsAbout(facts);
  if (request.json) {
    printJson({ path, cached: found, fingerprint, ...facts, ...(doubts !== undefined && { doubts }) });
    return;
  }
  print(`${name} ${fingerprint}: tells ${percent(accuracy)} of ${formatCount(heldOut)} held-out images right`);
  const commonest = attributes.length > 0 ? "the commoner of each attribute" : "the commonest class";
  print(indent(`always saying ${commonest} would tell ${percent(chance)}`));
  if (accuracies)
    print(
      indent(
        formatTable(
          attributes.map((each, i) => [each, percent(accuracies[i])]),
          [1],
        ),
        4,
      ),
    );
  if (path !== undefined) print(indent(`file  ${path}${found ? " (it was there already)" : ""}`));
  const isDefault = Object.entries(FIT_DEFAULTS).every(([key, value]) => facts[key as "steps" | "seed"] === value);
  const own = isDefault && request.out === undefined && request.cache === undefined;
  if (own) print(indent("use   ganforge evaluate takes it by itself for runs on the same data, size and channels"));
  else if (path !== undefined) print(indent(`use   ganforge evaluate <run> --extractor ${path}`));
  if (doubts !== undefined) print(doubts);
}
