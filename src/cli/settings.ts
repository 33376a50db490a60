// The trainer's settings as data, like a recipe's options: flags, --help and configuration files come from this one table.

import { InputError, suggest } from "../errors/index.ts";
import {
  type AnyRecipe,
  choice,
  flag,
  flagOf,
  formatOption,
  integer,
  number,
  type OptionSpec,
  type OptionValue,
  parseOption,
} from "../recipes/index.ts";

/** A setting that is any text: a name or a path. */
export interface TextSpec {
  readonly kind: "text";
  readonly about: string;
  /** What stands for it in --help. */
  readonly placeholder: string;
  /** In words, if it has one. */
  readonly default?: string;
}

export type SettingSpec = OptionSpec | TextSpec;
export type SettingSpecs = Readonly<Record<string, SettingSpec>>;

/** The settings a user gave, checked; what is absent takes its default later. */
export interface Settings {
  readonly data?: string;
  readonly size?: number;
  readonly loadSize?: number;
  readonly channels?: 1 | 3 | 4;
  readonly crop?: "center" | "none";
  readonly flip?: boolean;
  readonly dataB?: string;
  readonly split?: "train" | "test";
  readonly derive?: "edges" | "grey" | "blur" | "colours";
  readonly labels?: string;
  readonly labelsPerClass?: number;
  readonly stack?: boolean;
  readonly attributes?: string;
  readonly captions?: string;
  readonly captionVectors?: string;
  readonly captionEncoder?: string;
  readonly steps?: number;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly batch?: number;
  readonly seed?: number;
  readonly ema?: number;
  readonly preset?: string;
  readonly device?: string;
  readonly threads?: number;
  readonly lowering?: "device" | "plain";
  readonly stepsPerRun?: number;
  readonly out?: string;
  readonly sampleEvery?: number;
  readonly checkpointEvery?: number;
  readonly keepCheckpoints?: number;
  readonly evaluateEvery?: number;
  readonly metrics?: string;
  readonly evaluateCount?: number;
  readonly extractor?: string;
  readonly preprocess?: string;
  readonly extractorOutput?: string;
  readonly extractorLogits?: string;
  readonly keepBest?: string;
  readonly stopWhen?: string;
}

const text = (about: string, placeholder: string, byDefault?: string): TextSpec => ({
  kind: "text",
  about,
  placeholder,
  ...(byDefault !== undefined && { default: byDefault }),
});

/** A spec whose default depends on the run, told in words. */
const orElse = (spec: OptionSpec<number>, words: string): OptionSpec => ({ ...spec, default: words });

/** A choice without a default. */
const orElseChoice = (choices: readonly string[], about: string): OptionSpec => ({
  ...{ kind: "choice", about, choices },
  default: "none",
});

export const dataSettings = {
  data: text("what to learn from: an embedded set (ganforge list data), a folder, an archive or a file", "name|path"),
  size: orElse(
    integer(0, "width and height of the images, in pixels", { min: 4, max: 1024 }),
    "what the data suggests",
  ),
  loadSize: orElse(
    integer(0, "load images this large and cut --size out of them, anywhere, anew at each reading", {
      min: 4,
      max: 1024,
    }),
    "--size",
  ),
  channels: orElse(integer(0, "1 for grey, 3 for RGB, 4 for RGB and alpha", { min: 1, max: 4 }), "the data's own"),
  crop: choice(["center", "none"], "center", "cut out the largest centred square, or squeeze the whole image into it"),
  flip: flag(false, "mirror each image left to right with probability ½"),
  dataB: text("a second path of files: targets with the same names, or the other domain", "path", "inside --data"),
  split: choice(["train", "test"], "train", "which part, where the set is divided"),
  derive: orElseChoice(["edges", "grey", "blur", "colours"], "make pairs: what to derive each input from its picture"),
  labels: text(
    "columns of the set's table: one to take as classes, several between commas as attributes",
    "column",
    "folders or labels of the set's own",
  ),
  labelsPerClass: orElse(integer(0, "keep so many labels of each class and hide the others", { min: 1 }), "all"),
  stack: flag(false, "learn from stacks: three grey images, one in each colour; of ten classes they have a thousand"),
  attributes: text("a CSV table of what each picture has", "file", "one found in the set"),
  captions: text("a JSONL or TSV table of captions", "file", "one found in the set"),
  captionVectors: text("sentence vectors for the captions, in their order (.npy, .safetensors)", "file", "words"),
  captionEncoder: text("an ONNX model that makes the captions' vectors, with its tokenizer.json", "model", "words"),
} satisfies SettingSpecs;

export const budgetSettings = {
  steps: integer(2000, "stop after this many iterations"),
  epochs: orElse(integer(0, "stop after going through the data this often"), "no limit"),
  minutes: orElse(number(0, "stop after training for this long", { min: 0.001 }), "no limit"),
} satisfies SettingSpecs;

export const learningSettings = {
  batch: orElse(integer(0, "images in a batch", { min: 1, max: 65536 }), "the recipe's"),
  seed: integer(1, "decides everything random", { min: 0 }),
  ema: number(0, "decay of G's moving average, usually 0.999; 0 keeps none", { min: 0, below: 1 }),
  preset: text("a published variant of the recipe, as its options' defaults", "name"),
} satisfies SettingSpecs;

export const runSettings = {
  sampleEvery: integer(100, "steps between pictures"),
  checkpointEvery: integer(500, "steps between checkpoints"),
  keepCheckpoints: integer(5, "newest checkpoints kept", { min: 2 }),
  device: text("auto, cpu, webgpu or cuda; auto takes the fastest that works here", "name", "auto"),
  lowering: choice(["device", "plain"], "device", "operators in the forms that the device runs best, or plain ones"),
  stepsPerRun: integer(1, "steps that the device makes in one go, where nothing is looked at between them", {
    min: 1,
    max: 64,
  }),
  threads: integer(0, "threads of the cpu device; 0 is one for each core", { min: 0, max: 256 }),
} satisfies SettingSpecs;

export const evaluationSettings = {
  evaluateEvery: orElse(integer(0, "steps between measurings of the samples", { min: 1 }), "never"),
  metrics: text("what to measure, between commas; see: ganforge list metrics", "list", "all that the data allows"),
  evaluateCount: orElse(integer(0, "samples of each side to measure", { min: 2, max: 1_000_000 }), "2,500"),
  extractor: text(
    "what sees pictures: a network in ONNX, or a file of train-classifier",
    "file",
    "the data's own classifier",
  ),
  preprocess: text("how an ONNX file takes pictures: inception, clip, dinov2, imagenet or none", "name", "by its name"),
  extractorOutput: text("the output of an ONNX file that gives features", "name", "the first that fits"),
  extractorLogits: text("the output of an ONNX file that gives logits", "name", "one called logits"),
  keepBest: text("keep the checkpoint with the best of this figure, such as fid", "figure"),
  stopWhen: text('end the run early: "fid not better for 10" measurings', "rule"),
} satisfies SettingSpecs;

export const outSettings = {
  out: text("the run's folder", "folder", "runs/RECIPE-DATA-N, with the first free N"),
} satisfies SettingSpecs;

/** Every setting of `train`. */
export const trainSettings: SettingSpecs = {
  ...dataSettings,
  ...budgetSettings,
  ...learningSettings,
  ...runSettings,
  ...evaluationSettings,
  ...outSettings,
};

/** What `resume` may change of a run: neither its data nor anything that it learns by. */
export const resumeSettings: SettingSpecs = { ...budgetSettings, ...runSettings, ...evaluationSettings };

/** Checks values, from flags or a file, against their table; throws InputError naming the flag. */
export function parseSettings(
  specs: SettingSpecs,
  given: Readonly<Record<string, unknown>>,
): Record<string, OptionValue> {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, parseSetting(key, specs[key], value)]));
}

function parseSetting(key: string, spec: SettingSpec, given: unknown): OptionValue {
  if (spec.kind === "text") {
    if (typeof given === "string" && given.trim() !== "") return given;
    throw new InputError(
      `--${flagOf(key)}: must be a text of at least one character, got ${JSON.stringify(given)}. It is ${spec.about}.`,
    );
  }
  return parseOption(key, spec, given);
}

/** A setting as a line of --help: meaning, range and default. */
export function describeSetting(spec: SettingSpec): string {
  const byDefault = spec.default === undefined ? undefined : `default: ${formatOption(spec.default)}`;
  const details = [rangeOf(spec), byDefault].filter((detail) => detail !== undefined);
  return details.length === 0 ? spec.about : `${spec.about} (${details.join("; ")})`;
}

/** "≥ 1", "0 to 1", "≥ 0, < 1", "conv, linear, gap"; undefined where any value will do. */
function rangeOf(spec: SettingSpec): string | undefined {
  if (spec.kind === "choice") return spec.choices!.join(", ");
  if (spec.kind === "text" || spec.kind === "flag" || spec.min === undefined) return undefined;
  if (spec.max !== undefined) return `${spec.min} to ${spec.max}`;
  return spec.below === undefined ? `≥ ${spec.min}` : `≥ ${spec.min}, < ${spec.below}`;
}

/** The recipe's options and the batch size, from its defaults, a preset's, and what the user gave, in this order. */
export function resolveOptions(
  recipe: AnyRecipe,
  preset: string | undefined,
  given: Readonly<Record<string, OptionValue>>,
): { options: Record<string, OptionValue>; batch: number } {
  const { presets = {} } = recipe;
  if (preset !== undefined && !Object.hasOwn(presets, preset)) {
    const known = Object.keys(presets);
    throw new InputError(
      `--preset: ${recipe.name} has no "${preset}"; ${known.length > 0 ? suggest(preset, known) : "it has none at all."}`,
    );
  }
  const chosen = preset === undefined ? undefined : presets[preset];
  const defaults = Object.fromEntries(Object.entries(recipe.options).map(([key, spec]) => [key, spec.default]));
  return { options: { ...defaults, ...chosen?.options, ...given }, batch: chosen?.batch ?? recipe.batch };
}
