// A run's generator, and nothing else of it, as a file for other programs. What is written is tried before it gets its name.

import { join } from "node:path";
import { compareOnnx, exportOnnx, exportSafetensors, openGenerator, trainedGenerator } from "../export/index.node.ts";
import { cpu } from "../runtime/index.node.ts";
import { writeOut } from "./files.node.ts";
import { print, printJson } from "./output.node.ts";
import { dataNameOf, loadCheckpoint, openRun } from "./run-folder.node.ts";
import { formatBytes } from "./text.ts";

export interface ExportRequest {
  readonly run: string;
  readonly format: string;
  readonly out: string | undefined;
  readonly checkpoint: unknown;
  readonly ema: boolean;
  readonly json: boolean;
}

/** Differences of float32 arithmetic in another order are a hundred times smaller. */
const TOLERANCE = 1e-4;

/** Writes the file and prints where it is, and how far an ONNX file's pictures are from the sampler's. */
export async function exportRun({ run, format, out: path, checkpoint: at, ema, json }: ExportRequest): Promise<void> {
  const opened = await openRun(run);
  const checkpoint = await loadCheckpoint(opened, at);
  const generator = trainedGenerator(opened, checkpoint, { ema });
  const { config, folder } = opened;
  const { step } = checkpoint;
  const out = path ?? join(folder, "exports", `${config.recipe}-step-${step}.${format}`);
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
        maxDifference = await compareOnnx(file, sampler, generator);
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
    return;
  }
  print(`${out}: the generator of step ${step}, ${formatBytes(bytes.length)}`);
  if (maxDifference !== undefined) {
    print(`It was run once: it agrees with the trainer's sampler to ${maxDifference.toExponential(1)}.`);
  }
}
