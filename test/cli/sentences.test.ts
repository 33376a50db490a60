// Captions as sentence vectors, by a model or from a file, as the command line serves them.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodePng, encodePng, gridFromBatch, writeSafetensors } from "../../src/formats/index.ts";
import { writeSentenceModel } from "../sentence-model.ts";
import { ganforge, ganforgeJson, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);
const quick = [
  "--steps",
  "2",
  "--device",
  "cpu",
  "--threads",
  "1",
  "--batch",
  "2",
  "--scale",
  "2",
  "--stage1-steps",
  "1",
];
const small = ["--width-g", "4", "--width-d", "2", "--text-size", "4", "--condition-size", "16", "--z-dim", "4"];
const train = (data: string, out: string, ...args: string[]) =>
  ganforge(cwd, "train", "stackgan", "--data", data, "--size", "32", ...quick, ...small, "--out", out, ...args);

function writeVectors(name: string, rows: number, size: number) {
  const data = Float32Array.from({ length: rows * size }, (_, i) => Math.cos(i));
  writeFileSync(join(cwd, name), writeSafetensors(new Map([["vectors", { shape: [rows, size], data }]])));
}

beforeAll(async () => {
  writeSentenceModel(join(cwd, "model"));
  const byModel = await train("shapes", "by-model", "--caption-encoder", "model/model.onnx");
  expect(byModel.code, byModel.stderr).toBe(0);
  const names = ["one", "two", "three", "four"];
  mkdirSync(join(cwd, "set"));
  for (const [k, name] of names.entries()) {
    const picture = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => Math.sin(i * (k + 1)));
    writeFileSync(join(cwd, "set", `${name}.png`), encodePng(gridFromBatch(picture, [1, 3, 32, 32], { padding: 0 })));
  }
  writeFileSync(
    join(cwd, "set", "captions.tsv"),
    ["file\tcaption", ...names.map((name) => `${name}.png\tpicture ${name}`)].join("\n"),
  );
  writeVectors("four.safetensors", 4, 5);
  const byFile = await train("set", "by-file", "--caption-vectors", "four.safetensors");
  expect(byFile.code, byFile.stderr).toBe(0);
}, 120_000);

const read = (name: string) => decodePng(readFileSync(join(cwd, name)), name).data;
const sample = (run: string, out: string, ...args: string[]) =>
  ganforgeJson(cwd, "sample", run, "--count", "2", "--out", `${out}/`, ...args);

async function refusal(...args: string[]): Promise<string> {
  const { code, stderr, stdout } = await ganforge(cwd, ...args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  expect(stderr.trim()).not.toContain("\n");
  return stderr;
}

describe("a run by --caption-encoder", () => {
  test("draws what --text says, read by the model that it was trained with", async () => {
    await sample("by-model", "red", "--text", "a red circle");
    await sample("by-model", "blue", "--text", "circle");
    await sample("by-model", "again", "--text", "A RED CIRCLE");
    expect(read("again/000000.png")).toEqual(read("red/000000.png"));
    expect(read("blue/000000.png")).not.toEqual(read("red/000000.png"));
  });

  test("goes on where it stopped", async () => {
    const { code, stderr } = await ganforge(cwd, "resume", "by-model", "--steps", "3");
    expect(code, stderr).toBe(0);
  });

  test("takes the model from where it lies now, and no other", async () => {
    renameSync(join(cwd, "model"), join(cwd, "moved"));
    expect(await refusal("sample", "by-model", "--text", "circle")).toMatch(/^--caption-encoder: .*cannot be read/);
    await sample("by-model", "here", "--text", "circle", "--caption-encoder", "moved/model.onnx");
    writeSentenceModel(join(cwd, "other"), undefined, { table: [99, 99, 1, 1, 3, 4, 1, 3, 0, 6, 8, 0] });
    const other = ["--text", "circle", "--caption-encoder", "other/model.onnx"];
    expect(await refusal("sample", "by-model", ...other)).toContain("not the model that");
    renameSync(join(cwd, "moved"), join(cwd, "model"));
  });
});

describe("a run by --caption-vectors", () => {
  test("draws the rows of a file of vectors in turn", async () => {
    writeVectors("two.safetensors", 2, 5);
    writeVectors("one.safetensors", 1, 5);
    await sample("by-file", "two", "--text-vectors", "two.safetensors");
    await sample("by-file", "one", "--text-vectors", "one.safetensors");
    expect(read("two/000000.png")).toEqual(read("one/000000.png"));
    expect(read("two/000001.png")).not.toEqual(read("one/000001.png"));
  });

  test("asks for vectors where it gets words", async () => {
    expect(await refusal("sample", "by-file", "--text", "picture one")).toContain("--text-vectors");
    writeVectors("wide.safetensors", 2, 6);
    expect(await refusal("sample", "by-file", "--text-vectors", "wide.safetensors")).toContain("rows of 6 numbers");
  });
});

test.each([
  [["--data", "faces", "--caption-encoder", "model/model.onnx"], "reads captions, and faces holds images"],
  [["--data", "shapes", "--caption-encoder", "none.onnx"], "cannot be read"],
  [
    ["--data", "set", "--caption-encoder", "model/model.onnx", "--caption-vectors", "four.safetensors"],
    "Leave one of them out",
  ],
])("train stackgan %j is refused", async (args, told) => {
  expect(await refusal("train", "stackgan", "--size", "32", ...args)).toContain(told);
});
