import { expect, test } from "vitest";
import { blurred, commonest, edgesOf, type Plane } from "./planes.ts";

const plane = (height: number, width: number, at: (x: number, y: number) => number): Plane => ({
  data: Float32Array.from({ length: height * width }, (_, i) => at(i % width, Math.floor(i / width))),
  height,
  width,
});
const rows = ({ data, height, width }: Plane) =>
  Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)].join(""));

test("a blurred point is a Gaussian of the spread asked for, and keeps its sum", () => {
  const { data } = blurred(
    plane(25, 31, (x, y) => (x === 15 && y === 12 ? 1 : 0)),
    2,
  );
  expect(data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  let [acrossX, acrossY] = [0, 0];
  for (const [i, value] of data.entries()) {
    acrossX += value * ((i % 31) - 15) ** 2;
    acrossY += value * (Math.floor(i / 31) - 12) ** 2;
  }
  for (const variance of [acrossX, acrossY]) expect(Math.abs(variance - 4)).toBeLessThan(0.15); // cut off at 3σ
});

test("what is even stays so to the border", () => {
  for (const value of blurred(
    plane(5, 3, () => 0.7),
    4,
  ).data)
    expect(value).toBeCloseTo(0.7, 6);
});

test("edges are lines of one pixel around what differs, and none where nothing does", () => {
  const options = { sigma: 0.8, steep: 0.2, least: 0.06, most: 0.25 };
  const square = plane(12, 12, (x, y) => (x > 3 && x < 9 && y > 3 && y < 9 ? 1 : -1));
  const lines = rows(edgesOf([square], options));
  for (const place of [5, 6, 7]) {
    expect(lines[place].match(/1/g)).toHaveLength(2); // in and out, along a row
    expect(lines.map((row) => row[place]).filter((mark) => mark === "1")).toHaveLength(2);
  }
  expect(lines[0] + lines[1] + lines[10] + lines[11]).not.toContain("1");
  expect(rows(edgesOf([plane(8, 8, () => 0.3)], options)).join("")).not.toContain("1");
  const faint = (difference: number) => plane(12, 12, (x) => (x < 6 ? 0 : difference));
  expect(rows(edgesOf([faint(0.02)], options)).join("")).not.toContain("1");
  expect(rows(edgesOf([faint(0.3)], options)).join("")).toContain("1");
});

test("an edge in any one plane is an edge", () => {
  const options = { sigma: 0.8, steep: 0.2, least: 0.06, most: 0.25 };
  const even = plane(9, 9, () => 0);
  const step = plane(9, 9, (_, y) => (y < 4 ? -1 : 1));
  expect(rows(edgesOf([even, step, even], options))).toEqual(rows(edgesOf([step], options)));
});

test("the commonest of a neighbourhood swallows specks and keeps borders", () => {
  const halves = plane(8, 8, (x, y) => (x === 1 && y === 4 ? 2 : x < 4 ? 0 : 1));
  expect(rows(commonest(halves, 1, 3))).toEqual(Array(8).fill("00001111"));
  const counted = commonest(
    plane(3, 3, (x, y) => (x + y) % 3),
    1,
    3,
  );
  expect(counted.data[4]).toBe(0); // three of each: the smallest
});
