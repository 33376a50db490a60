import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodePng } from "../../src/formats/index.ts";
import { ganforge, ganforgeJson, TINY, TINY_IMAGES, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);

beforeAll(async () => {
  const often = ["--sample-every", "100", "--checkpoint-every", "2", "--ema", "0.5"];
  await ganforgeJson(cwd, "train", "dcgan", ...TINY_IMAGES, ...often, "--steps", "4", "--out", "images");
  await ganforgeJson(cwd, "train", "vanilla", ...TINY, ...often, "--steps", "4", "--out", "points");
}, 60_000);

const bytesOf = (name: string) => readFileSync(join(cwd, name));

test("the same seed gives the same pictures, alone, among others, and in a folder", async () => {
  const grid = (out: string, ...args: string[]) => ganforgeJson(cwd, "sample", "images", "--out", out, ...args);
  await grid("a.png", "--count", "70", "--seed", "7");
  await grid("b.png", "--count", "70", "--seed", "7");
  await grid("c.png", "--count", "70", "--seed", "8");
  expect(bytesOf("a.png").equals(bytesOf("b.png"))).toBe(true);
  expect(bytesOf("a.png").equals(bytesOf("c.png"))).toBe(false);

  await grid("many/", "--count", "70", "--seed", "7");
  await grid("few/", "--count", "2", "--seed", "7");
  expect(readdirSync(join(cwd, "many"))).toHaveLength(70);
  expect(readdirSync(join(cwd, "few"))).toEqual(["000000.png", "000001.png"]);
  for (const name of ["000000.png", "000001.png"]) {
    expect(bytesOf(`few/${name}`).equals(bytesOf(`many/${name}`))).toBe(true);
  }

  // Picture 69 of the folder is the grid's: 9 columns of 16 pixels with 2 between, so row 7, column 6.
  const one = decodePng(bytesOf("many/000069.png"), "one");
  const all = decodePng(bytesOf("a.png"), "all");
  expect([one.width, one.height, all.width]).toEqual([16, 16, 9 * 18 + 2]);
  for (let y = 0; y < 16; y++) {
    const at = (2 + 7 * 18 + y) * all.width + 2 + 6 * 18;
    expect(all.data.subarray(at, at + 16)).toEqual(one.data.subarray(y * 16, y * 16 + 16));
  }
});

test("--no-ema and --checkpoint choose other weights", async () => {
  const pictures = new Map<string, Buffer>();
  for (const args of [["--checkpoint", "4"], ["--no-ema"], ["--checkpoint", "2"]]) {
    const { step, ema, out } = await ganforgeJson<{ step: number; ema: boolean; out: string }>(
      cwd,
      ...["sample", "images", "--out", `${args.join("")}.png`, ...args],
    );
    expect({ step, ema }).toEqual({ step: args[1] === "2" ? 2 : 4, ema: args[0] !== "--no-ema" });
    pictures.set(args.join(" "), bytesOf(out));
  }
  const [averaged, trained, earlier] = [...pictures.values()];
  expect(averaged.equals(trained)).toBe(false);
  expect(averaged.equals(earlier)).toBe(false);
});

test("points become a plot, and with --json numbers", async () => {
  const first = await ganforgeJson<{ out: string; points: number[][] }>(cwd, "sample", "points", "--count", "5");
  const again = await ganforgeJson<{ points: number[][] }>(cwd, "sample", "points", "--count", "3");
  expect(first.points).toHaveLength(5);
  expect(again.points).toEqual(first.points.slice(0, 3));
  const { width, channels } = decodePng(bytesOf(first.out), "the plot");
  expect({ width, channels }).toEqual({ width: 384, channels: 3 });
});

test("a damaged checkpoint is named and passed over; asked for by its step, it is refused with the last good one offered", async () => {
  const last = join(cwd, "images", "checkpoints", "step-00000004.safetensors");
  const kept = join(cwd, "kept");
  copyFileSync(last, kept);
  const bytes = readFileSync(last);
  bytes[bytes.length - 5] ^= 1;
  writeFileSync(last, bytes);

  const sampled = await ganforge(cwd, "sample", "images", "--json", "--out", "d.png");
  expect(JSON.parse(sampled.stdout)).toMatchObject({ step: 2 });
  expect(sampled.stderr).toMatch(/^Passed over the checkpoint of step 4: .*step-00000004.*damaged.*\n$/);
  const { checkpoints, step } = await ganforgeJson<{ checkpoints: object[]; step: number }>(cwd, "info", "images");
  expect(step).toBe(2);
  expect(checkpoints).toMatchObject([
    { step: 2, sound: true },
    { step: 4, sound: false, reason: expect.stringContaining("damaged") },
  ]);

  truncateSync(last, 1000);
  const refused = await ganforge(cwd, "sample", "images", "--checkpoint", "4", "--out", "e.png");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/^checkpoints\/step-00000004\.safetensors: .*step-00000002 is intact\.\n$/);
  expect(existsSync(join(cwd, "e.png"))).toBe(false);

  const resumed = await ganforge(cwd, "resume", "images");
  expect(resumed.code).toBe(0);
  expect(resumed.stdout).toContain("Passed over the checkpoint of step 4");
  expect(resumed.stdout).toContain("going on from step 2");
  // Steps 3 and 4 were made again, to the same bits.
  const weights = (file: string) => readFileSync(file).subarray(-1000);
  expect(weights(last).equals(weights(kept))).toBe(true);
});
