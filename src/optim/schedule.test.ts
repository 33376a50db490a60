import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { cosineSchedule, linearSchedule, toSchedule } from "./schedule.ts";

const at = (schedule: (t: number) => number, updates: readonly number[]) => updates.map(schedule);

test("a number stays as it is, a schedule is taken as it is", () => {
  expect(at(toSchedule(0.3), [1, 2, 1e9])).toEqual([0.3, 0.3, 0.3]);
  const halving = (t: number) => 1 / t;
  expect(toSchedule(halving)).toBe(halving);
});

test("linear: flat, down the line, flat", () => {
  const schedule = linearSchedule(1, 0.2, { from: 10, to: 14 });
  expectClose(at(schedule, [1, 10, 11, 12, 13, 14, 15, 1e6]), [1, 1, 0.8, 0.6, 0.4, 0.2, 0.2, 0.2], { atol: 1e-12 });
});

test("cosine: from start to end along half a wave, then flat", () => {
  const schedule = cosineSchedule(3, 1, 6);
  // cos(π/3) = ½, cos(π/2) = 0, cos(2π/3) = −½
  expectClose(at(schedule, [0, 2, 3, 4, 6, 7, 1e6]), [3, 2.5, 2, 1.5, 1, 1, 1], { atol: 1e-12 });
});
