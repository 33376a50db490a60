// A run as one page, from the command line.

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/commands/report.node.ts";
import { InputError } from "../../src/errors/index.ts";
import { ganforge, ganforgeJson, TINY, TINY_IMAGES, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);

beforeAll(async () => {
  const often = ["--sample-every", "1", "--checkpoint-every", "2", "--threads", "1"];
  await ganforgeJson(cwd, "train", "dcgan", ...TINY_IMAGES, ...often, "--steps", "3", "--out", "images");
  await ganforgeJson(cwd, "train", "vanilla", ...TINY, "--steps", "2", "--threads", "1", "--out", "points");
}, 60_000);

const read = (...names: string[]) => readFileSync(join(cwd, ...names), "utf8");

test("report writes one page into the run: curves, pictures beside the data, options, checkpoints", async () => {
  const { out, bytes } = await ganforgeJson<{ out: string; bytes: number }>(cwd, "report", "images/");
  expect(out).toBe(join("images", "report.html"));
  const page = read("images", "report.html");
  expect(Buffer.byteLength(page)).toBe(bytes);
  expect(page.match(/<img src="data:image\/png;base64,/g)).toHaveLength(4); // the data and three steps
  for (const text of [
    "dcgan on glyphs, step 3 of 3",
    "--z-dim",
    "made at step 3",
    "loss/D",
    "gradient/G",
    "glyphs 1",
  ]) {
    expect(page).toContain(text);
  }
  expect(page).not.toMatch(/<script|<link|(?:src|href)="(?!data:image|#)|url\(|@import/);
});

test("report shows what others left in the run, and leaves out a line that is still being written", async () => {
  const measure = {
    ...{ step: 2, metric: "fid", figure: "fid", title: "FID", value: 42.5, interval: [40, 45], better: "lower" },
    ...{ protocol: "100 against 100", seed: 1, count: 100 },
  };
  writeFileSync(join(cwd, "points", "measures.jsonl"), `${JSON.stringify(measure)}\n{"step": 3, "met`);
  const symptom = {
    name: "x",
    title: "Mode collapse",
    present: true,
    since: 1,
    meaning: "It repeats.",
    advice: ["Pack."],
  };
  const missed = { ...symptom, title: "Overfitting discriminator", present: false, needs: "a test part" };
  writeFileSync(join(cwd, "points", "diagnosis.json"), JSON.stringify([symptom, missed]));
  appendFileSync(join(cwd, "points", "problems.jsonl"), '{"item":"<b>.png","reason":"cut off"}\n');
  const { stdout } = await ganforge(cwd, "report", "points", "--out", "pages/points.html");
  expect(stdout).toMatch(/^pages\/points\.html: .* KB/);
  const page = read("pages", "points.html");
  for (const text of [
    "42.5",
    "40 to 45",
    "present since step 1",
    "It repeats.",
    "It needs a test part.",
    "&lt;b&gt;.png",
  ])
    expect(page).toContain(text);
  const { stdout: info } = await ganforge(cwd, "info", "points");
  expect(info).toContain("Mode collapse, since step 1: It repeats. Try: Pack.");
  expect(info).toContain("Overfitting discriminator: not looked for; it needs a test part.\n");
});

test("large pictures are held as smaller copies", async () => {
  const side = 1200;
  const noise = Buffer.from(Array.from({ length: side * side * 3 }, (_, i) => (i * i * 2654435761) >>> 24));
  const large = await sharp(noise, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
  mkdirSync(join(cwd, "images", "samples"), { recursive: true });
  writeFileSync(join(cwd, "images", "samples", "step-00000004.png"), large);
  await ganforgeJson(cwd, "report", "images", "--out", "large.html");
  const [, data] = /src="data:image\/webp;base64,([^"]+)"/.exec(read("large.html"))!;
  const { width, format } = await sharp(Buffer.from(data, "base64")).metadata();
  expect([width, format]).toEqual([900, "webp"]);
});

describe("report refuses", () => {
  const before = process.cwd();
  beforeAll(() => process.chdir(cwd));
  afterAll(() => process.chdir(before));

  test.each([
    [["nowhere"], "nowhere: there is no such run folder"],
    [["images", "points"], '"points" is one argument too many'],
    [["images", "--out", "images/run.json/page.html"], "--out: images/run.json/page.html"],
  ])("%s in one line", async (args, says) => {
    const error = await run(args).catch((caught) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain("\n");
  });
});

test("report names the line of a damaged file, and writes nothing", async () => {
  writeFileSync(join(cwd, "points", "measures.jsonl"), '{"step":"two"}\n');
  const { code, stderr } = await ganforge(cwd, "report", "points", "--out", "never.html");
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^measures\.jsonl: line 1: step /) });
  expect(existsSync(join(cwd, "never.html"))).toBe(false);
});
