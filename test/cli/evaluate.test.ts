// Measuring as the command line serves it: figures of a run, during training and after, side by side with another's.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodePng, gridFromBatch } from "../../src/formats/index.ts";
import { ganforge, ganforgeJson, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);
const quick = ["--device", "cpu", "--threads", "1", "--sample-every", "1000"];
const ring = ["vanilla", "--data", "ring", "--batch", "16", "--hidden-g", "8", "--hidden-d", "8", ...quick];
interface Evaluated {
  readonly count: number;
  readonly evaluations: readonly {
    step: number;
    measures: readonly { figure: string; value: number; floor: number; protocol: string }[];
  }[];
  readonly plots: readonly string[];
}
const evaluate = async (...args: string[]) => (await ganforgeJson(cwd, "evaluate", ...args)) as unknown as Evaluated;
const train = (...args: string[]) => ganforgeJson(cwd, "train", ...args);
const lines = (path: string) =>
  readFileSync(join(cwd, path), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

async function refusal(...args: string[]): Promise<string> {
  const { code, stderr, stdout } = await ganforge(cwd, ...args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  expect(stderr.trim()).not.toContain("\n");
  return stderr;
}

beforeAll(async () => {
  await train(...ring, "--steps", "20", "--checkpoint-every", "10", "--out", "a");
  const watched = ["--evaluate-every", "5", "--metrics", "modes,fid", "--evaluate-count", "300", "--keep-best", "fid"];
  await train(...ring, "--steps", "20", "--checkpoint-every", "5", "--keep-checkpoints", "2", ...watched, "--out", "b");
}, 120_000);

describe("evaluate", () => {
  test("prints each figure beside that of real samples, and keeps it in the run's measures.jsonl", async () => {
    const { evaluations, count } = await evaluate("a", "--metrics", "modes,fid", "--count", "500");
    expect(count).toBe(500);
    expect(evaluations).toHaveLength(1);
    const { step, measures } = evaluations[0];
    expect(step).toBe(20);
    const fid = measures.find(({ figure }) => figure === "fid")!;
    expect(fid.value).toBeGreaterThan(10 * fid.floor); // 20 steps teach nothing
    expect(lines("a/measures.jsonl")).toEqual(measures.map((measure: object) => ({ step: 20, ...measure, seed: 1 })));
    const { stdout } = await ganforge(cwd, "evaluate", "a", "--metrics", "fid", "--count", "500");
    expect(stdout).toMatch(/^Step 20, 500 samples\n.*real against real/);
    expect(stdout).toContain("lower is better");
  });

  test("of all checkpoints draws each figure over them, with its intervals and what real samples score", async () => {
    const args = ["--metrics", "fid", "--count", "300", "--checkpoint", "all"];
    const { evaluations, plots } = await evaluate("a", ...args);
    expect(evaluations.map(({ step }) => step)).toEqual([10, 20]);
    expect(plots).toEqual([join("a", "exports", "fid.svg")]);
    const svg = readFileSync(join(cwd, plots[0]), "utf8");
    expect(svg).toMatch(/^<svg/);
    expect(svg.match(/class="bar" d="([^"]*)"/)![1].match(/V/g)).toHaveLength(2);
    const floors = evaluations.map(({ measures }) => measures[0].floor);
    expect(floors[0]).toBe(floors[1]);
    expect(svg).toContain(`>real against real ${Number(floors[0].toPrecision(4))}<`);
  });

  test("gives the same figures for the same seed", async () => {
    const args = ["a", "--metrics", "fid,precision-recall:k=4", "--count", "200", "--no-floor"];
    expect(await evaluate(...args)).toEqual(await evaluate(...args));
  });

  test("draws latent vectors from a Sobol sequence where asked to, and says so", async () => {
    const args = ["a", "--metrics", "fid", "--count", "200", "--no-floor"];
    const [{ measures: plain }] = (await evaluate(...args)).evaluations;
    const [{ measures: even }] = (await evaluate(...args, "--latent", "sobol")).evaluations;
    expect(even[0].protocol).toContain(`${plain[0].protocol}; latent vectors of a scrambled Sobol sequence`);
    expect(even[0].value).not.toBe(plain[0].value);
    expect(even).toEqual((await evaluate(...args, "--latent", "sobol")).evaluations[0].measures);
  });

  test.each([
    [["--metrics", "fod"], 'there is no metric "fod"; did you mean "fid"?'],
    [["--metrics", "fid:k=3"], 'fid has no option "k"'],
    [["--metrics", "inception-score"], "inception-score cannot be had here"],
    [["--metrics", "fid", "--count", "2"], "--count"],
    [["--metrics", "fid", "--checkpoint", "7"], "no checkpoint of step 7"],
    [["--metrics", "fid", "--checkpoint", "best"], "--keep-best"],
    [["--metrics", "fid", "--preprocess", "clip"], "--preprocess"],
    [["--metrics", "fid", "--latent", "random"], "--latent"],
    [["--metrics", "fid", "--split", "half"], "--split: must be one of train, test"],
    [["--metrics", "fid", "--split", "test"], "has no test part"],
  ])("%j is refused", async (args, told) => {
    expect(await refusal("evaluate", "a", ...args)).toContain(told);
  });

  test("without --metrics leaves out what so few samples do not allow, and says so", async () => {
    const { code, stdout, stderr } = await ganforge(cwd, "evaluate", "a", "--count", "100");
    expect(code).toBe(0);
    expect(stderr).toContain("Left out, as 100 samples are too few for them: kid");
    expect(stdout).toContain("recall");
    expect(stdout).not.toContain("KID");
  });

  test("measures few pictures by what needs no eyes, and refuses data that have changed since the run began", async () => {
    const files = Array.from({ length: 6 }, (_, i) => join(cwd, "few", `${i}.png`));
    mkdirSync(join(cwd, "few"));
    for (const [i, file] of files.entries()) {
      const values = new Float32Array(256).fill(i / 6);
      writeFileSync(file, encodePng(gridFromBatch(values, [1, 1, 16, 16], { padding: 0 })));
    }
    const small = ["--size", "16", "--batch", "2", "--hidden-g", "2", "--hidden-d", "2", "--steps", "1", ...quick];
    await train("vanilla", "--data", "few", ...small, "--out", "of-few");
    const { code, stdout, stderr } = await ganforge(cwd, "evaluate", "of-few");
    expect(code).toBe(0);
    expect(stdout).toContain("sliced W2");
    expect(stderr).toContain("Left out is what needs something that sees pictures");
    rmSync(files[0]);
    expect(await refusal("evaluate", "of-few", "--metrics", "sliced-wasserstein")).toContain("has changed since");
  });
});

describe("train", () => {
  test("--evaluate-every measures as it goes, and --keep-best keeps the best step's checkpoint", async () => {
    const measured = lines("b/metrics.jsonl").filter((line) => "measure/fid" in line);
    expect(measured.map(({ step }) => step)).toEqual([5, 10, 15, 20]);
    const kept = lines("b/measures.jsonl").filter(({ figure }) => figure === "fid");
    expect(kept.map(({ step, value }) => [step, value])).toEqual(measured.map((at) => [at.step, at["measure/fid"]]));
    expect(kept[0].protocol).toContain("300 against 300");
    const best = measured.reduce((a, b) => (b["measure/fid"] < a["measure/fid"] ? b : a));
    const path = `b/checkpoints/step-${String(best.step).padStart(8, "0")}.safetensors`;
    expect(existsSync(join(cwd, path))).toBe(true);
    const args = ["--metrics", "modes", "--count", "200", "--checkpoint", "best"];
    const { evaluations } = await evaluate("b", ...args);
    expect(evaluations[0].step).toBe(best.step);
  });

  test("--stop-when ends a run that gets no better, and says why", async () => {
    const never = ["--lr", "1e-30", "--evaluate-every", "1", "--metrics", "modes", "--evaluate-count", "100"];
    const { code, stdout } = await ganforge(
      cwd,
      ...["train", ...ring, ...never, "--steps", "50", "--stop-when", "modes not better for 3", "--out", "c"],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/because +modes was \d+ at step 1 and has not been better in 3 measurings since/);
    expect(lines("c/metrics.jsonl")).toHaveLength(4);
  });

  test.each([
    [["--keep-best", "fid"], "--evaluate-every"],
    [["--evaluate-every", "5", "--metrics", "modes", "--keep-best", "fid"], 'nothing gives a figure "fid"'],
    [["--evaluate-every", "5", "--metrics", "modes", "--stop-when", "soon"], "--stop-when"],
    [["--evaluate-every", "5", "--metrics", "kid", "--evaluate-count", "500"], "--evaluate-count: kid takes subsets"],
  ])("%j is refused before a folder is made", async (args, told) => {
    expect(await refusal("train", ...ring, ...args, "--out", "never")).toContain(told);
    expect(existsSync(join(cwd, "never"))).toBe(false);
  });
});

test("compare lays runs side by side, as a table and a page", async () => {
  await ganforgeJson(cwd, "evaluate", "b", "--metrics", "fid", "--count", "500");
  const { code, stdout } = await ganforge(cwd, "compare", "a", "b");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +a +b/);
  expect(stdout).toMatch(/^FID.*: 500 against 500.*$/m);
  expect(stdout).toContain("comparison.html: 2 runs side by side");
  expect(readFileSync(join(cwd, "comparison.html"), "utf8")).toContain("2 runs compared");
  expect(await refusal("compare", "a")).toContain("takes two runs or more");
});
