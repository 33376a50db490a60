import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findDataset } from "../../src/data/index.ts";
import { decodePng, encodePng } from "../../src/formats/index.ts";
import { NodeStore, sha256, trainInMemory } from "../../src/train/index.node.ts";
import { Checkpoints } from "../../src/train/index.ts";
import { ganforge, ganforgeJson, main, TINY, TINY_IMAGES, temporaryFolder } from "./command.ts";

interface DryRun {
  readonly run: string;
  readonly config: Record<string, unknown> & { readonly options: Record<string, unknown> };
  readonly notes: readonly string[];
  readonly totalSteps: number;
  readonly networks: readonly {
    readonly label: string;
    readonly parameters: number;
    readonly layers: readonly { readonly kind: string; readonly outputShape: number[]; readonly parameters: number }[];
  }[];
}

test("a run folder holds what the contract says, and the last lines say where", async () => {
  const cwd = temporaryFolder();
  const args = [...TINY_IMAGES, "--steps", "4", "--sample-every", "2", "--checkpoint-every", "2"];
  const { code, stdout, stderr } = await ganforge(cwd, "train", "dcgan", ...args);
  expect(stderr).toBe("");
  expect(code).toBe(0);

  const run = join(cwd, "runs", "dcgan-glyphs-1");
  expect(readdirSync(run).sort()).toEqual(["checkpoints", "diagnosis.json", "metrics.jsonl", "run.json", "samples"]);
  expect(readdirSync(join(run, "samples"))).toEqual(["real.png", "step-00000002.png", "step-00000004.png"]);
  expect(readdirSync(join(run, "checkpoints"))).toEqual(["step-00000002.safetensors", "step-00000004.safetensors"]);
  const { config } = JSON.parse(readFileSync(join(run, "run.json"), "utf8"));
  expect(config).toMatchObject({ recipe: "dcgan", data: "glyphs", size: 16, batch: 8, steps: 4, device: "cpu" });
  expect(config.options).toMatchObject({ width: 4, zDim: 8, head: "conv" });

  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
  const metrics = lines.map((line) => JSON.parse(line) as Record<string, number>);
  expect(metrics.map(({ step, images }) => [step, images])).toEqual([1, 2, 3, 4].map((step) => [step, 8 * step]));
  for (const name of ["seconds", "loss/D", "loss/G", "score/real", "score/fake", "gradient/D", "gradient/G"]) {
    expect(metrics.map((line) => Number.isFinite(line[name]))).toEqual([true, true, true, true]);
  }
  const picture = decodePng(readFileSync(join(run, "samples", "step-00000004.png")), "the sample grid");
  expect([picture.width, picture.height]).toEqual([8 * 18 + 2, 8 * 18 + 2]);

  expect(stdout).toContain("runs/dcgan-glyphs-1/samples/step-00000004.png");
  expect(stdout).toContain("runs/dcgan-glyphs-1/checkpoints/step-00000004.safetensors");
  expect(stdout).toContain("ganforge sample runs/dcgan-glyphs-1");
  expect(stdout).toContain("ganforge resume runs/dcgan-glyphs-1 --steps 8");
});

test("runs without --out take the first free number", async () => {
  const cwd = temporaryFolder();
  const runs: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    runs.push((await ganforgeJson(cwd, "train", "vanilla", ...TINY, "--steps", "1")).run);
  }
  expect(runs).toEqual([join("runs", "vanilla-ring-1"), join("runs", "vanilla-ring-2")]);
});

test("in a pipe there are whole plain lines, and with --json one document on stdout and progress on stderr", async () => {
  const cwd = temporaryFolder();
  const plain = await ganforge(cwd, "train", "vanilla", ...TINY, "--steps", "3");
  expect(plain.stdout).toMatch(/^step 3\/3 \(100%\) {2}loss D \d\.\d{4} G \d\.\d{4}/m);
  for (const character of ["\r", "\x1b", "█"]) expect(plain.stdout).not.toContain(character);

  const json = await ganforge(cwd, "train", "vanilla", ...TINY, "--steps", "3", "--out", "out", "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({
    run: "out",
    recipe: "vanilla",
    data: "ring",
    reason: "finished",
    step: 3,
    images: 24,
    picture: "samples/step-00000003.png",
    checkpoint: "checkpoints/step-00000003.safetensors",
  });
  expect(json.stderr).toMatch(/^step 3\/3/m);
});

test("flags win over the file, the file over the preset, the preset over the recipe's defaults", async () => {
  const cwd = temporaryFolder();
  const file = { preset: "deep", data: "glyphs", steps: 7, batch: 16, hiddenD: [32, 16], lr: 0.001, flip: true };
  writeFileSync(join(cwd, "config.json"), JSON.stringify(file));
  const dry = await ganforgeJson<DryRun>(
    cwd,
    ...["train", "vanilla", "--config", "config.json", "--lr", "0.01", "--seed", "9", "--dry-run"],
  );
  expect(dry.config).toMatchObject({ steps: 7, batch: 16, seed: 9, flip: true });
  expect(dry.config.options).toMatchObject({
    lr: 0.01,
    hiddenD: [32, 16],
    hiddenG: [128, 256, 512, 1024],
    beta1: 0.5,
    beta2: 0.999,
  });
});

test("--dry-run shows settings, layers and the graph, and leaves nothing behind", async () => {
  const cwd = temporaryFolder();
  const dry = await ganforgeJson<DryRun>(cwd, "train", "dcgan", "--data", "glyphs", "--dry-run");
  expect(dry.config).toMatchObject({ size: 28, channels: 1, batch: 64, steps: 2000, ema: 0, device: "auto" });
  expect(dry.totalSteps).toBe(2000);
  const [G, D] = dry.networks;
  expect([G.label, G.layers[0].kind, G.layers[0].outputShape]).toEqual(["G", "ConvTranspose2d", [64, 128, 7, 7]]);
  expect(G.layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(G.parameters);
  expect(D.layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(D.parameters);

  const { stdout } = await ganforge(cwd, "train", "dcgan", "--data", "glyphs", "--dry-run");
  expect(stdout).toMatch(/G\.main\.0 +ConvTranspose2d +\[64, 128, 7, 7\] +627,200/);
  expect(stdout).toMatch(/Graph of one step: \d+ nodes/);
  expect(stdout).toMatch(/--beta1 +0\.5/);
  expect(readdirSync(cwd)).toEqual([]);
});

test("a size that the recipe has no networks for becomes the next smaller one, aloud", async () => {
  const cwd = temporaryFolder();
  const own = await ganforgeJson<DryRun>(cwd, "train", "dcgan", "--data", "glyphs", "--dry-run");
  expect(own.notes).toEqual([expect.stringContaining("size 28: what the data suggests")]);

  const header = [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 48, 0, 0, 0, 48]; // IDX: bytes [4, 48, 48]
  writeFileSync(join(cwd, "some pictures.idx"), Uint8Array.from([...header, ...new Uint8Array(4 * 48 * 48)]));
  const args = ["--data", "./some pictures.idx", "--batch", "2", "--width", "4", "--dry-run"];
  const smaller = await ganforgeJson<DryRun>(cwd, "train", "dcgan", ...args);
  expect(smaller.config).toMatchObject({ size: 32, channels: 1, data: join(cwd, "some pictures.idx") });
  expect(smaller.run).toBe(join("runs", "dcgan-some-pictures-idx-1"));
  expect(smaller.notes).toEqual([expect.stringContaining("size 32: the data suggests 48")]);
});

test("a damaged picture among good ones is told, counted and listed", async () => {
  const cwd = temporaryFolder();
  const folder = join(cwd, "photos");
  writePictures(folder, 6, 16);
  writeFileSync(join(folder, "broken.png"), "not a picture");
  const args = ["--data", "photos", "--width", "4", "--z-dim", "4", "--batch", "6", "--epochs", "2", "--device", "cpu"];
  const { code, stdout, stderr } = await ganforge(cwd, "train", "dcgan", ...args, "--out", "run");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Skipped broken\.png: ./m);
  expect(stdout).toMatch(/skipped +1 items of the data: run\/problems\.jsonl/);
  const info = await ganforgeJson<{ problems: { item: string }[] }>(cwd, "info", "run");
  expect(info.problems.map(({ item }) => item)).toEqual(["broken.png"]);
});

test("resume goes on to a new limit, and says when there is nothing left to do", async () => {
  const cwd = temporaryFolder();
  await ganforgeJson(cwd, "train", "vanilla", ...TINY, "--steps", "3", "--out", "run");
  const done = await ganforge(cwd, "resume", "run");
  expect(done.code).toBe(0);
  expect(done.stdout).toContain("Nothing left to do: 3 steps");
  expect(await ganforgeJson(cwd, "resume", "run/", "--steps", "5")).toMatchObject({ run: "run", step: 5, images: 40 });
  expect(existsSync(join(cwd, "run", "checkpoints", "step-00000005.safetensors"))).toBe(true);
});

test("a run writes its folder and nothing else: the engine's telemetry is off", () => {
  const [cwd, home] = [temporaryFolder(), temporaryFolder()];
  const { ORT_DISABLE_TELEMETRY: _, ...inherited } = process.env;
  const env = { ...inherited, HOME: home, TMPDIR: home, XDG_CACHE_HOME: home };
  const args = [main, "train", "vanilla", ...TINY, "--steps", "1", "--out", "run"];
  expect(spawnSync(process.execPath, args, { cwd, env }).status).toBe(0);
  expect(readdirSync(home)).toEqual([]);
  expect(readdirSync(cwd)).toEqual(["run"]);
});

/** Grey pictures of one size, each of its own shade. */
function writePictures(folder: string, count: number, size: number): void {
  mkdirSync(folder);
  for (let i = 0; i < count; i++) {
    const data = new Uint8Array(size * size).fill(40 * i);
    writeFileSync(join(folder, `${i}.png`), encodePng({ width: size, height: size, channels: 1, data }));
  }
}

test("first values drawn in a thread of their own are those drawn in the one that trains", async () => {
  const cwd = temporaryFolder();
  const large = { hiddenG: [1024, 1024], hiddenD: [8], lr: 0 }; // 1.1 million parameters, which stay as they are
  const args = ["--data", "ring", "--batch", "8", "--seed", "3", "--steps", "1", "--lr", "0", "--out", "run"];
  const { stderr } = await ganforge(cwd, "train", "vanilla", ...args, "--hidden-g", "1024,1024", "--hidden-d", "8");
  expect(stderr).toBe("");
  const beside = await new Checkpoints(new NodeStore(join(cwd, "run")), sha256).load(1);

  const ring = findDataset("ring")!.open({ seed: 3 });
  const { checkpoint } = await trainInMemory("vanilla", ring, { steps: 1, batch: 8, seed: 3, options: large });
  const weights = [...checkpoint.tensors].filter(
    ([name]) => name.startsWith("G.model.") || name.startsWith("D.model."),
  );
  expect(weights.length).toBe(10);
  for (const [name, { data }] of weights) expect(beside.tensors.get(name)?.data, name).toEqual(data);
});
