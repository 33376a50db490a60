// An extractor from a file: a network in ONNX, or a classifier that `ganforge train-classifier` wrote.

import { open, readFile } from "node:fs/promises";
import { InputError } from "../errors/index.ts";
import { sha256 } from "../train/index.node.ts";
import { classifierExtractor, type Device, doubtsAbout } from "./classifier.ts";
import { decodeClassifier } from "./classifier-file.ts";
import type { Extractor } from "./extractor.ts";
import { type OnnxExtractorOptions, openOnnxExtractor } from "./onnx-extractor.node.ts";

/**
 * Opens the extractor in a file, told by its content. A classifier runs on the device given, an ONNX file on the processor. InputError
 * when it is neither, or damaged, and for options of ONNX files that a classifier has no use for. Told where a classifier knows too little to judge.
 */
export async function openExtractor(
  path: string,
  { preprocess, output, logits, tell, ...device }: OnnxExtractorOptions & Device & { tell?(line: string): void },
): Promise<Extractor> {
  if (!(await beginsAsSafetensors(path))) return openOnnxExtractor(path, { preprocess, output, logits });
  for (const [flag, value] of Object.entries({ preprocess, "extractor-output": output, "extractor-logits": logits })) {
    if (value !== undefined) {
      throw new InputError(`--${flag}: is for ONNX files, and ${path} is a classifier of ganforge. Leave it out.`);
    }
  }
  const classifier = await decodeClassifier(await readFile(path), `--extractor: ${path}`, sha256);
  const doubts = doubtsAbout(classifier.facts);
  if (doubts !== undefined) tell?.(doubts);
  return classifierExtractor(classifier, { ...device, sha256 });
}

/** Whether a file begins with a length of less than 2³² and a JSON object; not where it cannot be read. */
async function beginsAsSafetensors(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const head = new Uint8Array(9);
    await file.read(head, 0, 9, 0);
    return head.subarray(4, 8).every((byte) => byte === 0) && head[8] === "{".charCodeAt(0);
  } catch {
    return false; // a folder
  } finally {
    await file.close();
  }
}
