import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { arrayDataset } from "./array.ts";
import type { Dataset } from "./dataset.ts";
import { inspectDataset, inspectionRows, sampleIndices } from "./inspection.ts";
import { findDataset } from "./registry.ts";

const PICTURES = Array.from({ length: 10 }, (_, i) => new Float32Array(3 * 8 * 8).fill(i / 10));

/** Ten pictures: class i mod 3 but for the last two, which have none; "hat" from the fifth on, "smile" never. */
const faces: Dataset = {
  ...arrayDataset(PICTURES, [3, 8, 8]),
  spec: "faces.zip",
  classes: ["x", "y", "z"],
  attributes: ["hat", "smile"],
  problems: [{ item: "7.png", reason: "cannot be decoded" }],
  async read(indices) {
    return {
      values: new Float32Array(indices.length * 192),
      labels: Int32Array.from(indices, (index) => (index < 8 ? index % 3 : -1)),
      attributes: Float32Array.from({ length: 2 * indices.length }, (_, i) =>
        i % 2 === 0 && indices[i >> 1] >= 5 ? 1 : 0,
      ),
    };
  },
};

test("labels and attributes are counted over all samples, or as many as are to be looked at, evenly spread", async () => {
  const all = await inspectDataset(faces);
  expect(all).toMatchObject({ spec: "faces.zip", count: 10, looked: 10, unlabelled: 2, problems: faces.problems });
  expect(all.classes).toEqual([
    { name: "x", count: 3 },
    { name: "y", count: 3 },
    { name: "z", count: 2 },
  ]);
  expect(all.attributes).toEqual([
    { name: "hat", count: 5 },
    { name: "smile", count: 0 },
  ]);
  const some = await inspectDataset(faces, { look: 5 }); // 0, 2, 4, 6, 8
  expect([some.looked, some.unlabelled, ...some.classes.map(({ count }) => count)]).toEqual([5, 1, 2, 1, 1]);
  expect(some.attributes.map(({ count }) => count)).toEqual([2, 0]);
});

test("sample indices are spread over a finite set and the first of an endless one, each once", () => {
  expect(sampleIndices({ count: 10 }, 4)).toEqual([0, 2, 5, 7]);
  expect(sampleIndices({ count: 3 }, 64)).toEqual([0, 1, 2]);
  expect(sampleIndices({ count: Number.POSITIVE_INFINITY }, 3)).toEqual([0, 1, 2]);
  expect(new Set(sampleIndices({ count: 1000 }, 999)).size).toBe(999);
  expect(sampleIndices({ count: 5 }, Number.POSITIVE_INFINITY)).toEqual([0, 1, 2, 3, 4]);
});

test("rows say what was found, and of how many it is known", async () => {
  expect(inspectionRows(await inspectDataset(faces, { look: 5 }))).toEqual([
    ["data", "faces.zip"],
    ["kind", "images"],
    ["samples", "10"],
    ["size", "8×8, RGB"],
    ["classes", "3: x (2), y (1), z (1) (of the 5 looked at)"],
    ["unlabelled", "1 (of the 5 looked at)"],
    ["attributes", "2: hat (2), smile (0) (of the 5 looked at)"],
    ["problems", "1 (of the 5 looked at)"],
    ["", "7.png: cannot be decoded"],
  ]);
  const whole = Object.fromEntries(inspectionRows(await inspectDataset(faces)));
  expect([whole.classes, whole.problems]).toEqual(["3: x (3), y (3), z (2)", "1"]);
});

test("of a set with few labels it tells how many are left", async () => {
  const labelled = { ...faces, count: 3 };
  const rows = Object.fromEntries(inspectionRows(await inspectDataset({ ...faces, labelled })));
  expect([rows.labelled, rows.unlabelled]).toEqual(["3 of the whole set; the others lost their labels", undefined]);
});

test("of many classes the first forty are named", async () => {
  const many = {
    ...(await inspectDataset(faces)),
    classes: Array.from({ length: 42 }, (_, i) => ({ name: `c${i}`, count: i })),
  };
  const { classes } = Object.fromEntries(inspectionRows(many));
  expect(classes).toMatch(/^42: c0 \(0\), .*, c39 \(39\) and 2 more$/);
});

test("of sets without end two hundred are looked at; of domains, each by itself; of captions some are shown", async () => {
  const open = (name: string) => findDataset(name)!.open({ seed: 1 });
  const ring = await inspectDataset(open("ring"));
  expect([ring.count, ring.looked, ring.unlabelled]).toEqual([null, 200, 0]);
  expect(ring.classes.reduce((sum, { count }) => sum + count, 0)).toBe(200);
  expect(inspectionRows(ring).slice(2, 4)).toEqual([
    ["samples", "drawn without end"],
    ["size", "2 numbers"],
  ]);

  const domains = await inspectDataset(open("rotated"), { look: 3 });
  expect([domains.domains?.a.looked, domains.domains?.b.looked, domains.looked]).toEqual([3, 3, 6]);
  const rows = Object.fromEntries(inspectionRows(domains));
  expect([rows.kind, rows.samples]).toEqual(["domains", "a: drawn without end; b: drawn without end"]);
  expect(rows.size).toBe("a: 64×64, RGB; b: 64×64, RGB");

  const text = { kind: "words", words: 2, vocabulary: ["red", "cat", "dog"] } as const;
  const captioned: Dataset = { ...faces, kind: "captions", text, caption: (index) => `cat ${index}` };
  const captions = inspectionRows(await inspectDataset(captioned, { look: 5 })).map(([, line]) => line);
  expect(captions).toContain("3 different words, up to 2 to a caption");
  expect(captions.filter((line) => line.startsWith('"'))).toEqual([
    '"cat 0"',
    '"cat 2"',
    '"cat 4"',
    '"cat 6"',
    '"cat 8"',
  ]);
});

test("a set that cannot be read fails with its own message", async () => {
  const unreadable: Dataset = { ...faces, read: () => Promise.reject(new InputError("--data: nothing can be read.")) };
  await expect(inspectDataset(unreadable)).rejects.toThrow("--data: nothing can be read.");
});
