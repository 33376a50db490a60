import { describe, expect, test } from "vitest";
import type { ClassJudge, SamplesSeen } from "../symptom.ts";
import { describeChange, watchRun } from "./doctor.ts";
import { missingClasses } from "./missing-classes.ts";
import { WARM_UP } from "./watching.ts";

const N = 40;
/** Takes a sample, which is one number, for the class at that place; if there is none, unclearly for a hat. */
const classes: ClassJudge = {
  names: ["hat", "shoe", "a cup", "key"],
  shares: [0.4, 0.3, 0.2, 0.1],
  tally(pictures) {
    const counts = [0, 1, 2, 3].map((place) => pictures.filter((each) => each === place).length);
    const clear = counts.reduce((sum, count) => sum + count, 0);
    return { counts: counts.with(0, counts[0] + (pictures.length - clear) / 2), clear };
  },
};
const real = new Float32Array(N);

/** So many samples of each class, and the others unclear. */
function made(...counts: readonly number[]): Float32Array {
  const all = counts.flatMap((count, place) => new Array<number>(count).fill(place));
  return Float32Array.from({ length: N }, (_, i) => all[i] ?? -1);
}
const seen = (samples: Float32Array, judge: SamplesSeen["classes"] = classes): SamplesSeen => ({
  ...{ step: 1, made: samples, real, shape: [1, 1, 1] },
  ...(judge !== undefined && { classes: judge }),
});

/** What is measured of one set, as it goes into metrics.jsonl. */
function measured(...counts: readonly number[]) {
  const watch = missingClasses.watch();
  watch.samples!(seen(made(...counts)));
  return { noted: watch.noted!(), needs: watch.needs!() };
}

test("of each class it is told how many there are for each that there should be, and what share of the data is found", () => {
  const { noted } = measured(16, 20, 4, 0);
  expect(Object.keys(noted)).toEqual([
    "samples/classes",
    ...["samples/class/hat", "samples/class/shoe", "samples/class/a cup", "samples/class/key"],
  ]);
  expect(noted["samples/class/hat"]).toBeCloseTo(1, 9);
  expect(noted["samples/class/shoe"]).toBeCloseTo(20 / 12, 9);
  expect(noted["samples/class/a cup"]).toBeCloseTo(0.5, 9);
  expect(noted["samples/class/key"]).toBe(0);
  expect(noted["samples/classes"]).toBeCloseTo(0.9, 9);
});

test("a class is found from a quarter of what there should be", () => {
  expect(measured(26, 10, 2, 2).noted["samples/classes"]).toBeCloseTo(1, 9); // 2 of 8
  expect(measured(27, 10, 1, 2).noted["samples/classes"]).toBeCloseTo(0.8, 9);
  // 16 unclear ones count as 8 hats: all count as 32, of which 12.8 should be.
  const { noted } = measured(0, 12, 8, 4);
  expect(noted["samples/classes"]).toBeCloseTo(1, 9);
  expect(noted["samples/class/hat"]).toBeCloseTo(8 / 12.8, 9);
});

test("nothing is said as long as the class of most samples is not clear, but that", () => {
  expect(measured(10, 5, 2, 2)).toEqual({
    noted: {},
    needs: "made pictures whose class is clear: of 40, 19 are",
  });
  expect(measured(10, 6, 2, 2).needs).toBeUndefined();
});

test("a class that the judge finds no real picture of has no share to be held against", () => {
  const watch = missingClasses.watch();
  watch.samples!(seen(made(20, 20), { ...classes, shares: [0.5, 0.5, 0, 0] }));
  expect(Object.keys(watch.noted!())).toEqual(["samples/classes", "samples/class/hat", "samples/class/shoe"]);
});

test("a G that is told classes is held against those that it was told", () => {
  const watch = missingClasses.watch();
  const told = Int32Array.from({ length: N }, (_, i) => (i < 30 ? 3 : 1));
  watch.samples!({ ...seen(made(20, 1, 0, 19)), told });
  const { "samples/class/key": key, "samples/class/shoe": shoe, ...others } = watch.noted!();
  expect(key).toBeCloseTo(19 / 30, 9);
  expect(shoe).toBeCloseTo(0.1, 9);
  expect(others).toEqual({ "samples/classes": 0.75 });
});

test("without a judge it says what is needed for one, or nothing", () => {
  const needs = (judge: SamplesSeen["classes"]) => {
    const watch = missingClasses.watch();
    watch.samples!({ step: 1, made: real, real, shape: [1, 1, 1], ...(judge !== undefined && { classes: judge }) });
    expect(watch.noted!()).toEqual({});
    return watch.needs!();
  };
  expect(needs("pictures with classes")).toBe("pictures with classes");
  expect(needs(undefined)).toBeUndefined();
});

describe("over five sets", () => {
  /** Sets of these counts, one every step once G has warmed up: what is said, the lines left, and how it stands. */
  function told(sets: readonly (readonly number[])[]) {
    const doctor = watchRun([missingClasses]);
    const lines: Record<string, number>[] = [];
    const said: string[] = [];
    for (let step = 1; step < WARM_UP + sets.length; step++) {
      const metrics = { "gradient/G": 1 };
      const heard = [doctor.step({ step, metrics })];
      if (step >= WARM_UP) heard.push(doctor.samples({ ...seen(made(...sets[step - WARM_UP])), step }));
      lines.push(Object.assign({ step, ...metrics }, ...heard.map(({ numbers }) => numbers)));
      said.push(...heard.flatMap(({ changes }) => changes.map(describeChange)));
    }
    return { doctor, lines, said };
  }
  const half = new Array(5).fill([0, 25, 15, 0]);

  test("it is told which classes are missing, and its diagnosis says so", () => {
    const { doctor, said } = told(half);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^Missing classes \(0\.5, below 0\.\d+\)\. G leaves out .+\. Missing: hat, key\. Try: /);
    expect(doctor.diagnoses()[0].meaning).toMatch(/\. Missing: hat, key\.$/);
  });

  test("a set by chance, or one whose classes are not clear, changes nothing", () => {
    const other = [[10, 10, 10, 10], [...half[0]], [1, 1, 0, 0]];
    expect(told([...half, ...other]).doctor.diagnoses()[0]).toMatchObject({ present: true, value: 0.5 });
    const gone = told([...half, [16, 12, 8, 4], [16, 12, 8, 4], [16, 12, 8, 4]]);
    expect(gone.said.at(-1)).toBe("Missing classes has gone (1).");
    expect(gone.doctor.diagnoses()[0].meaning).toBe(missingClasses.meaning);
  });

  test("a run that is resumed knows the same, and goes on alike", () => {
    const sets = [...half, [0, 30, 0, 10], [1, 1, 0, 0], [0, 30, 0, 10], [0, 30, 0, 10], [16, 12, 8, 4]];
    const { doctor, lines, said } = told(sets);
    const resumed = watchRun([missingClasses]);
    const kept = JSON.parse(JSON.stringify(lines));
    expect(resumed.replay(kept).map(describeChange)).toEqual(said);
    expect(resumed.diagnoses()).toEqual(doctor.diagnoses());
    expect(resumed.diagnoses()[0].meaning).toMatch(/\. Missing: hat, a cup\.$/);
  });
});
