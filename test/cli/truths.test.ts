// What evaluate knows that a run was never told: the true counterparts of pictures, and the classes of pictures that D never saw.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { plain, writeTree } from "../data/fixtures.ts";
import { ganforge, ganforgeJson, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);
const quick = ["--device", "cpu", "--threads", "1", "--sample-every", "1000", "--steps", "2"];
const translating = ["--size", "32", "--width", "4", "--batch", "2", ...quick];
const telling = ["--size", "16", "--width-g", "8", "--width-d", "2", "--batch", "4", ...quick];
const during = (metric: string) => ["--evaluate-every", "2", "--metrics", metric, "--evaluate-count", "12"];

interface Figure {
  readonly figure: string;
  readonly make?: string;
  readonly value: number;
  readonly interval: readonly [number, number];
  readonly protocol: string;
  readonly count: number;
}

const lines = (path: string) =>
  readFileSync(join(cwd, path), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

async function evaluate(run: string, metrics: string, ...args: string[]): Promise<readonly Figure[]> {
  const asked = ["evaluate", run, "--metrics", metrics, "--count", "12", ...args];
  const { evaluations } = await ganforgeJson<{ evaluations: readonly { measures: readonly Figure[] }[] }>(
    cwd,
    ...asked,
  );
  return evaluations[0].measures;
}

/** The one line that a training is refused with, before its folder is made. */
async function refusal(...args: string[]): Promise<string> {
  const { code, stderr, stdout } = await ganforge(cwd, "train", ...args, "--out", "never");
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  expect(stderr.trim()).not.toContain("\n");
  expect(existsSync(join(cwd, "never"))).toBe(false);
  return stderr;
}

/** Files "FOLDER/STEM0.png" … of plain pictures, in folders of `data`. */
async function pictures(data: string, stems: Readonly<Record<string, string>>, count = 4): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (const [k, [folder, stem]] of Object.entries(stems).entries()) {
    for (let i = 0; i < count; i++) files[`${folder}/${stem}${i}.png`] = await plain([40 * i, 60 * k, 90], 32);
  }
  await writeTree(join(cwd, data), files);
  return data;
}

describe("evaluate --metrics counterpart", () => {
  const figures = ["counterpart-l1", "counterpart-ssim", "counterpart-unchanged"];
  const figuresOf = (measures: readonly Figure[]) =>
    measures.map(({ make, figure }) => (make === undefined ? figure : `${make} ${figure}`));

  test("sets translations learned from pairs beside the truth, and beside leaving pictures as they are", async () => {
    await ganforgeJson(cwd, "train", "pix2pix", "--data", "edges-shapes", ...translating, "--out", "pairs");
    const measures = await evaluate("pairs", "counterpart");
    expect(figuresOf(measures)).toEqual(figures);
    const [l1, , unchanged] = measures;
    expect(l1.value).toBeGreaterThan(unchanged.value); // two steps are worse than none
    expect(l1.interval[0]).toBeLessThan(l1.value);
    expect(l1.count).toBe(12);
    expect(l1.protocol).toContain("12 pairs");
    expect(l1.protocol).toContain("drawn where no training reaches");
  });

  test("knows the counterparts of domains whose pairing was hidden, both ways or the one asked for", async () => {
    await ganforgeJson(cwd, "train", "discogan", "--data", "colour-swapped", ...translating, "--out", "domains");
    const both = await evaluate("domains", "counterpart");
    const ways = ["a-to-b", "b-to-a"];
    expect(figuresOf(both)).toEqual(ways.flatMap((make) => figures.map((figure) => `${make} ${figure}`)));
    // How far two pictures are apart has no direction; how far translations of them are has one.
    expect(both[2].value).toBeCloseTo(both[5].value, 9);
    expect(both[0].value).not.toBe(both[3].value);
    expect(lines("domains/measures.jsonl").map(({ make }) => make)).toEqual(both.map(({ make }) => make));
    expect(await evaluate("domains", "counterpart", "--make", "b-to-a")).toEqual(both.slice(3));
  });

  test("matches the test parts of two domains by their files' names", async () => {
    const data = await pictures("parts", { trainA: "p", trainB: "p", testA: "t", testB: "t" }, 3);
    await ganforgeJson(cwd, "train", "discogan", "--data", data, ...translating, "--out", "of-parts");
    const [l1] = await evaluate("of-parts", "counterpart");
    expect(l1.protocol).toMatch(/3 pairs, .*; of the test part$/);
  });

  test("matches two folders by their files' names, whose pairing was never told", async () => {
    const [one, other] = [await pictures("one", { x: "p" }), await pictures("other", { y: "p" })];
    const data = ["--data", one, "--data-b", other];
    await ganforgeJson(cwd, "train", "discogan", ...data, ...translating, "--out", "of-two");
    const [l1] = await evaluate("of-two", "counterpart");
    expect(l1.protocol).toMatch(/4 pairs, .*; of its own pictures, whose pairing it was never told$/);
  });

  test("is refused where nothing tells which pictures belong together, and says why", async () => {
    const data = await pictures("photographs", { trainA: "horse", trainB: "zebra" });
    const told = await refusal("discogan", "--data", data, ...translating, ...during("counterpart"));
    expect(told).toContain("counterpart cannot be had here: it needs the true counterparts of pictures, and");
    expect(told).toContain("no picture of A (horse0, horse1, horse2, horse3) has a counterpart of the same name in B");
    const unlike = await refusal("acgan", "--data", "glyphs", ...telling, ...during("counterpart"));
    expect(unlike).toContain("and the run's data are images");
  });
});

describe("evaluate --metrics discriminator-accuracy", () => {
  const metric = "discriminator-accuracy";

  test("tells how often the run's own D knows a class that it was not told, the same while it trains", async () => {
    await ganforgeJson(cwd, "train", "acgan", "--data", "glyphs", ...telling, ...during(metric), "--out", "told");
    const [accuracy] = await evaluate("told", metric);
    expect(accuracy.protocol).toBe("of 12 real samples, drawn where no training reaches");
    expect(accuracy.value * 12).toBeCloseTo(Math.round(accuracy.value * 12), 9);
    expect(lines("told/metrics.jsonl").at(-1)[`measure/${metric}`]).toBe(accuracy.value);
  });

  test("looks at the test part's pictures, all of them labelled, where few of the train part's are", async () => {
    const folders = { "train/red": "p", "train/blue": "p", "test/red": "t", "test/blue": "t" };
    const data = ["--data", await pictures("classes", folders), "--labels-per-class", "1"];
    const networks = ["--size", "16", "--width", "4", "--batch", "4", ...quick];
    await ganforgeJson(cwd, "train", "sgan", ...data, ...networks, "--out", "few");
    const [accuracy] = await evaluate("few", metric);
    expect(accuracy.protocol).toBe("of 8 real samples, of the test part");
  });

  test("is refused where every picture was learned from, and where D says no classes", async () => {
    const data = await pictures("undivided", { red: "p", blue: "p" });
    expect(await refusal("acgan", "--data", data, ...telling, ...during(metric))).toContain(
      "it needs real pictures that training never sees: a test part of",
    );
    const small = ["--size", "16", "--width", "4", "--batch", "4", ...quick];
    expect(await refusal("dcgan", "--data", "glyphs", ...small, ...during(metric))).toContain(
      "it needs a D that says classes",
    );
  });
});
