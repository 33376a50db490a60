import { describe, expect, test } from "vitest";
import { CHARACTER_WIDTH, drawText, LINE_HEIGHT, wrapText } from "./bitmap-font.ts";
import type { Raster } from "./raster.ts";

const blank = (width: number, height: number, channels: 1 | 3 | 4 = 1): Raster => ({
  ...{ width, height, channels },
  data: new Uint8Array(width * height * channels).fill(128),
});

/** The first channel, as rows of "#" where there is ink. */
const looks = ({ width, height, channels, data }: Raster): string[] =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (data[(y * width + x) * channels] === 0 ? "#" : ".")).join(""),
  );

const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

describe("drawText", () => {
  test("writes a letter where it is told, and nothing around it", () => {
    const raster = blank(8, 9);
    drawText(raster, "R", 2, 1);
    expect(looks(raster)).toEqual([
      "........",
      "..####..",
      "..#...#.",
      "..#...#.",
      "..####..",
      "..#.#...",
      "..#..#..",
      "..#...#.",
      "........",
    ]);
  });

  test("has a shape of its own for each of the 95 printable characters, and only the space is empty", () => {
    const shapes = ASCII.map((character) => {
      const raster = blank(CHARACTER_WIDTH, LINE_HEIGHT);
      drawText(raster, character, 0, 0);
      return looks(raster).join("\n");
    });
    expect(new Set(shapes).size).toBe(95);
    expect(shapes.filter((shape) => !shape.includes("#"))).toHaveLength(1);
    for (const shape of shapes) {
      expect(shape.split("\n").map((row) => row[CHARACTER_WIDTH - 1])).toEqual(Array(LINE_HEIGHT).fill("."));
    }
  });

  test("writes characters one after another, and what it does not know as one question mark", () => {
    const [known, unknown] = [blank(18, 7), blank(18, 7)];
    drawText(known, "a?b", 0, 0);
    drawText(unknown, "a\u{1F600}b", 0, 0);
    expect(looks(unknown)).toEqual(looks(known));
    expect(looks(known)).not.toEqual(looks(blank(18, 7)));
  });

  test("leaves out what lies beyond the edges", () => {
    const [large, small] = [blank(20, 20), blank(6, 5)];
    drawText(large, "HW", 4, 6);
    drawText(small, "HW", 4 - 7, 6 - 8);
    expect(looks(small)).toEqual(
      looks(large)
        .slice(8, 13)
        .map((row) => row.slice(7, 13)),
    );
  });

  test("colours every channel alike, and is opaque", () => {
    const raster = blank(5, 7, 4);
    drawText(raster, "|", 0, 0, 250);
    expect([...raster.data.subarray(4 * 2, 4 * 3)]).toEqual([250, 250, 250, 255]);
    expect([...raster.data.subarray(0, 4)]).toEqual([128, 128, 128, 128]);
  });
});

describe("wrapText", () => {
  test("breaks between words, as late as it can", () => {
    expect(wrapText("a small red circle on the left", 12)).toEqual(["a small red", "circle on", "the left"]);
    expect(wrapText("  one\ttwo \n three ", 40)).toEqual(["one two three"]);
    expect(wrapText("exact fit", 9)).toEqual(["exact fit"]);
    expect(wrapText("", 5)).toEqual([]);
  });

  test("breaks words that are longer than a line", () => {
    expect(wrapText("an extraordinarily long", 6)).toEqual(["an", "extrao", "rdinar", "ily", "long"]);
  });

  test("cuts short what takes too many lines, and says so within the line", () => {
    expect(wrapText("one two three four", 5, 2)).toEqual(["one", "tw..."]);
    expect(wrapText("one two", 5, 2)).toEqual(["one", "two"]);
  });
});
