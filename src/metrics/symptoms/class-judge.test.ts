import { describe, expect, test } from "vitest";
import { stream } from "../../random/index.ts";
import type { ClassJudge } from "../symptom.ts";
import { type Labelled, openClassJudge } from "./class-judge.ts";

const shape = [1, 8, 8];
const SIZE = 64;
const classes = ["hat", "shoe", "cup", "key"];
const drawings = stream(1, "drawings").fillNormal(new Float32Array(classes.length * SIZE));
const drawing = (place: number) => drawings.subarray(place * SIZE, (place + 1) * SIZE);

/** The drawings of these classes, a little changed. */
function pictures(places: readonly number[], seed: number, noise = 0.3): Float32Array {
  const values = stream(seed, "noise").fillNormal(new Float32Array(places.length * SIZE), 0, noise);
  return values.map((value, i) => value + drawing(places[Math.floor(i / SIZE)])[i % SIZE]);
}

/** A set of real pictures of these labels, drawn as these places say. */
function labelled(labels: readonly number[], own: Partial<Labelled> = {}, places = labels): Labelled {
  const values = pictures(
    places.map((place) => Math.max(0, place)),
    2,
  );
  return {
    ...{ classes, shape, count: labels.length },
    async read(start, count) {
      const end = start + count;
      return {
        values: values.subarray(start * SIZE, end * SIZE),
        labels: Int32Array.from(labels.slice(start, end)),
      };
    },
    ...own,
  };
}

const many = Array.from({ length: 100 }, (_, i) => [0, 1, 1, 2, 2, 2, 3, 3, 3, 3][i % 10]);
const opened = async (set: Labelled) => (await openClassJudge(set, 64)) as ClassJudge;

test("it tells the classes of pictures that it never saw, and the shares of the real ones", async () => {
  const judge = await opened(labelled(many));
  expect(judge.names).toEqual(classes);
  expect(judge.shares).toEqual([0.1, 0.2, 0.3, 0.4]);
  const places = [3, 1, 0, 2, 2, 1];
  expect(judge.tally(pictures(places, 3))).toEqual({ counts: [1, 2, 2, 1], clear: 6 });
});

test("a pale picture, or one on another ground, is of its class all the same", async () => {
  const judge = await opened(labelled(many));
  const pale = pictures([2, 0, 3, 2], 3).map((value) => 0.05 * value - 0.8);
  expect(judge.tally(pale)).toEqual({ counts: [1, 0, 2, 1], clear: 4 });
});

test("what lies between two classes, or is like none, counts half", async () => {
  const judge = await opened(labelled(many));
  const between = drawing(0).map((value, i) => value + 1.05 * drawing(3)[i]);
  expect(judge.tally(between)).toEqual({ counts: [0, 0, 0, 0.5], clear: 0 });
  const others = [stream(9, "else").fillNormal(new Float32Array(SIZE)), new Float32Array(SIZE), drawing(1)];
  const { counts, clear } = judge.tally(Float32Array.from(others.flatMap((one) => [...one])));
  expect(clear).toBe(1);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
});

test("pictures without a class teach it nothing", async () => {
  const [whole, half] = [await opened(labelled(many)), labelled([...many, ...many.map(() => -1)])];
  expect((await opened(half)).shares).toEqual(whole.shares);
});

test("large pictures are read a few at a time", async () => {
  const asked: number[] = [];
  const set = labelled(many);
  const read: Labelled["read"] = (start, count) => {
    asked.push(count);
    return set.read(start, count);
  };
  await openClassJudge({ ...set, read }, 64);
  expect(asked).toEqual([64, 36]);
});

describe("it says what it needs", () => {
  test("where samples are fewer than four for each class, and then reads none", async () => {
    const read = () => Promise.reject(new Error("read"));
    expect(await openClassJudge(labelled(many, { read }), 15)).toBe(
      "at most 3 classes for 15 samples, and there are 4",
    );
    expect(await openClassJudge(labelled(many), 16)).toBeTypeOf("object");
    const three = many.filter((place) => place < 3);
    expect(await openClassJudge(labelled(three, { empty: ["key"] }), 15)).toBeTypeOf("object");
  });

  test("where all pictures are of one class", async () => {
    expect(await openClassJudge(labelled(many.map(() => 2)), 64)).toBe("pictures of at least two classes");
  });

  test("where pictures of a class are no nearer to each other than to others", async () => {
    const noise = stream(3, "all").fillNormal(new Float32Array(many.length * SIZE));
    const read: Labelled["read"] = async (start, count) => ({
      values: noise.subarray(start * SIZE, (start + count) * SIZE),
      labels: Int32Array.from(many.slice(start, start + count)),
    });
    expect(await openClassJudge(labelled(many, { read }), 64)).toMatch(
      /^classes that pixels tell: of 100 real pictures \d+ are clearly like one, and \d+ of these are of it$/,
    );
  });

  test("where what is clear to it is wrong", async () => {
    // Every third picture is labelled as the next class.
    const wrong = many.map((place, i) => (i % 3 === 0 ? (place + 1) % 4 : place));
    expect(await openClassJudge(labelled(wrong, {}, many), 64)).toMatch(/^classes that pixels tell: of 100/);
  });
});
