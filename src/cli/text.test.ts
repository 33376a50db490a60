import { expect, test } from "vitest";
import { formatBytes, formatCount, formatDuration, formatTable, indent } from "./text.ts";

test.each([
  [0, "0s"],
  [59.4, "59s"],
  [59.6, "1m00s"],
  [80, "1m20s"],
  [7500, "2h05m"],
  [273_600, "3d04h"],
])("%d seconds read %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1_234_567, "1,234,567"],
])("%d reads %s", (value, text) => {
  expect(formatCount(value)).toBe(text);
});

test.each([
  [999, "999 bytes"],
  [40_100, "40.1 KB"],
  [12_300_000, "12.3 MB"],
  [9e12, "9000.0 GB"],
])("%d bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("a table's columns are as wide as their widest cells, numbers flush right", () => {
  const rows = [
    ["layer", "size"],
    ["a", "1"],
    ["longer", "12345"],
  ];
  expect(formatTable(rows, [1])).toBe("layer    size\na           1\nlonger  12345");
  expect(formatTable(rows)).toBe("layer   size\na       1\nlonger  12345");
});

test("indenting leaves empty lines empty", () => {
  expect(indent("a\n\nb")).toBe("  a\n\n  b");
});
