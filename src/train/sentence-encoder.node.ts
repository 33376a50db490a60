// Captions as the sentence vectors of a model made elsewhere: an ONNX file of BERT's kind with its tokenizer.json beside it, as
// sentence-transformers' models come. Nothing is downloaded.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Dataset, readTokenizer, type Tokenizer } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { decodeUtf8 } from "../formats/index.ts";
import { type Model, openModel } from "../runtime/index.node.ts";

export interface SentenceEncoder {
  /** Length of a vector. */
  readonly size: number;
  /** Tells this model from others. */
  readonly fingerprint: string;
  /** One vector for each sentence, [n, size]: the same whatever the others are, up to rounding. */
  encode(sentences: readonly string[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Sentences run together. */
const TOGETHER = 16;

/** What the model may ask for of each token: its number, whether it is one, and which of two sentences it is of. */
const INPUTS = ["input_ids", "attention_mask", "token_type_ids"];

/**
 * Opens the model at `path`; its tokenizer lies in the same folder or, as in published ONNX models, the one above. A sentence's vector is
 * the model's own "sentence_embedding", else the mean over its tokens (Reimers & Gurevych 2019, §3), brought to a length of √size, so
 * that its numbers are about as large as those of N(0, 1).
 *
 * InputError when a file is missing or damaged, and for models that take or give something else.
 */
export async function openSentenceEncoder(path: string): Promise<SentenceEncoder> {
  const where = `--caption-encoder: ${path}`;
  const bytes = await read(path, where);
  const tokenizer = await tokenizerOf(path, where);
  const model = await openModel(bytes).catch((error) => {
    throw new InputError(`${where} cannot be loaded: ${firstLine(error)}. Give an ONNX model.`, { cause: error });
  });
  const encodeTogether = (sentences: readonly string[]) => vectorsOf(model, tokenizer, sentences, where);
  try {
    const strange = model.inputs.filter((name) => !INPUTS.includes(name));
    if (strange.length > 0 || !model.inputs.includes("input_ids")) {
      throw new InputError(
        `${where} takes ${model.inputs.join(", ")}; a sentence encoder takes ${INPUTS.join(", ")} or some of them. Give another model.`,
      );
    }
    const { length: size } = await encodeTogether([""]); // finds out what it gives
    return {
      size,
      fingerprint: createHash("sha256").update(bytes).digest("hex").slice(0, 16),
      async encode(sentences) {
        const vectors = new Float32Array(sentences.length * size);
        for (let start = 0; start < sentences.length; start += TOGETHER) {
          vectors.set(await encodeTogether(sentences.slice(start, start + TOGETHER)), start * size);
        }
        return vectors;
      },
      close: () => model.close(),
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** The captions of a set as an encoder's vectors in place of words; each sentence is encoded once. Closing the set closes the encoder. */
export function withSentenceVectors(dataset: Dataset, encoder: SentenceEncoder): Dataset {
  const { size } = encoder;
  const known = new Map<string, Float32Array>();
  return {
    ...dataset,
    ...(dataset.larger && { larger: withSentenceVectors(dataset.larger, encoder) }),
    text: { kind: "vectors", size },
    fingerprint: `${dataset.fingerprint} encoder ${encoder.fingerprint}`,
    get problems() {
      return dataset.problems;
    },
    async read(indices) {
      const batch = await dataset.read(indices);
      const sentences = Array.from(indices, (index) => dataset.caption!(index));
      const fresh = [...new Set(sentences)].filter((sentence) => !known.has(sentence));
      const vectors = await encoder.encode(fresh);
      for (const [i, sentence] of fresh.entries()) known.set(sentence, vectors.slice(i * size, (i + 1) * size));
      const texts = new Float32Array(sentences.length * size);
      for (const [i, sentence] of sentences.entries()) texts.set(known.get(sentence)!, i * size);
      return { ...batch, texts };
    },
    async close() {
      await dataset.close();
      await encoder.close();
    },
  };
}

async function tokenizerOf(path: string, where: string): Promise<Tokenizer> {
  const folder = dirname(path);
  for (const place of [join(folder, "tokenizer.json"), join(folder, "..", "tokenizer.json")]) {
    const bytes = await readFile(place).catch(() => undefined);
    if (bytes) return readTokenizer(decodeUtf8(bytes, place), place);
  }
  throw new InputError(`${where} has no tokenizer.json beside it. Put the model's own there.`);
}

function read(path: string, where: string): Promise<Uint8Array> {
  return readFile(path).catch((error) => {
    throw new InputError(`${where} cannot be read: ${firstLine(error)}. Give the path of an ONNX model.`, {
      cause: error,
    });
  });
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0];

/** The vectors of a few sentences, which are run together, the shorter ones filled up with tokens that do not count. */
async function vectorsOf(
  model: Model,
  tokenizer: Tokenizer,
  sentences: readonly string[],
  where: string,
): Promise<Float32Array> {
  const tokens = sentences.map((sentence) => tokenizer.encode(sentence));
  const n = tokens.length;
  const length = Math.max(1, ...tokens.map((each) => each.length));
  const ids = new BigInt64Array(n * length);
  const mask = new BigInt64Array(n * length);
  for (const [i, each] of tokens.entries()) {
    ids.set(each.map(BigInt), i * length);
    mask.fill(1n, i * length, i * length + each.length);
  }
  const all = { input_ids: ids, attention_mask: mask, token_type_ids: new BigInt64Array(n * length) };
  const feeds = Object.entries(all)
    .filter(([name]) => model.inputs.includes(name))
    .map(([name, data]) => [name, { data, dims: [n, length] }]);
  const given = await model.run(Object.fromEntries(feeds)).catch((error) => {
    throw new InputError(`${where} cannot be run: ${firstLine(error)}. Give a sentence encoder.`, { cause: error });
  });
  const whole = given.sentence_embedding;
  if (whole instanceof Float32Array) return scaled(whole, whole.length / n);
  const states = given.last_hidden_state ?? given.token_embeddings;
  if (!(states instanceof Float32Array)) {
    throw new InputError(
      `${where} gives ${Object.keys(given).join(", ")}, no sentence_embedding or last_hidden_state of float32. Export it as a feature extractor.`,
    );
  }
  const size = states.length / (n * length);
  const means = new Float32Array(n * size);
  for (const [i, { length: count }] of tokens.entries()) {
    for (let token = 0; token < count; token++) {
      for (let k = 0; k < size; k++) means[i * size + k] += states[(i * length + token) * size + k] / count;
    }
  }
  return scaled(means, size);
}

/** Each row brought to a length of √size; a row of zeros stays. */
function scaled(rows: Float32Array, size: number): Float32Array {
  for (let start = 0; start < rows.length; start += size) {
    const row = rows.subarray(start, start + size);
    const square = row.reduce((sum, value) => sum + value * value, 0);
    const factor = square > 0 ? Math.sqrt(size / square) : 0;
    for (let k = 0; k < size; k++) row[k] *= factor;
  }
  return rows;
}
