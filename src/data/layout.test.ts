import { expect, test } from "vitest";
import { areSides, layOut, partOf } from "./layout.ts";

/** What is taken, as "folder: path". */
const taken = (names: string[], split?: "train" | "test") => {
  const {
    images,
    folders,
    split: found,
  } = layOut(
    names.map((name) => ({ name })),
    split,
    "--data: x",
  );
  return [found, ...images.map(({ name }, i) => `${folders[i]}: ${name}`)];
};

test("below what all images share, the first folder tells what each shows, where each lies in one", () => {
  expect(taken(["all/b/1", "all/a/x/2"])).toEqual([undefined, "b: all/b/1", "a: all/a/x/2"]);
  expect(taken(["all/1", "all/a/2"])).toEqual([undefined, "undefined: all/1", "undefined: all/a/2"]);
  expect(taken(["1"])).toEqual([undefined, "undefined: 1"]);
});

test("parts are told by folders above or below that one, and train is taken unless test is asked for", () => {
  const above = ["train/a/1", "train/b/2", "test/a/3", "val/b/4"];
  expect(taken(above)).toEqual(["train", "a: train/a/1", "b: train/b/2"]);
  expect(taken(above, "test")).toEqual(["test", "undefined: test/a/3"]);
  expect(taken(["Train/1", "val/2", "dev/3"], "test")).toEqual(["test", "undefined: val/2"]);
  const below = ["x/a/train/1", "x/a/test/2", "x/b/train/3", "x/b/test/4"];
  expect(taken(below)).toEqual(["train", "a: x/a/train/1", "b: x/b/train/3"]);
  expect(taken(below, "test")).toEqual(["test", "a: x/a/test/2", "b: x/b/test/4"]);
});

test("trainA and trainB are the sides A and B of one part", () => {
  const names = ["testA/1", "testB/2", "trainA/trainA/3", "trainB/trainB/4"];
  expect(taken(names)).toEqual(["train", "A: trainA/trainA/3", "B: trainB/trainB/4"]);
  expect(taken(names, "test")).toEqual(["test", "A: testA/1", "B: testB/2"]);
  expect([areSides(["A", "B"]), areSides(["a", "b"]), areSides(["A", "C"]), areSides(["A"])]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("trainA and trainB are told from A and B, as what nothing pairs", () => {
  const unpaired = (...names: string[]) =>
    layOut(
      names.map((name) => ({ name })),
      undefined,
      "x",
    ).unpaired;
  expect([unpaired("trainA/1", "trainB/2"), unpaired("x/test/1", "x/train_a/1", "x/train_b/1")]).toEqual([true, true]);
  const others = [unpaired("A/1", "B/1"), unpaired("A/train/1", "B/train/1"), unpaired("train/A/1", "train/B/1")];
  expect(others).toEqual([undefined, undefined, undefined]);
});

test("a set that lies in one part whole is that part, asked for or not", () => {
  expect(taken(["x/test/a/1", "x/test/b/2"])).toEqual(["test", "a: x/test/a/1", "b: x/test/b/2"]);
  expect(taken(["x/test/1", "x/test/2"], "train")[0]).toBe("test"); // it is what was named
});

test("a part that is not there is refused with those that are", () => {
  expect(() => taken(["test/1", "val/2"])).toThrow(
    "--split: x is divided into test, val and has no train part. Pass --split test.",
  );
});

test("names tell parts only when nothing else is in them", () => {
  expect(partOf("trainA")).toEqual({ part: "train", split: "train", side: "A" });
  expect(partOf("test_b")).toEqual({ part: "test", split: "test", side: "B" });
  expect(partOf("Validation")).toEqual({ part: "validation", split: "test" });
  expect([partOf("trains"), partOf("contest"), partOf("A"), partOf("trainC")]).toEqual(Array(4).fill(undefined));
});
