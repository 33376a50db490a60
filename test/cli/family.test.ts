// The recipes with labels, pictures and captions, as the command line serves them: classes, grids, translations, words.

import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodePng, encodePng, gridFromBatch } from "../../src/formats/index.ts";
import { idx, noise, plain, writeTree } from "../data/fixtures.ts";
import { ganforge, ganforgeJson, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);

const quick = ["--steps", "2", "--device", "cpu", "--threads", "1", "--sample-every", "100"];
const train = (recipe: string, data: string, ...args: string[]) =>
  ganforgeJson(cwd, "train", recipe, "--data", data, ...quick, "--out", recipe, ...args);

beforeAll(async () => {
  await train("cgan", "glyphs", "--size", "16", "--width", "2", "--z-dim", "4", "--batch", "4");
  await train("cyclegan", "colour-swapped", "--size", "32", "--width", "2", "--blocks", "1", "--batch", "2");
  await train("pix2pix", "edges-shapes", "--size", "32", "--width", "2", "--batch", "2");
  await train("stargan", "faces", "--size", "32", "--width", "2", "--blocks", "1", "--batch", "2", "--n-critic", "1");
  const small = ["--width-g", "4", "--width-d", "2", "--text-size", "4", "--condition-size", "4", "--z-dim", "4"];
  await train("stackgan", "shapes", "--size", "32", "--stage1-steps", "1", "--scale", "2", "--batch", "2", ...small);
  for (const [k, name] of ["one", "two"].entries()) {
    const picture = Float32Array.from({ length: 3 * 40 * 50 }, (_, i) => Math.sin(i * (k + 1)));
    writeFileSync(join(cwd, `${name}.png`), encodePng(gridFromBatch(picture, [1, 3, 40, 50], { padding: 0 })));
  }
  await writeTree(join(cwd, "fours"), {
    "x-images-idx3-ubyte": idx([8, 16, 16], noise(8 * 256)),
    "x-labels-idx1-ubyte": idx([8], Array(8).fill(4)),
  });
}, 120_000);

const read = (name: string) => decodePng(readFileSync(join(cwd, name)), name);

async function refusal(...args: string[]): Promise<string> {
  const { code, stderr, stdout } = await ganforge(cwd, ...args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  expect(stderr.trim()).not.toContain("\n");
  return stderr;
}

describe("sample", () => {
  test("--class makes one class: the same latent vectors, told otherwise, give other pictures", async () => {
    for (const name of ["3", "4"]) {
      await ganforgeJson(cwd, "sample", "cgan", "--class", name, "--count", "4", "--out", `class-${name}.png`);
    }
    await ganforgeJson(cwd, "sample", "cgan", "--class", "3", "--count", "4", "--out", "again.png");
    expect(read("again.png")).toEqual(read("class-3.png"));
    expect(read("class-4.png").data).not.toEqual(read("class-3.png").data);
  });

  test("--grid has a row for each latent vector and a column for each class", async () => {
    await ganforgeJson(cwd, "sample", "cgan", "--grid", "--count", "3", "--out", "grid.png");
    const { width, height } = read("grid.png");
    expect([width, height]).toEqual([10 * 18 + 2, 3 * 18 + 2]);
    // Its fourth column is what --class 3 makes of the same latent vectors.
    await ganforgeJson(cwd, "sample", "cgan", "--class", "3", "--count", "3", "--out", "threes/");
    const grid = read("grid.png");
    for (let row = 0; row < 3; row++) {
      const one = read(`threes/00000${row}.png`);
      for (let y = 0; y < 16; y++) {
        const at = (2 + row * 18 + y) * grid.width + 2 + 3 * 18;
        expect(grid.data.subarray(at, at + 16)).toEqual(one.data.subarray(16 * y, 16 * y + 16));
      }
    }
  });

  test("--text draws a caption, and tells of words that the run never read", async () => {
    const text = "a small purple giraffe on the left";
    const { unknown } = await ganforgeJson(cwd, "sample", "stackgan", "--text", text, "--count", "2", "--out", "t.png");
    expect(unknown).toContain("giraffe");
    expect(unknown).not.toContain("left");
    const { stdout } = await ganforge(cwd, "sample", "stackgan", "--text", "zzz", "--count", "2", "--out", "u.png");
    expect(stdout).toContain("zzz");
    expect(stdout).toContain("No other word is left");
    expect(read("u.png").width).toBeGreaterThan(32);
  });

  test.each([
    [["cgan", "--class", "eleven"], "--class", '"eleven"'],
    [["cgan", "--class", "3,4"], "--class", "of one class"],
    [["cgan", "--text", "a three"], "--text", "Leave it out"],
    [["stackgan"], "--text", "captions"],
    [["stackgan", "--class", "circle", "--text", "a"], "--class", "Leave it out"],
    [["pix2pix"], "translate", "pictures from pictures"],
    [["cgan", "--make", "other"], "--make", "sample"],
  ])("refuses %s", async (args, ...says) => {
    const message = await refusal("sample", ...args);
    for (const word of says) expect(message).toContain(word);
  });
});

describe("translate", () => {
  test("makes one picture of each, both ways, at the run's size, under the input's name", async () => {
    await ganforgeJson(cwd, "translate", "cyclegan", "one.png", "--out", "b.png");
    expect([read("b.png").width, read("b.png").height]).toEqual([32, 32]);
    await ganforgeJson(cwd, "translate", "cyclegan", "one.png", "two.png", "--make", "b-to-a", "--out", "back/");
    expect(readdirSync(join(cwd, "back"))).toEqual(["one-b-to-a.png", "two-b-to-a.png"]);
    expect(read("back/one-b-to-a.png").data).not.toEqual(read("b.png").data);
  });

  test("takes any size where the networks do", async () => {
    await ganforgeJson(cwd, "translate", "cyclegan", "one.png", "--size", "48", "--out", "large.png");
    expect(read("large.png").width).toBe(48);
    expect(await refusal("translate", "pix2pix", "one.png", "--size", "64")).toContain("--size");
  });

  test("gives dropout's noise by its seed", async () => {
    for (const [out, seed] of [
      ["s1.png", "1"],
      ["s2.png", "2"],
      ["s3.png", "1"],
    ]) {
      await ganforgeJson(cwd, "translate", "pix2pix", "one.png", "--seed", seed, "--out", out);
    }
    expect(read("s3.png")).toEqual(read("s1.png"));
    expect(read("s2.png").data).not.toEqual(read("s1.png").data);
  });

  test("turns attributes on by name, and takes whole folders", async () => {
    const folder = join(cwd, "faces-in");
    await ganforge(cwd, "data", "preview", "faces", "--count", "1", "--out", "faces-in/a.png");
    copyFileSync(join(cwd, "one.png"), join(folder, "b.png"));
    writeFileSync(join(folder, "notes.txt"), "no picture");
    await ganforgeJson(cwd, "translate", "stargan", "faces-in", "--class", "glasses,smile", "--out", "faces-out");
    expect(readdirSync(join(cwd, "faces-out"))).toEqual(["a-translate.png", "b-translate.png"]);
  });

  test.each([
    [["cgan", "one.png"], "sample"],
    [["cyclegan", "none.png"], "none.png", "does not exist"],
    [["cyclegan", "run.json"], "run.json", "does not exist"],
    [["cyclegan", "cyclegan/run.json"], "run.json", "PNG, JPEG, WebP or GIF"],
    [["cyclegan", "one.png", "two.png", "--out", "x.png"], "--out", "folder"],
    [["cyclegan", "one.png", "--class", "a"], "--class", "Leave it out"],
    [["cyclegan", "one.png", "--with", "two.png"], "--with", "Leave it out"],
    [["stargan", "one.png"], "--class", "glasses"],
    [["stargan", "one.png", "--class", "beard"], "--class", '"beard"', "glasses"],
  ])("refuses %s", async (args, ...says) => {
    const message = await refusal("translate", ...args);
    for (const word of says) expect(message).toContain(word);
  });
});

describe("train refuses, before it makes anything,", () => {
  beforeAll(async () => {
    const twice = (a: string, b: string) =>
      Promise.all(
        [0, 1, 2, 3].flatMap((i) => [a, b].map(async (side) => [`${side}/${i}.png`, await plain([40 * i, 9, 9], 32)])),
      );
    await writeTree(join(cwd, "unpaired"), Object.fromEntries(await twice("trainA", "trainB")));
    await writeTree(join(cwd, "sides"), Object.fromEntries(await twice("A", "B")));
    await writeTree(join(cwd, "one"), Object.fromEntries(await twice("cat", "cat/more")));
  });

  test("domains given as pairs, which the recipe for domains takes; pairs in folders A and B are taken", async () => {
    const dry = ["--size", "32", "--batch", "2", "--dry-run"];
    expect((await ganforge(cwd, "train", "cyclegan", "--data", "unpaired", ...dry)).code).toBe(0);
    expect((await ganforge(cwd, "train", "pix2pix", "--data", "sides", ...dry)).code).toBe(0);
    const apart = ["--data", "unpaired/trainA", "--data-b", "unpaired/trainB"];
    expect((await ganforge(cwd, "train", "pix2pix", ...apart, ...dry)).code).toBe(0);
  });

  test.each([
    ["pix2pix unpaired", "trainA and trainB", "learns from pairs", "--data ONE --data-b OTHER"],
    ["acgan one", 'one class only, "cat"'],
    ["acgan fours", 'one class only, "4"'],
    ["cyclegan glyphs", "holds images", "learns from domains"],
    ["pix2pix glyphs", "holds images", "learns from pairs"],
    ["stackgan faces", "holds images", "learns from captions"],
    ["cgan moons --networks dcgan", "--networks", "points"],
    ["pix2pix edges-shapes --size 48", "--size", "48"],
    ["acgan faces", "classes"],
    ["pacgan ring --pack 3 --batch 64", "--pack", "--batch"],
  ])("%s", async (line, ...says) => {
    const [recipe, data, ...rest] = line.split(" ");
    const message = await refusal("train", recipe, "--data", data, ...rest, "--out", "never");
    for (const word of says) expect(message).toContain(word);
    expect(readdirSync(cwd)).not.toContain("never");
  });
});

describe("data", () => {
  test("info says what was found", async () => {
    const { stdout } = await ganforge(cwd, "data", "info", "faces", "--size", "32");
    for (const word of ["images", "32×32", "glasses", "drawn without end"]) expect(stdout).toContain(word);
    const { form } = await ganforgeJson<{ form: { kind: string } }>(cwd, "data", "info", "rotated", "--as", "domains");
    expect(form.kind).toBe("domains");
  });

  test("info lists what cannot be used, or is not there, as problems", async () => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 6; i++) files[`${i}.png`] = await plain([40 * i, 9, 9], 32);
    const captions = ["file\tcaption", ...[0, 1, 2, 3].map((i) => `${i}.png\tred ${i}`)].join("\n");
    await writeTree(join(cwd, "captioned"), { ...files, "captions.tsv": Buffer.from(captions) });
    const { stdout } = await ganforge(cwd, "data", "info", "captioned");
    expect(stdout).toContain("captions.tsv: 2 of 6 images have no caption (4.png, 5.png)");
    expect((await ganforge(cwd, "data", "info", "fours")).stdout).toContain(
      "classes: 4 of 5 have no picture (0, 1, 2, 3)",
    );
  });

  test("preview writes a sheet", async () => {
    const { out } = await ganforgeJson<{ out: string }>(cwd, "data", "preview", "shapes", "--count", "4");
    expect(out).toBe("shapes-preview.png");
    expect(read(out).width).toBeGreaterThan(64);
  });

  test.each([
    [["look", "glyphs"], '"data look"', "info"],
    [["info", "nothing-there"], "nothing-there"],
    [["info", "glyphs", "--as", "drawings"], "--as", "images"],
    [["preview", "glyphs", "--out", "sheet.jpg"], "--out", ".png"],
    [["get", "nist"], '"nist"', "mnist"],
  ])("refuses %s", async (args, ...says) => {
    const message = await refusal("data", ...args);
    for (const word of says) expect(message).toContain(word);
  });
});
