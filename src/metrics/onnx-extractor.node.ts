// Eyes that others trained: Inception, CLIP, DINOv2 or any other network of images, from an ONNX file. Nothing is downloaded.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { InputError, suggest } from "../errors/index.ts";
import { type Model, openModel } from "../runtime/index.node.ts";
import type { Extractor } from "./extractor.ts";
import { describePort, type OnnxPort, onnxSignature } from "./onnx-signature.ts";
import { guessPreprocessing, type Preprocessing, preprocessings, preprocessor } from "./preprocessing.ts";

export interface OnnxExtractorOptions {
  /** How images are brought to it: inception, clip, dinov2, imagenet or none (default: as the file's name tells). */
  readonly preprocess?: string | undefined;
  /** The output that gives features, [n, d], or [n, d, h, w], of which the mean over h and w is taken (default: the first such). */
  readonly output?: string | undefined;
  /** The output that gives logits, [n, K] (default: one of that name, where there is one). */
  readonly logits?: string | undefined;
}

/** Images run together, where the file leaves that open. */
const TOGETHER = 32;

/**
 * Opens a network of one input, float32 [n, 3, H, W], n, H and W fixed or open. InputError when the file is missing or damaged, and for
 * networks that take or give something else.
 *
 * @example const extractor = await openOnnxExtractor("inception-v3.onnx", { output: "pool3" });
 */
export async function openOnnxExtractor(path: string, options: OnnxExtractorOptions = {}): Promise<Extractor> {
  const where = `--extractor: ${path}`;
  const bytes = await readFile(path).catch((error) => {
    throw new InputError(`${where} cannot be read: ${firstLine(error)}. Give the path of an ONNX model.`, {
      cause: error,
    });
  });
  const { preprocess = guessPreprocessing(basename(path)) } = options;
  if (!Object.hasOwn(preprocessings, preprocess)) {
    throw new InputError(
      `--preprocess: there is no "${preprocess}"; ${suggest(preprocess, Object.keys(preprocessings))}`,
    );
  }
  const { inputs, outputs } = onnxSignature(bytes, where);
  const input = checkInput(inputs, where);
  const features = chooseOutput(outputs, options.output, where);
  const logits = chooseLogits(outputs, options.logits, features, where);
  const model = await openModel(path).catch((error) => {
    throw new InputError(`${where} cannot be loaded: ${firstLine(error)}. Give another model.`, { cause: error });
  });
  const [fixed = -1, , height = -1, width = -1] = input.dims ?? [];
  const chunk = fixed > 0 ? fixed : TOGETHER;
  const preparation = preprocessings[preprocess];
  const size = preparation.resize?.size;
  return {
    name: basename(path),
    fingerprint: createHash("sha256").update(bytes).digest("hex").slice(0, 12),
    features: features.size,
    ...(logits && { classes: Array.from({ length: logits.size }, (_, k) => `${k}`) }),
    protocol: protocolOf(preprocess, preparation, [open(height, size), open(width, size)], features),
    async extract(images, shape) {
      const [channels, h, w] = shape;
      const sides = [open(height, size) ?? h, open(width, size) ?? w] as const;
      if (preparation.resize === undefined && (sides[0] !== h || sides[1] !== w)) {
        throw new InputError(
          `${where} takes images of ${sides[0]}×${sides[1]}, got ${h}×${w}, and --preprocess ${preprocess} does not resize. Pass --preprocess imagenet, or another that does.`,
        );
      }
      const prepare = preprocessor(shape, sides, preparation);
      const length = channels * h * w;
      const count = images.length / length;
      const seen = new Float32Array(count * features.size);
      const told = new Float32Array(count * (logits?.size ?? 0));
      for (let start = 0; start < count; start += chunk) {
        const n = Math.min(chunk, count - start);
        const data = new Float32Array((fixed > 0 ? fixed : n) * 3 * sides[0] * sides[1]);
        data.set(prepare(images.subarray(start * length, (start + n) * length)));
        const dims = [data.length / (3 * sides[0] * sides[1]), 3, ...sides];
        const results = await run(model, { [input.name]: { data, dims } }, where);
        seen.set(rowsOf(results, features, dims[0], where).subarray(0, n * features.size), start * features.size);
        if (logits) told.set(rowsOf(results, logits, dims[0], where).subarray(0, n * logits.size), start * logits.size);
      }
      return { features: seen, ...(logits && { logits: told }) };
    },
    close: () => model.close(),
  };
}

const open = (fixed: number, otherwise: number | undefined) => (fixed > 0 ? fixed : otherwise);

/** An output that gives so many numbers for each image. */
interface Output {
  readonly name: string;
  readonly size: number;
  /** Whether they are to be averaged over places. */
  readonly isMap: boolean;
}

function checkInput(inputs: readonly OnnxPort[], where: string): OnnxPort {
  const [input] = inputs;
  const dims = input?.dims ?? [-1, 3, -1, -1];
  if (inputs.length === 1 && input.type === "float32" && dims.length === 4 && [3, -1].includes(dims[1])) return input;
  throw new InputError(
    `${where} takes ${inputs.map(describePort).join(", ") || "nothing"}; an extractor takes one input, float32 [n, 3, height, width]. Export the image encoder alone, in float32.`,
  );
}

/** What a port gives for each image; undefined unless it is float32 [n, d] or [n, d, h, w] with a known d. */
function asOutput({ name, type, dims = [] }: OnnxPort): Output | undefined {
  const fits = type === "float32" && [2, 4].includes(dims.length) && dims[1] > 0;
  return fits ? { name, size: dims[1], isMap: dims.length === 4 } : undefined;
}

function chooseOutput(outputs: readonly OnnxPort[], name: string | undefined, where: string): Output {
  if (name !== undefined) {
    const found = asOutput(portOf(outputs, name, "--extractor-output", where));
    if (found) return found;
  }
  const fitting = outputs.flatMap((port) => asOutput(port) ?? []);
  const chosen = fitting.find((output) => !isLogits(output)) ?? fitting[0];
  if (name === undefined && chosen) return chosen;
  throw new InputError(
    `${where} gives ${outputs.map(describePort).join(", ")}; features are float32 [n, d] or [n, d, h, w] with a known d. ${
      chosen ? `Pass --extractor-output ${chosen.name}.` : "Export it as a feature extractor."
    }`,
  );
}

function chooseLogits(
  outputs: readonly OnnxPort[],
  name: string | undefined,
  features: Output,
  where: string,
): Output | undefined {
  if (name === undefined) {
    const fitting = outputs.flatMap((port) => asOutput(port) ?? []);
    return fitting.find((output) => isLogits(output) && !output.isMap && output.name !== features.name);
  }
  const port = portOf(outputs, name, "--extractor-logits", where);
  const found = asOutput(port);
  if (found && !found.isMap) return found;
  throw new InputError(`${where}: logits are float32 [n, K], and it gives ${describePort(port)}. Name another output.`);
}

const isLogits = ({ name }: Output) => /^logits?$/i.test(name);

function portOf(outputs: readonly OnnxPort[], name: string, flag: string, where: string): OnnxPort {
  const found = outputs.find((port) => port.name === name);
  if (found) return found;
  const names = outputs.map((port) => port.name);
  throw new InputError(
    `${flag}: ${where.replace("--extractor: ", "")} has no output "${name}"; ${suggest(name, names)}`,
  );
}

async function run(model: Model, feeds: Parameters<Model["run"]>[0], where: string): Promise<Results> {
  return model.run(feeds).catch((error) => {
    const [{ dims }] = Object.values(feeds);
    throw new InputError(
      `${where} cannot be run on images [${dims.join(", ")}]: ${firstLine(error)}. Choose another --preprocess or model.`,
      { cause: error },
    );
  });
}

type Results = Awaited<ReturnType<Model["run"]>>;

/** An output's rows [n, d]. */
function rowsOf(results: Results, { name, size, isMap }: Output, n: number, where: string): Float32Array {
  const all = results[name];
  const places = all.length / (n * size);
  if (!Number.isInteger(places) || places < 1 || (!isMap && places !== 1)) {
    throw new InputError(
      `${where}: its output ${name} gave ${all.length} numbers for ${n} images, ${size} each were declared. Export it again.`,
    );
  }
  if (!isMap) return all;
  return Float32Array.from({ length: n * size }, (_, row) => {
    let sum = 0;
    for (let k = row * places; k < (row + 1) * places; k++) sum += all[k];
    return sum / places;
  });
}

/** "inception: bicubic to 299×299, antialiased; output pool3" */
function protocolOf(
  name: string,
  { resize }: Preprocessing,
  [height, width]: readonly (number | undefined)[],
  { name: output, isMap }: Output,
): string {
  const resized = resize ? `${resize.kernel} to ${height}×${width}, antialiased` : "not resized";
  return `${name}: ${resized}; output ${output}${isMap ? ", averaged over places" : ""}`;
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0];
