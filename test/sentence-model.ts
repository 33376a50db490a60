// A sentence encoder made by hand: a model that looks its tokens up in a table, so that every vector can be worked out.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type OnnxNode, type OnnxValue, writeOnnx } from "../src/onnx/index.ts";

const tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "circle"];
/** What each token is looked up as. */
const TABLE = [99, 99, 1, 1, 3, 4, 1, 3, 6, 0, 0, 8];

const tokenizer = {
  truncation: null,
  normalizer: { type: "BertNormalizer", lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: { type: "BertProcessing", cls: ["[CLS]", 2], sep: ["[SEP]", 3] },
  model: { type: "WordPiece", unk_token: "[UNK]", vocab: Object.fromEntries(tokens.map((token, id) => [token, id])) },
};

/** Each token's row of the table: [n, length, 2]. */
export const lookUp = (output: string): OnnxNode => ({
  op: "Gather",
  inputs: ["table", "input_ids"],
  outputs: [output],
});

const integers = (name: string): OnnxValue => ({ name, dtype: "int64", dims: [-1, -1] });

/** Writes into a folder the tokenizer, and `inside` it a model of these nodes, which may use the table's rows; gives the model's path. */
export function writeSentenceModel(
  folder: string,
  nodes: readonly OnnxNode[] = [lookUp("last_hidden_state")],
  {
    output = "last_hidden_state",
    inputs = ["input_ids", "attention_mask", "token_type_ids"],
    inside = ".",
    table = TABLE,
  }: {
    readonly output?: string;
    readonly inputs?: readonly string[];
    readonly inside?: string;
    readonly table?: readonly number[];
  } = {},
): string {
  const model = writeOnnx({
    irVersion: 8,
    opsets: [{ domain: "", version: 17 }],
    producer: "test",
    metadata: {},
    graph: {
      name: "encoder",
      nodes,
      initializers: [{ name: "table", dtype: "float32", dims: [6, 2], data: Float32Array.from(table) }],
      inputs: inputs.map(integers),
      outputs: [{ name: output, dtype: "float32", dims: output === "last_hidden_state" ? [-1, -1, 2] : [-1, 2] }],
    },
  });
  mkdirSync(join(folder, inside), { recursive: true });
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  writeFileSync(join(folder, inside, "model.onnx"), model);
  return join(folder, inside, "model.onnx");
}
