// ganforge evaluate: how good a run's samples are, in figures.

import type { LatentDraw } from "../../metrics/index.ts";
import { choice, integer } from "../../recipes/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { parseSettings } from "../settings.ts";

const EXAMPLES = [
  "ganforge evaluate runs/dcgan-glyphs-1",
  "ganforge evaluate runs/dcgan-glyphs-1 --metrics fid,kid,precision-recall --count 5000",
  "ganforge evaluate runs/dcgan-glyphs-1 --metrics kid:subsets=20 --checkpoint all",
  "ganforge evaluate runs/dcgan-photos-1 --metrics fid --extractor inception-v3.onnx",
  "ganforge evaluate runs/discogan-colour-swapped-1 --metrics counterpart",
  "ganforge list metrics",
];

const evaluateSettings = {
  count: {
    ...integer(0, "samples of each side", { min: 2, max: 1_000_000 }),
    default: "10,000 images, 1,000 translations or 2,500 points, or all there are",
  },
  seed: integer(1, "decides which samples, and every random choice of a metric", { min: 0 }),
  latent: choice(
    ["independent", "sobol"],
    "independent",
    "how latent vectors are drawn; those of a scrambled Sobol sequence make figures steadier, as FID∞'s authors have it",
  ),
  threads: { ...integer(0, "processor threads", { min: 1, max: 256 }), default: "all" },
  split: { ...choice(["train", "test"], "train", "the part of the data to compare with"), default: "the run's" },
};

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand("evaluate", "Measures how good a run's samples are.", EXAMPLES)
    .argument("<run>", "the run's folder")
    .option("--metrics <list>", "which, between commas, with options after colons (default: all that the data allows)")
    .option("--checkpoint <step>", "a step, all, or best (default: the newest sound checkpoint)")
    .option(
      "--extractor <file>",
      "what sees pictures: a network in ONNX, or a file of train-classifier (default: the data's own classifier)",
    )
    .option(
      "--preprocess <name>",
      "how an ONNX file takes pictures: inception, clip, dinov2, imagenet, none (default: by its name)",
    )
    .option(
      "--extractor-output <name>",
      "the output of an ONNX file that gives features (default: the first that fits)",
    )
    .option("--extractor-logits <name>", "the output of an ONNX file that gives logits (default: one called logits)")
    .option("--no-floor", "leave out real samples against real ones")
    .option(
      "--make <name>",
      "which of the things that the recipe makes (default: its first; beside true counterparts, each)",
    )
    .option("--no-ema", "take the weights as trained, not their moving average")
    .option("--json", "print the result as one JSON document");
  addSettings(command, "Samples:", evaluateSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const {
    metrics,
    checkpoint,
    extractor,
    preprocess,
    extractorOutput,
    extractorLogits,
    floor,
    make,
    ema,
    json,
    ...flags
  } = given.flags;
  const {
    count,
    seed = 1,
    threads = 0,
    latent,
    split,
  } = parseSettings(evaluateSettings, flags) as Partial<Record<"count" | "seed" | "threads", number>> & {
    readonly latent?: LatentDraw;
    readonly split?: "train" | "test";
  };
  const { evaluateRun } = await import("../evaluating.node.ts");
  const words = { metrics, extractor, preprocess, extractorOutput, extractorLogits, make } as Record<
    "metrics" | "extractor" | "preprocess" | "extractorOutput" | "extractorLogits" | "make",
    string | undefined
  >;
  await evaluateRun({
    ...{ run: given.operands[0], count, seed, latent, threads, checkpoint },
    ...{ ...words, split },
    ...{ floor: floor !== false, ema: ema === true, json: json === true },
  });
  return 0;
}
