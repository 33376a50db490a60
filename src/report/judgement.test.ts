import { describe, expect, test } from "vitest";
import { type Judgement, judge, meanOfShares, shareOf, signTest } from "./judgement.ts";
import { judgementSection, judgementText } from "./judgement-section.ts";

/** C(n, k), exactly. */
function choose(n: number, k: number): number {
  let all = 1;
  for (let i = 1; i <= k; i++) all = (all * (n - k + i)) / i;
  return all;
}

test("Wilson's interval is where |p̂ − p| is 1.96 standard errors of p", () => {
  for (const [count, of] of [
    [0, 10],
    [3, 10],
    [50, 100],
    [100, 100],
  ]) {
    const { share, interval } = shareOf(count, of);
    expect(share).toBe(count / of);
    for (const p of interval) {
      if (p === 0 || p === 1) expect(share).toBe(p);
      else expect(Math.abs(share - p) / Math.sqrt((p * (1 - p)) / of)).toBeCloseTo(1.959964, 6);
    }
  }
  expect(shareOf(0, 0).share).toBeNaN();
});

test("the sign test sums the binomial's tails", () => {
  for (const [count, of] of [
    [5, 5],
    [8, 10],
    [1, 12],
    [30, 40],
  ]) {
    let tail = 0;
    for (let k = Math.max(count, of - count); k <= of; k++) tail += choose(of, k) / 2 ** of;
    expect(signTest(count, of)).toBeCloseTo(2 * tail, 10);
    expect(signTest(of - count, of)).toBeCloseTo(signTest(count, of), 12);
  }
  expect(signTest(5, 10)).toBe(1);
  expect(signTest(5000, 10_000)).toBe(1);
  expect(signTest(6000, 10_000)).toBeLessThan(1e-80);
});

const one = (truth: "real" | "made", answer: "real" | "made", milliseconds: number | null = 250): Judgement => ({
  ...{ kind: "one", sitting: 1, question: 1, truth, milliseconds, answer },
  ...(truth === "made" && { by: "run" }),
});
const times = (n: number, judgement: Judgement) => Array.from({ length: n }, () => judgement);

describe("judging", () => {
  const answers = [
    ...times(3, one("real", "made")),
    ...times(17, one("real", "real", 500)),
    ...times(9, one("made", "real")),
    ...times(11, one("made", "made", 500)),
  ];

  test("HYPE is the share of wrong answers where half the pictures are real", () => {
    const { answers: count, makers, exposures, preferences } = judge(answers);
    expect(count).toBe(40);
    expect(makers).toHaveLength(1);
    expect(makers[0]).toMatchObject({ by: "run", real: { count: 3, of: 20 }, made: { count: 9, of: 20 } });
    expect(makers[0].hype.share).toBeCloseTo((3 + 9) / 40, 12);
    expect(exposures.map(({ milliseconds, hype }) => [milliseconds, hype.share])).toEqual([
      [250, 1],
      [500, 0],
    ]);
    expect(preferences).toEqual([]);
  });

  test("its interval is that of one proportion, where both halves err alike", () => {
    const half = shareOf(30, 100);
    const { share, interval } = meanOfShares(half, half);
    expect(share).toBeCloseTo(0.3, 12);
    const whole = shareOf(60, 200).interval;
    for (const end of [0, 1]) expect(interval[end]).toBeCloseTo(whole[end], 2);
  });

  test("pairs are counted for the same maker on either side", () => {
    const pair = (left: string, right: string, answer: "left" | "right"): Judgement => ({
      ...{ kind: "two", sitting: 1, question: 1, left, right, answer },
    });
    const { preferences } = judge([pair("b", "a", "right"), pair("a", "b", "left"), pair("a", "b", "right")]);
    expect(preferences).toMatchObject([{ first: "a", second: "b", share: { count: 2, of: 3 }, p: 1 }]);
  });

  test("a staircase's figure is the exposure shown most often", () => {
    const steps = [one("real", "real", 500), ...times(3, one("made", "made", 490)), one("real", "real", 480)];
    expect(judge(steps, { staircase: true }).modalMilliseconds).toBe(490);
    expect(judge(steps).modalMilliseconds).toBeUndefined();
    expect(judge(steps.slice(0, 3), { staircase: true }).modalMilliseconds).toBeUndefined();
  });

  test("few exposures are told one by one, the many of a staircase are not", () => {
    const at = (count: number) => Array.from({ length: count }, (_, i) => one("made", "real", 100 + i));
    expect(judgementText(judge(at(3))).tables.map(([[first]]) => first)).toEqual(["made by", "shown for"]);
    expect(judgementText(judge(at(30))).tables.map(([[first]]) => first)).toEqual(["made by"]);
  });

  test("one side without answers has no share, and says so in words", () => {
    const result = judge([one("made", "real")]);
    expect(result.makers[0].hype.share).toBeNaN();
    expect(judgementText(result).tables[0][1]).toEqual(["run", "–", expect.stringContaining("1 of 1"), "none shown"]);
    expect(judgementText(judge([])).summary).toContain("No picture");
  });

  test("the markup says what the text says, with names escaped", () => {
    const { text } = judgementSection(judge([{ ...one("made", "real"), by: "<i>" } as Judgement, one("real", "real")]));
    expect(text).toContain("2 answers");
    expect(text).toContain("&lt;i&gt;");
    expect(text).not.toContain("<i>");
  });
});
