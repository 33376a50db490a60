import { describe, expect, test } from "vitest";
import { profileOf, type TimedStep, traceOf } from "./profile.ts";
import type { NodeTime } from "./trace.ts";

const nodeAt = (start: number, duration: number, op: string, index: number): NodeTime => ({
  ...{ op, name: `${op} ${index}`, index, start, duration },
  ...{
    inputs: [
      [10, 10],
      [10, 10],
    ],
    outputs: [[10, 10]],
  },
});

/** A step of 10 ms at `start` ms, whose run takes 8 ms and holds these operators, on a clock of its own. */
const stepAt = (start: number, nodes: readonly NodeTime[], program = 0): TimedStep => ({
  start,
  end: start + 10,
  run: { program, began: start + 1.5, ended: start + 9.5, start: 5_000_000, duration: 7_900, nodes },
});

// Two steps: their products take 2 + 1 ms and 4 + 1 ms, their negation 0.5 ms in one of them.
const steps = [
  stepAt(100, [nodeAt(5_000_010, 2000, "Gemm", 3), nodeAt(5_002_010, 1000, "Gemm", 4)]),
  stepAt(120, [
    nodeAt(5_000_010, 4000, "Gemm", 3),
    nodeAt(5_004_010, 1000, "Gemm", 4),
    nodeAt(5_005_010, 500, "Neg", 5),
  ]),
];

describe("a table", () => {
  const profile = profileOf(steps);

  test("tells of each kind how many operators there are and what they take of a step, most first", () => {
    const gflop = (2 * 2 * 1000) / 1e9; // two products of 10×10 matrices in each step
    expect(profile.ms).toBe(10);
    expect(profile.kinds).toEqual([
      { op: "Gemm", nodes: 2, ms: 4, share: 0.4, gflop, gflops: expect.closeTo(gflop / 0.004, 9) },
      { op: "Neg", nodes: 1, ms: 0.25, share: 0.025 },
    ]);
  });

  test("tells the same of each operator", () => {
    expect(profile.operators.map(({ name, ms }) => [name, ms])).toEqual([
      ["Gemm 3", 3],
      ["Gemm 4", 1],
      ["Neg 5", 0.25],
    ]);
    expect(profile.operators[0]).toMatchObject({ op: "Gemm", output: [10, 10], share: 0.3 });
  });

  test("divides the whole step", () => {
    const { kinds, between, outside } = profile;
    expect(outside.ms).toBeCloseTo(2, 9);
    expect(between.ms).toBeCloseTo(8 - 4.25, 9);
    const shares = [...kinds, between, outside].map(({ share }) => share);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test("keeps the operators of different programs apart, whatever their numbers", () => {
    const { kinds } = profileOf([steps[0], stepAt(120, [nodeAt(5_000_010, 2000, "Gemm", 3)], 1)]);
    expect(kinds).toMatchObject([{ op: "Gemm", nodes: 3, ms: 2.5 }]);
  });
});

test("an operator too quick for the clock has no speed, and no infinite one", () => {
  const { kinds } = profileOf([stepAt(0, [nodeAt(5_000_010, 0, "Gemm", 3)])]);
  expect(kinds[0]).toMatchObject({ ms: 0, gflops: 0 });
});

test("a trace counts from the first step, and puts each run's own clock in the middle of what was seen of it", () => {
  const events = traceOf(steps);
  expect(events.slice(0, 3)).toEqual([
    { name: "step 1", cat: "step", ph: "X", ts: 0, dur: 10_000, pid: 1, tid: 1 },
    { name: "run", cat: "run", ph: "X", ts: 1500, dur: 8000, pid: 1, tid: 1, args: { program: 0 } },
    {
      ...{ name: "Gemm", cat: "operator", ph: "X", ts: 1500 + 50 + 10, dur: 2000, pid: 1, tid: 1 },
      args: { node: "Gemm 3", inputs: "[10, 10] [10, 10]", outputs: "[10, 10]" },
    },
  ]);
  expect(events.filter(({ cat }) => cat === "step").map(({ ts }) => ts)).toEqual([0, 20_000]);
});

test("where clocks disagree, no event of a trace leaves its parent", () => {
  // The run lasted longer by its own clock than by the caller's.
  const late = nodeAt(5_007_000, 1500, "Gemm", 3);
  const [, run, operator] = traceOf([{ ...steps[0], run: { ...steps[0].run, duration: 8_500, nodes: [late] } }]);
  expect(operator.ts).toBeGreaterThanOrEqual(run.ts);
  expect(operator.ts + operator.dur).toBe(run.ts + run.dur);
});
