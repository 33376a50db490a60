// Everything a run is made from, as run.json holds it: with this file and the data, the run can be made again.

import { type Dataset, formOf, type SampleForm } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { decodeUtf8, encodeUtf8, isJsonObject, type JsonObject, parseJson } from "../formats/index.ts";
import type { AnyRecipe, OptionValue } from "../recipes/index.ts";
import type { Store } from "./store.ts";

/** A run's settings, each resolved to a value; keys are the command line's flags in camel case. */
export interface RunConfig {
  readonly recipe: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  /** An embedded set's name or a path. */
  readonly data: string;
  /** Width and height of images; absent for points. */
  readonly size?: number;
  /** Width and height that images are loaded at, where `size` is cut out of them. */
  readonly loadSize?: number;
  readonly channels?: 1 | 3 | 4;
  readonly flip: boolean;
  readonly crop: "center" | "none";
  /** A second path: targets of the same names, or the second domain. */
  readonly dataB?: string;
  readonly split?: "train" | "test";
  readonly derive?: "edges" | "grey" | "blur" | "colours";
  /** A column of the set's table that holds the classes. */
  readonly labels?: string;
  readonly labelsPerClass?: number;
  /** Whether samples are three grey pictures of the set, one in each colour. */
  readonly stack?: boolean;
  readonly attributes?: string;
  readonly captions?: string;
  readonly captionVectors?: string;
  /** An ONNX model whose sentence vectors stand for the captions. */
  readonly captionEncoder?: string;
  readonly batch: number;
  readonly seed: number;
  /** When to stop; the first of those given. */
  readonly steps?: number;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly device: string;
  /** 0 lets the backend choose. */
  readonly threads: number;
  /** Operators in the device's own forms (the default), or plain ones. */
  readonly lowering?: "device" | "plain";
  /** Steps in one run of the engine, where nothing is looked at between them (default 1). */
  readonly stepsPerRun?: number;
  readonly sampleEvery: number;
  readonly checkpointEvery: number;
  /** Newest checkpoints kept. */
  readonly keepCheckpoints: number;
  /** Decay of the generator's moving average; 0 keeps none. */
  readonly ema: number;
  /** Steps between measurings; absent without any. */
  readonly evaluateEvery?: number;
  /** What is measured, in words. */
  readonly metrics?: string;
  /** Samples of each side. */
  readonly evaluateCount?: number;
  /** What sees pictures: a file. */
  readonly extractor?: string;
  readonly preprocess?: string;
  readonly extractorOutput?: string;
  readonly extractorLogits?: string;
  /** The figure whose best step's checkpoint is kept. */
  readonly keepBest?: string;
  /** "FIGURE not better for N" */
  readonly stopWhen?: string;
}

/** What run.json says of the data, to know it again. */
export interface DataRecord extends SampleForm {
  /** Samples in the set; null for an endless one. */
  readonly count: number | null;
  readonly fingerprint: string;
}

export interface RunRecord {
  readonly config: RunConfig;
  readonly data: DataRecord;
  /** Of ganforge and of what computed the run. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What run.json is to say of a data set. */
export function describeData(dataset: Dataset): DataRecord {
  const { count, fingerprint } = dataset;
  return { ...formOf(dataset), count: Number.isFinite(count) ? count : null, fingerprint };
}

/** Throws InputError where the recipe cannot learn from this set: it is of another kind, or lacks the labels. */
export function checkRecipeData({ name, data: { kinds, labels } }: AnyRecipe, dataset: Dataset): void {
  const { spec, kind, classes, empty = [], folder, attributes = [] } = dataset;
  if (!kinds.includes(kind)) {
    throw new InputError(
      `--data: ${spec} holds ${kind}, and ${name} learns from ${kinds.join(" or ")}. See: ganforge list data`,
    );
  }
  if (dataset.unpaired) {
    throw new InputError(
      `--data: ${spec} holds domains (folders called trainA and trainB), and ${name} learns from pairs. Call the folders A and B where those of the same names belong together, or give each by its own path: --data ONE --data-b OTHER.`,
    );
  }
  if (labels === undefined) return;
  const filled = classes.filter((each) => !empty.includes(each));
  if (filled.length > 1) return;
  if (labels === "classes or attributes" && attributes.length > 0) return;
  const [only = classes.length === 0 && attributes.length === 0 ? folder : undefined] = filled;
  const found =
    only !== undefined
      ? `one class only, "${only}"`
      : classes.length > 0
        ? `no picture of any of its ${classes.length} classes`
        : attributes.length > 0
          ? "attributes only"
          : "no labels";
  throw new InputError(
    `--data: ${spec} has ${found}, and ${name} learns from ${labels}. Give each of two or more classes a folder of its own, or a set that has labels.`,
  );
}

/** Throws InputError, with both values, when the run in `store` was begun with other data; a store without run.json has no say. */
export async function checkData(store: Store, dataset: Dataset): Promise<void> {
  if (!(await store.exists(PATH))) return;
  const { data } = await readRun(store);
  const found = describeData(dataset);
  const differences = [
    [data.fingerprint, found.fingerprint, "its fingerprint was", "it is"],
    [data.sample.join("×"), found.sample.join("×"), "its samples were", "they are"],
  ].filter(([before, now]) => before !== now);
  if (differences.length === 0) return;
  const [before, now, was, is] = differences[0];
  throw new InputError(
    `--data: ${dataset.spec} has changed since this run began: ${was} ${before}, ${is} ${now}. Give the run its data back, or start a new run.`,
  );
}

const FORMAT = "ganforge-run";
const VERSION = 1;
const PATH = "run.json";

export async function writeRun(store: Store, { config, data, versions }: RunRecord): Promise<void> {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, config, data, versions }, null, 2);
  await store.write(PATH, encodeUtf8(`${text}\n`));
}

/** Throws InputError when the folder holds no run, or one that a newer ganforge wrote. */
export async function readRun(store: Store): Promise<RunRecord> {
  if (!(await store.exists(PATH))) {
    throw new InputError(
      `${store.where}: not a run folder, it has no ${PATH}. Start one with: ganforge train dcgan --data glyphs`,
    );
  }
  const where = `${store.where}/${PATH}`;
  const value = parseJson(decodeUtf8(await store.read(PATH), where), where);
  if (!isJsonObject(value) || value.format !== FORMAT) {
    throw new InputError(
      `${where}: not a ganforge run (its format is ${JSON.stringify(isJsonObject(value) ? value.format : value)}, not "${FORMAT}").`,
    );
  }
  if (typeof value.version !== "number" || value.version > VERSION) {
    throw new InputError(`${where}: version ${value.version}, this ganforge reads up to ${VERSION}. Update ganforge.`);
  }
  if (![value.config, value.data, value.versions].every((part) => isJsonObject(part as JsonObject))) {
    throw new InputError(`${where}: config, data or versions is missing. Restore the file, or start a new run.`);
  }
  return value as unknown as RunRecord;
}
