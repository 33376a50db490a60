// Pairs and domains from files: how they may lie, what becomes of both sides, and what is refused.
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/data/index.node.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import { checkRecipeData } from "../../src/train/index.ts";
import { halves, idx, noise, plain, type Rgb, tar, zip } from "./fixtures.ts";
import { pixelOf, workplace } from "./opening.ts";

const { open, file, folder, refusal } = workplace();

const RED: Rgb = [220, 20, 30];
const BLUE: Rgb = [30, 40, 210];
/** A colour for a number. */
const shade = (i: number): Rgb => [10 * i, 255 - 10 * i, 100];

/** The colours in the middle of a and of b. */
async function colours(dataset: Dataset, index: number): Promise<number[][]> {
  const { values, targets } = await dataset.read([index]);
  const [, , width] = dataset.shape;
  const at = Math.floor(width / 2);
  return [pixelOf(values, dataset.shape, at, at), pixelOf(targets!, dataset.target!, at, at)];
}

/** Pictures 0, 1, 2 … of shades that begin at `first`. */
async function shades(count: number, first: number, name = (i: number) => `${i}.png`): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < count; i++) files[name(i)] = await plain(shade(first + i));
  return files;
}
const archived = (files: Record<string, Buffer>) => zip(Object.entries(files).map(([name, data]) => ({ name, data })));

describe("two halves of a picture", () => {
  test("are a on the left and b on the right, each cut, resized and coloured by itself", async () => {
    const spec = await folder({
      "train/1.png": await halves(RED, BLUE, 40),
      "train/2.png": await halves(BLUE, RED, 40),
    });
    const dataset = await open(spec, { kinds: ["pairs"] });
    expect([dataset.kind, dataset.count, dataset.shape, dataset.target]).toEqual([
      "pairs",
      2,
      [3, 32, 32],
      [3, 32, 32],
    ]);
    expect(await colours(dataset, 0)).toEqual([[...RED], [...BLUE]]);
    expect(await colours(dataset, 1)).toEqual([[...BLUE], [...RED]]);
    const { values, targets } = await dataset.read([0]);
    for (const x of [0, 31]) {
      expect(pixelOf(values, dataset.shape, x, 31)).toEqual([...RED]); // not a pixel of the other half
      expect(pixelOf(targets!, dataset.shape, x, 0)).toEqual([...BLUE]);
    }
    const grey = await open(spec, { kinds: ["pairs"], channels: 1, size: 16 });
    expect([grey.shape, grey.target]).toEqual([
      [1, 16, 16],
      [1, 16, 16],
    ]);
  });

  test("are told from the picture as it is seen, and an odd column between them is left out", async () => {
    const turned = await sharp(
      await sharp(await halves(RED, BLUE, 40))
        .rotate(-90)
        .toBuffer(),
    )
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const dataset = await open(await folder({ "1.png": turned }), { kinds: ["pairs"] });
    expect(await colours(dataset, 0)).toEqual([[...RED], [...BLUE]]);
    const odd = await sharp(await halves(RED, BLUE, 40))
      .extend({ right: 1, background: "#000" })
      .toBuffer();
    const cut = await open(await folder({ "1.png": odd }), { kinds: ["pairs"], size: 40 });
    const { values } = await cut.read([0]);
    expect(pixelOf(values, cut.shape, 39, 20)).toEqual([...RED]);
  });

  test("of one that is damaged, or no pair after all, give their place to the next", async () => {
    const files: Record<string, Buffer> = { "00.png": (await halves(RED, RED, 16)).subarray(0, 50) };
    for (let i = 1; i < 30; i++) files[`${i}`.padStart(2, "0")] = await halves(RED, BLUE, 16);
    files["02"] = await plain(RED, 16); // not among those that are looked at
    const dataset = await open(await folder(files), { kinds: ["pairs"] });
    for (const index of [0, 2]) expect(await colours(dataset, index)).toEqual([[...RED], [...BLUE]]);
    expect(dataset.problems.map(({ item }) => item)).toEqual(["00.png", "02"]);
    expect(dataset.problems[1].reason).toBe("16×16, not two halves side by side (2:1)");
  });

  test("are refused where some pictures are 2:1 and some are not, and where none is", async () => {
    const files = { "1.png": await halves(RED, BLUE), "2.png": await plain(RED), "3.png": await halves(RED, BLUE) };
    const mixed = await refusal(await folder(files), { kinds: ["pairs"] });
    expect(mixed).toContain("of 3 pictures looked at, 1 are not 2:1, as two halves side by side are: 2.png is 16×16");
    const single = await refusal(await folder(await shades(3, 0)), { kinds: ["pairs"] });
    expect(single).toMatch(/gives no pairs: its pictures are single \(0\.png is 16×16\).*--data-b.*--derive edges\.$/);
    expect((await open(await folder(files))).kind).toBe("images"); // nobody asked for pairs
  });
});

describe("pairs by name", () => {
  test("come from folders A and B, of one part, in any format and sub-folder", async () => {
    const a = await plain(RED, 24);
    const b = await plain(BLUE, 48, "gif");
    const grey = await sharp(await plain([90, 90, 90], 24))
      .toColourspace("b-w")
      .png()
      .toBuffer();
    const flat = await open(await folder({ "A/x/1.png": a, "A/y/1.png": a, "B/x/1.gif": b, "B/y/1.gif": b }), {
      kinds: ["pairs"],
    });
    expect([flat.count, flat.shape, await colours(flat, 1)]).toEqual([2, [3, 16, 16], [[...RED], [...BLUE]]]);
    const mixed = await open(await folder({ "A/1.png": grey, "B/1.png": a }), { kinds: ["pairs"] });
    expect([mixed.count, mixed.shape, mixed.target]).toEqual([1, [1, 16, 16], [3, 16, 16]]); // each its own channels
    expect(await colours(mixed, 0)).toEqual([[90], [...RED]]);
    const nested = { "A/train/1.png": a, "A/test/2.png": b, "B/train/1.png": b, "B/test/2.png": a };
    const test2 = await open(await folder(nested), { kinds: ["pairs"], split: "test" });
    expect([test2.count, ...(await colours(test2, 0))]).toEqual([1, [...BLUE], [...RED]]);
  });

  test("come from two sets of any kind of file", async () => {
    const dataset = await open(await file("a.zip", archived(await shades(12, 0, (i) => `left/${i}.png`))), {
      kinds: ["pairs"],
      dataB: await folder(await shades(12, 10)),
    });
    expect(dataset.count).toBe(12);
    for (let i = 0; i < 12; i++) {
      const [[red], [other]] = await colours(dataset, i);
      expect(other).toBe(red + 100);
    }
    const numbered = await open(await file("x", idx([3, 8, 8], noise(192))), {
      kinds: ["pairs"],
      dataB: await file("y", idx([3, 8, 8], noise(192, 2))),
    });
    expect([numbered.kind, numbered.count]).toEqual(["pairs", 3]);
  });

  test("are refused, listed, where names are missing on a side or stand for two", async () => {
    const spec = await folder(await shades(9, 0));
    const dataB = await folder({ ...(await shades(2, 0)), "other.png": await plain(RED) });
    const message = await refusal(spec, { kinds: ["pairs"], dataB });
    expect(message).toMatch(
      /^--data-b: .*: the names do not match: 7 of 9 in A lack a counterpart in B \(2, 3, 4, 5, 6, …\)/,
    );
    expect(message).toContain("; 1 of 3 in B lack one in A (other). Give both sides the same names");
    const none = await refusal(spec, { kinds: ["pairs"], dataB: await folder({ "z.png": await plain(RED) }) });
    expect(none).toContain("no picture of A (0, 1, 2, 3, 4, …) has a counterpart of the same name in B (z)");
    const twice = await folder({
      "A/1.png": await plain(RED),
      "A/1.jpg": await plain(RED),
      "B/1.png": await plain(RED),
    });
    expect(await refusal(twice, { kinds: ["pairs"] })).toContain("A/1.jpg and A/1.png have one name");
  });

  test("of other shapes on both sides are passed over when cut to a square, and kept when squeezed", async () => {
    const wide = await halves(RED, RED, 20);
    const spec = await folder({
      "A/1.png": await plain(RED),
      "A/2.png": wide,
      "B/1.png": await plain(BLUE),
      "B/2.png": await plain(BLUE),
    });
    const cut = await open(spec, { kinds: ["pairs"] });
    await cut.read([0, 1]);
    expect(cut.problems).toEqual([{ item: "2", reason: expect.stringContaining("A is 40×20, B 16×16") }]);
    const squeezed = await open(spec, { kinds: ["pairs"], crop: "none" });
    await squeezed.read([0, 1]);
    expect(squeezed.problems).toEqual([]);
  });
});

describe("trainA and trainB", () => {
  const sets = async () => ({
    ...(await shades(3, 0, (i) => `trainA/${i}.png`)),
    ...(await shades(3, 10, (i) => `trainB/${i}.png`)),
    ...(await shades(2, 5, (i) => `testA/${i}.png`)),
    ...(await shades(2, 15, (i) => `testB/${i}.png`)),
  });
  const anyKind = ["captions", "pairs", "domains", "images"] as const;

  test("of the same names are domains, and no pairs to a recipe that needs them", async () => {
    for (const spec of [await folder(await sets()), await file("ab.zip", archived(await sets()))]) {
      const domains = await open(spec, { kinds: ["domains"] });
      expect(() => checkRecipeData(findRecipe("cyclegan"), domains)).not.toThrow();
      for (const split of ["train", "test"] as const) {
        expect((await open(spec, { kinds: [...anyKind], split })).kind).toBe("domains");
        // Whoever asks for nothing but pairs has them, as what translations are measured against.
        const pairs = await open(spec, { kinds: ["pairs"], split });
        expect([pairs.kind, pairs.count]).toEqual(["pairs", split === "train" ? 3 : 2]);
        expect(() => checkRecipeData(findRecipe("pix2pix"), pairs)).toThrow(
          /^--data: .* holds domains \(folders called/,
        );
      }
    }
  });

  test("of other names are refused as pairs with how to give some", async () => {
    const spec = await folder({ "trainA/horse.png": await plain(RED), "trainB/zebra.png": await plain(BLUE) });
    expect(await refusal(spec, { kinds: ["pairs"] })).toMatch(
      /gives no pairs: no picture of A \(horse\) has .* in B \(zebra\)\. trainA and trainB hold two domains; call the folders A and B /,
    );
    expect((await open(spec, { kinds: [...anyKind] })).kind).toBe("domains");
  });

  test("are unlike folders A and B, which are pairs, and folders of other names, which are classes", async () => {
    const sides = { ...(await shades(2, 0, (i) => `A/${i}.png`)), ...(await shades(2, 10, (i) => `B/${i}.png`)) };
    const pairs = await open(await folder(sides), { kinds: [...anyKind] });
    expect(pairs.kind).toBe("pairs");
    expect(() => checkRecipeData(findRecipe("pix2pix"), pairs)).not.toThrow();
    const nested = { "A/train/1.png": await plain(RED), "B/train/1.png": await plain(BLUE) };
    expect((await open(await folder(nested), { kinds: [...anyKind] })).kind).toBe("pairs");
    const two = { "cats/1.png": await plain(RED), "dogs/1.png": await plain(BLUE) };
    expect((await open(await folder(two), { kinds: [...anyKind] })).kind).toBe("images");
    const spec = await folder(await sets());
    const apart = await open(`${spec}/trainA`, { kinds: ["pairs"], dataB: `${spec}/trainB` });
    expect(() => checkRecipeData(findRecipe("pix2pix"), apart)).not.toThrow();
  });
});

describe("domains", () => {
  const sizes = ({ domains }: Dataset) => [domains!.a.count, domains!.b.count];

  test("are trainA and trainB, folders or archives, with the test part in reach", async () => {
    const sets = {
      trainA: await shades(5, 0, (i) => `trainA/${i}.png`),
      trainB: await shades(3, 10),
      testA: await shades(2, 0),
      testB: await shades(1, 0, (i) => `deep/x/${i}.png`),
    };
    const asFolders = Object.fromEntries(
      Object.entries(sets).flatMap(([side, files]) =>
        Object.entries(files).map(([name, data]) => [`${side}/${name}`, data]),
      ),
    );
    const asArchives = Object.fromEntries(
      Object.entries(sets).map(([side, files], i) => {
        const entries = Object.entries(files).map(([name, data]) => ({ name, data }));
        return i === 1 ? [`${side}.tar`, tar(entries)] : [`${side}.zip`, zip(entries)];
      }),
    );
    for (const files of [asFolders, asArchives]) {
      const spec = await folder(files);
      const dataset = await open(spec, { kinds: ["domains"] });
      expect([dataset.kind, dataset.count, ...sizes(dataset)]).toEqual(["domains", 5, 5, 3]);
      const { values } = await dataset.domains!.b.read([1]);
      expect(pixelOf(values, dataset.target!, 3, 3)).toEqual([...shade(11)]);
      expect(sizes(await open(spec, { kinds: ["domains"], split: "test" }))).toEqual([2, 1]);
      const images = await open(spec);
      expect([images.count, images.classes]).toEqual([8, ["A", "B"]]);
    }
  });

  test("are two folders of any names, two sets, or the two values of a column", async () => {
    const two = { ...(await shades(3, 0, (i) => `cats/${i}.png`)), ...(await shades(2, 9, (i) => `dogs/${i}.png`)) };
    expect(sizes(await open(await folder(two), { kinds: ["domains"] }))).toEqual([3, 2]);
    const dataB = await folder(await shades(4, 0));
    const sets = await open(await folder(await shades(2, 0)), { kinds: ["domains"], dataB });
    expect([...sizes(sets), sets.domains!.b.spec]).toEqual([2, 4, dataB]);
    const table = Buffer.from("file,smile\n0.png,1\n1.png,0\n2.png,1\n");
    const spec = await folder({ ...(await shades(3, 0)), "labels.csv": table });
    const smiles = await open(spec, { kinds: ["domains"], labels: "smile" });
    expect(sizes(smiles)).toEqual([1, 2]);
    const { values } = await smiles.domains!.a.read([0]);
    expect(pixelOf(values, smiles.shape, 0, 0)).toEqual([...shade(1)]);
  });

  test("each have channels of their own, and one size", async () => {
    const grey = await sharp(await plain([90, 90, 90], 64))
      .toColourspace("b-w")
      .png()
      .toBuffer();
    const spec = await folder({ "A/1.png": grey, "A/2.png": grey, "B/1.png": await plain(RED, 32) });
    const own = await open(spec, { kinds: ["domains"] });
    expect([own.shape, own.target]).toEqual([
      [1, 32, 32],
      [3, 32, 32],
    ]);
    const same = await open(spec, { kinds: ["domains"], channels: 3, size: 64 });
    expect([same.shape, same.target, same.domains!.b.shape]).toEqual(Array(3).fill([3, 64, 64]));
  });

  test("of pairs hide which belong together: no index gives both its sides", async () => {
    const files: Record<string, Buffer> = {};
    for (let i = 0; i < 11; i++) files[`${i}.png`] = await halves(shade(i), shade(i + 10), 16);
    const dataset = await open(await folder(files), { kinds: ["domains"] });
    expect(sizes(dataset)).toEqual([6, 5]);
    const reds = async (side: "a" | "b") => {
      const { count, shape } = dataset.domains![side];
      const { values } = await dataset.domains![side].read(Array.from({ length: count }, (_, i) => i));
      return Array.from(
        { length: count },
        (_, i) => pixelOf(values.subarray(i * (values.length / count)), shape, 8, 8)[0],
      );
    };
    const [a, b] = [await reds("a"), await reds("b")];
    expect([...a.map((red) => red / 10), ...b.map((red) => red / 10 - 10)].sort((x, y) => x - y)).toEqual(
      Array.from({ length: 11 }, (_, i) => i),
    );
    const other = await open(await folder(files), { kinds: ["domains"], seed: 2 });
    expect((await other.domains!.a.read([0, 1, 2])).values).not.toEqual(
      (await dataset.domains!.a.read([0, 1, 2])).values,
    );
  });

  test("are refused where there are three folders, or pictures of one sort", async () => {
    const three = { "x/1.png": await plain(RED), "y/1.png": await plain(RED), "z/1.png": await plain(RED) };
    expect(await refusal(await folder(three), { kinds: ["domains"] })).toMatch(
      /holds 3 folders or classes \(x, y, z\) where two domains are wanted\. Give two of them.*--data-b OTHER\.$/,
    );
    expect(await refusal(await folder(await shades(3, 0)), { kinds: ["domains"] })).toMatch(
      /gives no two domains: .*single \(0\.png is 16×16\).* Pass the other domain with --data-b\.$/,
    );
  });
});

describe("what is wanted", () => {
  test("is opened as the first kind that the files hold", async () => {
    const spec = await folder(await shades(3, 0));
    expect((await open(spec, { kinds: ["pairs", "domains", "images"] })).kind).toBe("images");
    const unmatched = await folder({ "A/1.png": await plain(RED), "B/2.png": await plain(BLUE) });
    expect((await open(unmatched, { kinds: ["pairs", "domains"] })).kind).toBe("domains");
    expect(await refusal(spec, { kinds: ["points"] })).toContain("points are wanted, which only embedded sets hold");
  });

  test("can be pairs made of pictures, from files and from embedded sets", async () => {
    const wide = await sharp(await plain(RED, 32))
      .composite([{ input: await plain(BLUE, 12), left: 16, top: 8 }])
      .toBuffer();
    const spec = await folder({ "1.png": wide });
    const edges = await open(spec, { derive: "edges", size: 32 });
    expect([edges.kind, edges.shape, edges.target]).toEqual(["pairs", [1, 32, 32], [3, 32, 32]]);
    const { values } = await edges.read([0]);
    const line = Array.from({ length: 32 }, (_, x) => values[14 * 32 + x]);
    expect(line.filter((value) => value === -1)).toHaveLength(2); // into the blue square and out of it
    expect(line.filter((value) => value === 1)).toHaveLength(30);
    const coloured = await open(spec, { derive: "edges", size: 32, channels: 3 });
    expect(coloured.shape).toEqual([3, 32, 32]);
    const glyphs = await open("glyphs", { derive: "blur", kinds: ["pairs"] });
    expect([glyphs.kind, glyphs.count]).toEqual(["pairs", Number.POSITIVE_INFINITY]);
    const hidden = await open("glyphs", { derive: "grey", kinds: ["domains"] });
    expect((await hidden.domains!.a.read([0])).values).toHaveLength(hidden.shape.reduce((x, y) => x * y, 1));
  });

  test("must go with the options", async () => {
    const spec = await folder(await shades(2, 0));
    expect(await refusal(spec, { kinds: ["images"], dataB: spec })).toBe(
      "--data-b: is for pairs and domains, and images are wanted. Leave it out.",
    );
    expect(await refusal(spec, { kinds: ["images"], derive: "grey" })).toContain("--derive: is for pairs and domains");
    expect(await refusal(spec, { dataB: spec, derive: "grey" })).toContain("--derive: makes what --data-b gives");
    expect(await refusal("ring", { derive: "grey" })).toContain("ring holds points");
    expect(await refusal(spec, { dataB: "glyphs" })).toContain("glyphs is an embedded set");
    expect(await refusal(spec, { dataB: `${spec}/none` })).toMatch(/^--data-b: .*does not exist/);
    expect(await refusal("glyphs", { split: "test" })).toContain("--split: glyphs is drawn without end");
  });
});
