import { expect, test } from "vitest";
import { metricCharts } from "./metric-charts.ts";

const titlesOf = (line: Readonly<Record<string, number>>) =>
  metricCharts([{ step: 1, seconds: 2, ...line }]).map(({ title, series }) => [title, series.map(({ name }) => name)]);

test("numbers of one sort share a chart, losses first; those on scales of their own have one each", () => {
  expect(
    titlesOf({ "samples/diversity": 1, "symptom/a": 1, "symptom/b": 2, "loss/G": 1, "loss/D": 2, imagesPerSecond: 9 }),
  ).toEqual([
    ["Losses", ["loss/G", "loss/D"]],
    ["Samples", ["samples/diversity"]],
    ["symptom/a", ["symptom/a"]],
    ["symptom/b", ["symptom/b"]],
    ["Images per second", ["imagesPerSecond"]],
  ]);
});

test("classes of samples have charts of their own, with about as many in each, under their own names", () => {
  const classes = Object.fromEntries(Array.from({ length: 10 }, (_, k) => [`samples/class/${k}/x`, k]));
  expect(titlesOf({ "samples/classes": 1, ...classes })).toEqual([
    ["Classes: made over real shares, 1 of 2", ["0/x", "1/x", "2/x", "3/x", "4/x"]],
    ["Classes: made over real shares, 2 of 2", ["5/x", "6/x", "7/x", "8/x", "9/x"]],
    ["Samples", ["samples/classes"]],
  ]);
});

test("steps that lack a number are gaps in its line", () => {
  const [{ series }] = metricCharts([
    { step: 1, "loss/D": 3 },
    { step: 2, "loss/D": null },
    { step: 4, "loss/D": 5 },
  ]);
  expect(series[0].x).toEqual(Float64Array.of(1, 2, 4));
  expect(series[0].y).toEqual(Float64Array.of(3, Number.NaN, 5));
});
