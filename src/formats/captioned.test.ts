import { describe, expect, test } from "vitest";
import { CHARACTER_WIDTH, drawText, LINE_HEIGHT } from "./bitmap-font.ts";
import { captionedGrid } from "./captioned.ts";
import { gridFromBatch } from "./raster.ts";

const picture = (height: number, width: number, value: number) => new Float32Array(height * width).fill(value);

describe("captionedGrid", () => {
  test("is the plain grid where nothing is written and pictures are wide enough", () => {
    const batch = Float32Array.from([...picture(4, 80, -1), ...picture(4, 80, 0.5), ...picture(4, 80, 1)]);
    const options = { columns: 2, padding: 3 };
    expect(captionedGrid(batch, [3, 1, 4, 80], [], options)).toEqual(gridFromBatch(batch, [3, 1, 4, 80], options));
  });

  test("puts each picture over the middle of its lines", () => {
    const batch = Float32Array.from([...picture(3, 4, 1), ...picture(3, 4, -1)]);
    const grid = captionedGrid(batch, [2, 1, 3, 4], ["a cat", "a dog that barks"], { columns: 2, padding: 1 });
    const cell = 13 * CHARACTER_WIDTH;
    expect([grid.width, grid.height]).toEqual([2 * cell + 3, 2 + 3 + 2 * LINE_HEIGHT]);
    const row = (y: number, from: number, to: number) => [
      ...grid.data.subarray(y * grid.width + from, y * grid.width + to),
    ];
    for (let y = 1; y < 4; y++) {
      expect(row(y, 1 + 36, 1 + 42)).toEqual([128, 255, 255, 255, 255, 128]);
      expect(row(y, 2 + cell + 36, 2 + cell + 42)).toEqual([128, 0, 0, 0, 0, 128]);
    }
    // The lines of the second caption, drawn alone at the same place, are what stands there.
    const alone = { ...grid, data: new Uint8Array(grid.data.length).fill(128) };
    drawText(alone, "a dog that", 2 + cell + 9, 1 + 3 + 2);
    drawText(alone, "barks", 2 + cell + 24, 1 + 3 + 2 + LINE_HEIGHT);
    for (let y = 4; y < grid.height; y++) {
      expect(row(y, 2 + cell, grid.width)).toEqual([
        ...alone.data.subarray(y * grid.width + 2 + cell, (y + 1) * grid.width),
      ]);
    }
    expect(row(6, 1, 1 + cell)).toContain(0);
  });

  test("keeps the channels apart, and writes in black", () => {
    const batch = Float32Array.from([...picture(2, 80, 1), ...picture(2, 80, -1), ...picture(2, 80, 0)]);
    const grid = captionedGrid(batch, [1, 3, 2, 80], ["|"], { padding: 0 });
    expect([...grid.data.subarray(0, 3)]).toEqual([255, 0, 128]);
    const inked = [...grid.data.subarray(3 * 80 * 4)].filter((value) => value === 0);
    expect(inked).toHaveLength(3 * 7);
  });

  test("gives a caption no more lines than allowed", () => {
    const text = "many words that go on and on and on";
    const height = (lines: number) =>
      captionedGrid(picture(2, 2, 0), [1, 1, 2, 2], [text], { lines, padding: 0 }).height;
    expect([height(1), height(2), height(9)]).toEqual([2 + LINE_HEIGHT, 2 + 2 * LINE_HEIGHT, 2 + 4 * LINE_HEIGHT]);
  });

  test("refuses what is no batch of pictures", () => {
    expect(() => captionedGrid(new Float32Array(8), [1, 2, 2, 2], ["x"])).toThrow(
      "must have 1, 3 or 4 channels, got 2",
    );
  });
});
