// What a user says samples are to show, as the numbers that the run learned captions as: words of its vocabulary, or sentence vectors.

import { encodeWords, readVectors } from "../data/index.node.ts";
import { InputError } from "../errors/index.ts";
import { openSentenceEncoder } from "../train/index.node.ts";
import type { Run } from "./run-folder.node.ts";

export interface TextRequest {
  readonly text: string | undefined;
  /** A file of sentence vectors, in place of text. */
  readonly textVectors: string | undefined;
  /** A model in place of the one that the run was trained with, wherever that lies now. */
  readonly captionEncoder: string | undefined;
}

export interface Texts {
  /** [rows, words or size]: what samples show, in turn. */
  readonly values: Float32Array;
  readonly rows: number;
  /** Words of the text that the run does not know. */
  readonly unknown: readonly string[];
}

/** Throws InputError for text that the run cannot read, and when it is asked for nothing. */
export async function textsFor(run: Run, { text, textVectors, captionEncoder }: TextRequest): Promise<Texts> {
  const { text: form } = run.data;
  if (form === undefined) throw new Error("a sampler takes captions, and its data has none");
  if (form.kind === "words") {
    for (const [flag, given] of Object.entries({
      "--text-vectors": textVectors,
      "--caption-encoder": captionEncoder,
    })) {
      if (given !== undefined) {
        throw new InputError(`${flag}: ${run.folder} learned words, not sentence vectors. Pass --text "a red circle"`);
      }
    }
    const { values, unknown } = encodeWords(asked(text), form);
    return { values, rows: 1, unknown };
  }
  if (textVectors !== undefined) {
    const { rows, size, data } = await readVectors(textVectors, "--text-vectors");
    if (size === form.size) return { values: data, rows, unknown: [] };
    throw new InputError(
      `--text-vectors: ${textVectors} has rows of ${size} numbers, and ${run.folder} learned from rows of ${form.size}. Make them as those it learned from.`,
    );
  }
  const path = captionEncoder ?? run.config.captionEncoder;
  if (path === undefined) {
    throw new InputError(
      `--text: ${run.folder} learned from a file of sentence vectors, which words alone do not give. Pass --text-vectors with a file of such rows.`,
    );
  }
  const sentence = asked(text);
  const encoder = await openSentenceEncoder(path);
  try {
    if (run.config.captionEncoder !== undefined && !run.data.fingerprint.endsWith(` encoder ${encoder.fingerprint}`)) {
      throw new InputError(
        `--caption-encoder: ${path} is not the model that ${run.folder} learned with. Give the same file.`,
      );
    }
    if (encoder.size !== form.size) {
      throw new InputError(
        `--caption-encoder: ${path} gives vectors of ${encoder.size} numbers, and ${run.folder} learned from ${form.size}. Give the model that made those.`,
      );
    }
    return { values: await encoder.encode([sentence]), rows: 1, unknown: [] };
  } finally {
    await encoder.close();
  }
}

function asked(text: string | undefined): string {
  if (text !== undefined) return text;
  throw new InputError('--text: this run makes pictures from captions, got none. Pass --text "a red circle"');
}
