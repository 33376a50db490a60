// What a user gets wrong: one line that names the flag or file, both values and what to do, and nothing is made. Of the built
// command in a process of its own, a few show what all do: that line on stderr, nothing on stdout, exit code 2.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/errors/index.ts";
import { ganforge, main, TINY, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);

beforeAll(async () => {
  mkdirSync(join(cwd, "full"));
  mkdirSync(join(cwd, "empty"));
  writeFileSync(join(cwd, "full", "notes.txt"), "mine");
  writeFileSync(join(cwd, "file.txt"), "text");
  writeFileSync(join(cwd, "unknown-key.json"), '{"zdim": 3}');
  writeFileSync(join(cwd, "bad-value.json"), '{"steps": 0}');
  writeFileSync(join(cwd, "bad-option.json"), '{"prior": "cauchy"}');
  writeFileSync(join(cwd, "broken.json"), '{"steps": 3');
  writeFileSync(join(cwd, "list.json"), "[1]");
  const { code, stderr } = await ganforge(cwd, "train", "vanilla", ...TINY, "--steps", "1", "--out", "run");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}, 60_000);

const glyphs = ["train", "dcgan", "--data", "glyphs"];
const ring = ["train", "vanilla", "--data", "ring"];

/** A command line, and what its one line must say. Where nothing says otherwise, --dry-run would refuse the same. */
const cases: readonly (readonly [line: string, ...says: string[]])[] = [
  // commands, recipes, flags
  ["train", "vanilla, dcgan"],
  ["train --steps 3", "--steps", "must come first"],
  ["train dcgn --data glyphs", '"dcgn"', 'did you mean "dcgan"?'],
  ["train dcgan", "--data:", "glyphs"],
  [`${glyphs.join(" ")} --stpes 3`, "--stpes", "did you mean --steps?"],
  [`${glyphs.join(" ")} --steps`, "--steps", "got none"],
  [`${glyphs.join(" ")} more`, '"more"', "it takes 0, got 1"],
  [`${glyphs.join(" ")} --preset deep`, "--preset"],
  [`${ring.join(" ")} --preset dep`, "--preset", 'did you mean "deep"?'],
  ["list recipe", '"recipe"', 'did you mean "recipes"?'],
  ["info", "<run>"],
  ["resume run extra", '"extra"', "it takes 1, got 2"],

  // values
  [`${glyphs.join(" ")} --steps 0`, "--steps", "at least 1", '"0"'],
  [`${glyphs.join(" ")} --steps 1.5`, "--steps", "whole number", '"1.5"'],
  [`${glyphs.join(" ")} --steps many`, "--steps", '"many"'],
  [`${glyphs.join(" ")} --minutes -1`, "--minutes", '"-1"'],
  [`${glyphs.join(" ")} --epochs 3`, "--epochs", "glyphs", "got 3"],
  [`${glyphs.join(" ")} --batch 0`, "--batch", "from 1 to 65536", '"0"'],
  [`${glyphs.join(" ")} --seed -1`, "--seed", '"-1"'],
  [`${glyphs.join(" ")} --ema 1`, "--ema", "below 1", '"1"'],
  [`${glyphs.join(" ")} --ema -0.5`, "--ema", '"-0.5"'],
  [`${glyphs.join(" ")} --threads 999`, "--threads", "from 0 to 256", '"999"'],
  [`${glyphs.join(" ")} --sample-every 0`, "--sample-every", '"0"'],
  [`${glyphs.join(" ")} --steps-per-run 0`, "--steps-per-run", '"0"'],
  [
    `${glyphs.join(" ")} --steps-per-run 8 --sample-every 5`,
    "--steps-per-run",
    "--sample-every 5",
    "--steps-per-run 5",
  ],
  [`${glyphs.join(" ")} --checkpoint-every x`, "--checkpoint-every", '"x"'],
  [`${glyphs.join(" ")} --keep-checkpoints 1`, "--keep-checkpoints", "at least 2", '"1"'],
  [`${glyphs.join(" ")} --size 30`, "--size", "16, 28, 32, 64, 128", "got 30", "--size 28"],
  [`${glyphs.join(" ")} --channels 2`, "--channels", "got 2"],
  [`${glyphs.join(" ")} --device webgp`, "--device", '"webgp"', 'did you mean "webgpu"?'],
  [`${glyphs.join(" ")} --loss hinge`, "--loss", "non-saturating, saturating", '"hinge"'],
  [`${glyphs.join(" ")} --beta1 2`, "--beta1", "below 1", '"2"'],
  [`${ring.join(" ")} --hidden-g 64,x`, "--hidden-g", '"64,x"'],
  [`${ring.join(" ")} --batch-norm maybe`, "--batch-norm", '"maybe"'],
  [`${ring.join(" ")} --z-dim 9000000000000`, "memory"],

  // data
  ["train dcgan --data glphs", "--data", "glphs", 'did you mean "glyphs"?'],
  ["train dcgan --data ./nowhere", "--data", "./nowhere"],
  ["train dcgan --data empty", "--data", "empty"],
  ["train dcgan --data file.txt", "--data", "file.txt"],
  ["train dcgan --data full", "--data", "full", "no images"],
  ["train acgan --data ring", "--data", "ring", "images"],
  [`${ring.join(" ")} --size 32`, "--size", "ring"],
  [`${ring.join(" ")} --flip`, "--flip", "ring"],

  // folders and files
  [`${glyphs.join(" ")} --out run`, "--out", "run holds a run already", "ganforge resume run"],
  [`${glyphs.join(" ")} --out full`, "--out", "full", "notes.txt"],
  [`${glyphs.join(" ")} --out file.txt`, "--out", "file.txt"],
  [`${glyphs.join(" ")} --out run --dry-run`, "--out", "run holds a run already"],
  [`${glyphs.join(" ")} --config nowhere.json`, "--config", "nowhere.json"],
  [`${glyphs.join(" ")} --config unknown-key.json`, "unknown-key.json", '"zdim"', 'did you mean "zDim"?'],
  [`${glyphs.join(" ")} --config bad-value.json`, "bad-value.json", "--steps", "got 0"],
  [`${glyphs.join(" ")} --config bad-option.json`, "bad-option.json", "--prior", '"cauchy"'],
  [`${glyphs.join(" ")} --config broken.json`, "broken.json", "JSON"],
  [`${glyphs.join(" ")} --config list.json`, "list.json", "[1]"],

  // runs
  ["info ru", "ru", "Did you mean run?"],
  ["sample full", "full", "run.json"],
  ["info file.txt", "file.txt", "a run is a folder"],
  ["resume run --lr 1", "--lr"],
  ["sample run --checkpoint 7", "step 7", "there are 1"],
  ["sample run --count 0", "--count", '"0"'],
  ["sample run --out picture.jpg", "--out", "picture.jpg", ".png"],
  ["sample run --out full", "--out", "full", ".png"],
  ["export run --format pickle", "--format", "onnx, safetensors", '"pickle"'],
  ["export run --out file.txt/model.onnx", "--out", "file.txt/model.onnx"],
];

const commands: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<number> }>>> = {
  train: () => import("../../src/cli/commands/train.node.ts"),
  resume: () => import("../../src/cli/commands/resume.node.ts"),
  sample: () => import("../../src/cli/commands/sample.node.ts"),
  export: () => import("../../src/cli/commands/export.node.ts"),
  info: () => import("../../src/cli/commands/info.node.ts"),
  list: () => import("../../src/cli/commands/list.node.ts"),
};

describe("is refused in one line:", () => {
  const before = process.cwd();
  beforeAll(() => process.chdir(cwd));
  afterAll(() => process.chdir(before));

  test.each(cases)("ganforge %s", async (line, ...says) => {
    const [name, ...args] = line.split(" ");
    const { run } = await commands[name]();
    const files = readdirSync(".");
    const dry = name === "train" && /^[a-z]/.test(args[0]) ? [args[0], "--dry-run", ...args.slice(1)] : args;
    const error = await run(dry).catch((caught) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).not.toContain("\n");
    for (const word of says) expect(error.message).toContain(word);
    expect(readdirSync(".")).toEqual(files);
  });
});

test.concurrent.each([
  ["tarin dcgan", 'ganforge: there is no command "tarin"', 'did you mean "train"?'],
  ["train dcgan --data glyphs --stpes 3", "--stpes: ", "did you mean --steps?"],
  ["train dcgan --data ./nowhere", "--data: ./nowhere", "path"],
  ["train dcgan --data glyphs --out run", "--out: run holds a run already", "ganforge resume run"],
  ["train dcgan --data glyphs --device cuda --batch 1 --out new", "--device: ", "ganforge doctor"],
  ["resume full", "full: not a run folder", "run.json"],
])("ganforge %s exits 2 with that line on stderr", async (line, start, says) => {
  const files = readdirSync(cwd);
  const { code, stdout, stderr } = await ganforge(cwd, ...line.split(" "));
  expect(stderr.startsWith(start)).toBe(true);
  expect(stderr).toContain(says);
  expect(stderr.indexOf("\n")).toBe(stderr.length - 1);
  expect(stdout).toBe("");
  expect(code).toBe(2);
  expect(readdirSync(cwd)).toEqual(files);
});

test("a bug keeps its stack, and exits 1", () => {
  const broken = "data:text/javascript,Object.fromEntries = () => { throw new TypeError('a bug') }";
  const { status, stderr } = spawnSync(process.execPath, ["--import", broken, main, ...ring], {
    cwd,
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^TypeError: a bug\n {4}at /);
});
