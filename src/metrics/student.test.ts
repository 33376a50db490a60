import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { studentInterval, studentQuantile } from "./student.ts";

// From the published tables of t at 97.5 %.
test.each([
  [1, 12.7062, 1e-5],
  [2, 4.30265, 1e-5],
  [3, 3.18245, 0.01],
  [4, 2.77645, 0.004],
  [5, 2.57058, 0.002],
  [9, 2.26216, 5e-4],
  [13, 2.16037, 2e-4],
  [30, 2.04227, 1e-5],
  [1000, 1.96234, 1e-5],
])("with %i degrees of freedom t's quantile is %d", (freedom, expected, rtol) => {
  expectClose(studentQuantile(freedom), expected, { rtol });
});

test("an interval is so many standard errors to both sides", () => {
  const [low, high] = studentInterval(5, 4, 1);
  expectClose([low, high], [5 - 2 * 12.7062, 5 + 2 * 12.7062], { rtol: 1e-5 });
  expect(studentInterval(5, 0, 9)).toEqual([5, 5]);
});
