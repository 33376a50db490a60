// A sentence encoder made by hand: a model that looks its tokens up in a table, so that every vector can be worked out.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { lookUp, writeSentenceModel } from "../../test/sentence-model.ts";
import { findDataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import type { OnnxNode } from "../onnx/index.ts";
import { openSentenceEncoder, withSentenceVectors } from "./sentence-encoder.node.ts";

const folder = mkdtempSync(join(tmpdir(), "ganforge-encoder-"));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, nodes: readonly OnnxNode[], form?: Parameters<typeof writeSentenceModel>[2]) =>
  writeSentenceModel(join(folder, name), nodes, form);

/** (x, y) brought to a length of √2. */
const direction = (x: number, y: number) => [x, y].map((value) => (value * Math.SQRT2) / Math.hypot(x, y));

describe("openSentenceEncoder", () => {
  test("takes the mean of a sentence's own tokens, whatever longer ones it is run with", async () => {
    const encoder = await openSentenceEncoder(write("mean", [lookUp("last_hidden_state")]));
    expect(encoder.size).toBe(2);
    // [CLS] (3, 4), red (6, 0), [SEP] (1, 3)
    const one = await encoder.encode(["red"]);
    expectClose(one, direction(3 + 6 + 1, 4 + 0 + 3), { atol: 1e-6 });
    const several = await encoder.encode(["red", "Red circle red circle", ""]);
    expect([...several.subarray(0, 2)]).toEqual([...one]);
    expectClose(several.subarray(4), direction(3 + 1, 4 + 3), { atol: 1e-6 });
    await encoder.close();
  });

  test("takes a model's own sentence vectors, and finds the tokenizer in the folder above", async () => {
    const nodes: OnnxNode[] = [
      lookUp("states"),
      {
        op: "ReduceMax",
        inputs: ["states"],
        outputs: ["sentence_embedding"],
        attributes: { axes: { kind: "ints", value: [1] }, keepdims: { kind: "int", value: 0 } },
      },
    ];
    const path = write("whole", nodes, { output: "sentence_embedding", inputs: ["input_ids"], inside: "onnx" });
    const encoder = await openSentenceEncoder(path);
    expectClose(await encoder.encode(["red circle"]), direction(6, 8), { atol: 1e-6 });
    await encoder.close();
  });

  test("refuses what is missing, damaged or no sentence encoder, in one line", async () => {
    const refusal = (path: string) =>
      openSentenceEncoder(path).then(
        () => "nothing",
        (error) => `${error instanceof InputError ? "" : "no InputError: "}${error.message}`,
      );
    expect(await refusal(join(folder, "none.onnx"))).toMatch(/^--caption-encoder: .* cannot be read/);
    const damaged = write("damaged", [lookUp("last_hidden_state")]);
    writeFileSync(damaged, "no model");
    expect(await refusal(damaged)).toMatch(/^--caption-encoder: .* cannot be loaded/);
    const other = write("other", [{ op: "Gather", inputs: ["table", "pixels"], outputs: ["last_hidden_state"] }], {
      inputs: ["pixels"],
    });
    expect(await refusal(other)).toContain("takes pixels; a sentence encoder takes input_ids");
    expect(await refusal(write("logits", [lookUp("logits")], { output: "logits" }))).toContain(
      "gives logits, no sentence_embedding",
    );
    const alone = write("alone", [lookUp("last_hidden_state")]);
    rmSync(join(folder, "alone", "tokenizer.json"));
    expect(await refusal(alone)).toContain("has no tokenizer.json beside it");
  });
});

describe("withSentenceVectors", () => {
  test("gives a set's captions as vectors, and the rest as it is", async () => {
    const words = findDataset("shapes")!.open({ seed: 1, size: 32 });
    const path = write("set", [lookUp("last_hidden_state")]);
    const [encoder, again] = [await openSentenceEncoder(path), await openSentenceEncoder(path)];
    const set = withSentenceVectors(words, encoder);
    expect([set.kind, set.shape, set.text]).toEqual(["captions", [3, 32, 32], { kind: "vectors", size: 2 }]);
    expect(set.fingerprint).not.toBe(words.fingerprint);
    const batch = await set.read([3, 0, 3, 1]);
    expect(batch.values).toEqual((await words.read([3, 0, 3, 1])).values);
    expectClose(batch.texts!, await again.encode([3, 0, 3, 1].map((i) => words.caption!(i))), { atol: 1e-6 });
    expect(set.caption!(3)).toBe(words.caption!(3));
    expect((await set.read([])).texts).toHaveLength(0);
    await again.close();
    await set.close();
  });
});
