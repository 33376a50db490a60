// ganforge profile: what it counts is what runs, its shares are a whole, its trace nests, and it leaves nothing else behind.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findDataset, formOf } from "../../src/data/index.ts";
import { readOnnx } from "../../src/onnx/index.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { compileStep } from "../../src/train/index.ts";
import { ganforge, ganforgeJson, main, TINY, TINY_IMAGES, temporaryFolder } from "./command.ts";

interface Part {
  readonly ms: number;
  readonly share: number;
}
interface Profiled {
  readonly step: number;
  readonly ms: number;
  readonly minMs: number;
  readonly profiledMs: number;
  readonly gflop: number;
  readonly kinds: readonly (Part & { readonly op: string; readonly nodes: number; readonly gflop?: number })[];
  readonly between: Part;
  readonly outside: Part;
  readonly slowest: readonly (Part & { readonly op: string; readonly from: string; readonly output: number[] })[];
  readonly trace: string;
}
interface Event {
  readonly name: string;
  readonly cat: "step" | "run" | "operator";
  readonly ph: string;
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
}

const STEPS = 3;
const cwd = temporaryFolder(afterAll);
let profiled: Profiled;

beforeAll(async () => {
  profiled = await profileOf("--out", "trace.json");
}, 60_000);

const profileOf = (...flags: readonly string[]) =>
  ganforgeJson<Profiled>(cwd, "profile", "dcgan", ...TINY_IMAGES, "--steps", `${STEPS}`, "--threads", "1", ...flags);

/** The step that was profiled. */
async function step() {
  const recipe = findRecipe("dcgan");
  const defaults = Object.entries(recipe.options).map(([key, spec]) => [key, spec.default]);
  const dataset = findDataset("glyphs")!.open({ seed: 1, size: 16 });
  const options = { ...Object.fromEntries(defaults), width: 4, zDim: 8 };
  return { recipe, options, data: formOf(dataset), batch: 8, ema: 0, lowering: await cpu.lowering() };
}

describe("the table", () => {
  test("counts the operators of the step's program, each of them", async () => {
    const counts: Record<string, number> = {};
    for (const { op } of readOnnx(compileStep(await step()).program.model).graph.nodes) {
      counts[op] = (counts[op] ?? 0) + 1;
    }
    expect(Object.fromEntries(profiled.kinds.map(({ op, nodes }) => [op, nodes]))).toEqual(counts);
  });

  test("divides the step into shares that add up to all of it", () => {
    const { kinds, between, outside, profiledMs } = profiled;
    const parts = [...kinds, between, outside];
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(profiledMs, 9);
    for (const { share } of parts) expect(share).toBeGreaterThanOrEqual(0);
    expect(kinds.map(({ ms }) => ms)).toEqual(kinds.map(({ ms }) => ms).sort((a, b) => b - a));
    expect(profiled.minMs).toBeGreaterThan(0);
    expect(profiled.ms).toBeGreaterThanOrEqual(profiled.minMs);
  });

  test("has as much work in its kinds as the step's graph has in its products, but for sums that the device makes by products", async () => {
    const gflop = compileStep(await step()).flops / 1e9;
    const workOf = ({ kinds }: Profiled) => kinds.reduce((sum, kind) => sum + (kind.gflop ?? 0), 0);
    const plain = await profileOf("--lowering", "plain", "--out", "plain.json");
    for (const each of [plain, profiled]) expect(each.gflop).toBeCloseTo(gflop, 12);
    expect(workOf(plain)).toBeCloseTo(gflop, 12);
    expect(workOf(profiled)).toBeGreaterThanOrEqual(gflop - 1e-12);
    expect(workOf(profiled)).toBeLessThan(1.01 * gflop);
  });

  test("names the layers of the slowest operators", () => {
    const { slowest } = profiled;
    expect(slowest).toHaveLength(10);
    expect(slowest.map(({ ms }) => ms)).toEqual(slowest.map(({ ms }) => ms).sort((a, b) => b - a));
    const ofLayers = slowest.filter(({ op }) => /Conv/.test(op));
    expect(ofLayers.length).toBeGreaterThan(0);
    for (const { from } of ofLayers) expect(from).toMatch(/^[GD]\.main\.\d+ conv/);
  });

  test("is of plain operators where they are asked for", async () => {
    const flags = ["--steps", "1", "--threads", "1", "--out", "plain.json", "--lowering", "plain"];
    const { kinds } = await ganforgeJson<Profiled>(cwd, "profile", "dcgan", ...TINY_IMAGES, ...flags);
    const ops = (of: Profiled["kinds"]) => of.map(({ op }) => op);
    expect(ops(kinds)).not.toContain("HardSigmoid"); // the CPU's own form of an activation's gradient
    expect(ops(profiled.kinds)).toContain("HardSigmoid");
  });

  test("is printed, and says where the trace is", async () => {
    const { code, stdout } = await ganforge(cwd, "profile", "vanilla", ...TINY, "--steps", "1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^vanilla on ring, batch 8, .*: 1 steps$/m);
    expect(stdout).toMatch(/^operator +nodes +ms a step +share +GFLOP +GFLOP\/s$/m);
    expect(stdout).toMatch(/^(Fused)?Gemm +\d+ +[\d.]+ +[\d.]+% +[\d.]+ +[\d.]+$/m);
    expect(stdout).toMatch(/^all +\d+ +[\d.]+ +100\.0%$/m);
    expect(stdout).toContain("profile.json");
    expect(existsSync(join(cwd, "profile.json"))).toBe(true);
  });
});

describe("the trace", () => {
  const within = (child: Event, parent: Event) =>
    child.ts >= parent.ts && child.ts + child.dur <= parent.ts + parent.dur;

  test("is a list of complete events: steps one after another, a run in each, operators one after another in that", () => {
    const events = JSON.parse(readFileSync(join(cwd, profiled.trace), "utf8")) as Event[];
    for (const event of events) {
      expect(event).toMatchObject({ ph: "X", pid: 1, tid: 1, name: expect.any(String) });
      expect(Number.isInteger(event.ts) && Number.isInteger(event.dur) && event.dur >= 0).toBe(true);
    }
    const groups = { step: [] as Event[], run: [] as Event[], operator: [] as Event[] };
    for (const event of events) {
      const { step, run } = groups;
      if (event.cat === "run") expect(within(event, step.at(-1)!)).toBe(true);
      if (event.cat === "operator") expect(within(event, run.at(-1)!)).toBe(true);
      const before = groups[event.cat].at(-1);
      if (before !== undefined) expect(event.ts).toBeGreaterThanOrEqual(before.ts + before.dur);
      groups[event.cat].push(event);
    }
    const nodes = profiled.kinds.reduce((sum, kind) => sum + kind.nodes, 0);
    expect(Object.values(groups).map(({ length }) => length)).toEqual([STEPS, STEPS, STEPS * nodes]);
  });
});

test("a run is profiled from its newest checkpoint on, and is left as it was", async () => {
  const trained = await ganforge(cwd, "train", "vanilla", ...TINY, "--steps", "4", "--out", "run");
  expect(trained.code).toBe(0);
  const files = () => readdirSync(join(cwd, "run"), { recursive: true, encoding: "utf8" }).sort();
  const before = files();
  const metrics = readFileSync(join(cwd, "run", "metrics.jsonl"), "utf8");
  const ofRun = await ganforgeJson(cwd, "profile", "run", "--steps", "2", "--out", "run.json");
  expect(ofRun).toMatchObject({ recipe: "vanilla", data: "ring", step: 4, batch: 8, steps: 2 });
  expect(files()).toEqual(before);
  expect(readFileSync(join(cwd, "run", "metrics.jsonl"), "utf8")).toBe(metrics);
});

test("where updates rest in some iterations, the step is the mean of several programs", async () => {
  // G moves in every second iteration: the first 25 times it waits for 100 steps of the critic.
  const flags = ["--networks", "mlp", "--hidden", "8", "--n-critic", "50", "--data", "ring", "--batch", "4"];
  const { kinds, between, outside } = await ganforgeJson<Profiled>(cwd, "profile", "wgan", ...flags, "--steps", "4");
  const events = JSON.parse(readFileSync(join(cwd, "profile.json"), "utf8"));
  const programs = events.flatMap(({ cat, args }: Event & { args: { program: number } }) =>
    cat === "run" ? [args.program] : [],
  );
  expect(programs).toEqual([0, 1, 0, 1]);
  const shares = [...kinds, between, outside].map(({ share }) => share);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
});

test.each([
  ["profile", "a run's folder or a recipe", "ganforge profile dcgan"],
  ["profile --steps 3", "must come first", "--steps"],
  ["profile dcgn", '"dcgn"', 'did you mean "dcgan"?'],
  ["profile nowhere/run-1", "nowhere/run-1", "no such run folder"],
  ["profile vanilla --data ring --steps 0", "--steps", "from 1 to 100", '"0"'],
  ["profile vanilla --data ring --steps 101", "--steps", "from 1 to 100", '"101"'],
  ["profile vanilla --data ring --device webgpu", "--device", "webgpu", "--device cpu"],
  ["profile vanilla --data ring --device gpu", "--device", '"gpu"', "cpu"],
  ["profile vanilla --data ring --hiden 3", "--hiden", "ganforge profile vanilla --help"],
  ["profile vanilla --data ring more", '"more"', "it takes 0, got 1"],
  ["profile vanilla", "--data:", "glyphs"],
])("%s is refused in one line", async (line, ...says) => {
  const folder = temporaryFolder();
  const { code, stdout, stderr } = await ganforge(folder, ...line.split(" "));
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  for (const part of says) expect(stderr).toContain(part);
  expect(readdirSync(folder)).toEqual([]);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends it after a step, and leaves no file anywhere", async (signal) => {
  const folder = temporaryFolder();
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  writeFileSync(join(folder, "profile.json"), "of before");
  const args = ["profile", "vanilla", ...TINY, "--batch", "2000", "--steps", "100"];
  const child = spawn(process.execPath, [main, ...args], {
    ...{ cwd: folder, env: { ...process.env, TMPDIR: temporary }, stdio: ["ignore", "pipe", "pipe"] },
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  while (readdirSync(temporary).length === 0) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill(signal);
  expect(await ended).toBe(signal === "SIGINT" ? 130 : 143);
  expect(said).toContain("Stopped.");
  expect(readdirSync(temporary)).toEqual([]);
  expect(readFileSync(join(folder, "profile.json"), "utf8")).toBe("of before");
  expect(readdirSync(folder).sort()).toEqual(["profile.json", "tmp"]);
});

test("a reader that goes away leaves no file of the profiler behind", async () => {
  const folder = temporaryFolder();
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  const args = [main, "profile", "vanilla", ...TINY, "--steps", "1"];
  const child = spawn(process.execPath, args, {
    ...{ cwd: folder, env: { ...process.env, TMPDIR: temporary }, stdio: ["ignore", "pipe", "pipe"] },
  });
  child.stdout.destroy();
  expect(await new Promise<number | null>((resolve) => child.on("close", resolve))).toBe(141);
  expect(readdirSync(temporary)).toEqual([]);
});
