// ganforge export: a run's generator, and nothing else of it, as a file for other programs.

import { join } from "node:path";
import {
  compareOnnx,
  exportOnnx,
  exportSafetensors,
  openGenerator,
  trainedGenerator,
} from "../../export/index.node.ts";
import { choice } from "../../recipes/index.ts";
import { cpu } from "../../runtime/index.node.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { writeOut } from "../files.node.ts";
import { print, printJson } from "../output.node.ts";
import { dataNameOf, loadCheckpoint, openRun } from "../run-folder.node.ts";
import { parseSettings } from "../settings.ts";
import { formatBytes } from "../text.ts";

const EXAMPLES = [
  "ganforge export runs/dcgan-glyphs-1 --format onnx",
  "ganforge export runs/dcgan-glyphs-1 --format safetensors --out generator.safetensors",
];

const exportSettings = {
  format: choice(["onnx", "safetensors"], "onnx", "a model any ONNX runtime runs, or the weights alone"),
};

/** Differences of float32 arithmetic in another order are a hundred times smaller. */
const TOLERANCE = 1e-4;

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand("export", "Writes a run's generator for other programs.", EXAMPLES)
    .argument("<run>", "the run's folder")
    .option("--out <file>", "where to (default: the run's exports)")
    .option("--checkpoint <step>", "the step to take the weights of (default: the newest sound checkpoint's)")
    .option("--no-ema", "take the weights as trained, not their moving average")
    .option("--json", "print the result as one JSON document");
  addSettings(command, "Format:", exportSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { out: path, checkpoint: at, ema, json, ...flags } = given.flags;
  const { format = "onnx" } = parseSettings(exportSettings, flags);

  const opened = await openRun(given.operands[0]);
  const checkpoint = await loadCheckpoint(opened, at);
  const generator = trainedGenerator(opened, checkpoint, { ema: ema === true });
  const { config, folder } = opened;
  const { step } = checkpoint;
  const out = (path as string | undefined) ?? join(folder, "exports", `${config.recipe}-step-${step}.${format}`);
  const metadata = { recipe: config.recipe, data: dataNameOf(config.data), step: `${step}`, ema: `${generator.ema}` };

  let bytes: Uint8Array;
  let maxDifference: number | undefined;
  if (format === "safetensors") {
    bytes = exportSafetensors(generator, metadata);
    await writeOut(out, bytes);
  } else {
    bytes = exportOnnx(generator, metadata);
    const sampler = await openGenerator(generator, { backend: cpu, chunk: 1 });
    try {
      await writeOut(out, bytes, async (file) => {
        maxDifference = await compareOnnx(file, sampler, generator.data.kind);
        if (maxDifference <= TOLERANCE) return;
        throw new Error(
          `export: the file differs from the sampler by ${maxDifference}, at most ${TOLERANCE} is allowed`,
        );
      });
    } finally {
      await sampler.close();
    }
  }
  if (json) {
    printJson({ run: folder, format, out, bytes: bytes.length, step, ema: generator.ema, maxDifference });
    return 0;
  }
  print(`${out}: the generator of step ${step}, ${formatBytes(bytes.length)}`);
  if (maxDifference !== undefined) {
    print(`It was run once: it agrees with the trainer's sampler to ${maxDifference.toExponential(1)}.`);
  }
  return 0;
}
