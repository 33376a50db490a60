import { describe, expect, test } from "vitest";
import type { Raster } from "./raster.ts";
import { scatterPlot } from "./scatter.ts";

/** The colours present, by name, and where the centre of each one's pixels lies, as fractions of the picture. */
function centres({ width, height, data }: Raster): Record<string, [x: number, y: number]> {
  const sums = new Map<string, [x: number, y: number, n: number]>();
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = data.subarray(3 * i, 3 * i + 3);
    const name = r === 255 && g === 255 ? "white" : r === g ? "grey" : r > b ? "orange" : "blue";
    const [x, y, n] = sums.get(name) ?? [0, 0, 0];
    sums.set(name, [x + ((i % width) + 0.5) / width, y + (Math.floor(i / width) + 0.5) / height, n + 1]);
  }
  return Object.fromEntries([...sums].map(([name, [x, y, n]]) => [name, [x / n, y / n]]));
}

describe("scatterPlot", () => {
  test("draws points where they are, y upwards, over the reference", () => {
    const plot = scatterPlot(Float32Array.from([1, 1]), Float32Array.from([-1, 0]), { size: 200, range: 2 });
    expect([plot.width, plot.height, plot.channels, plot.data.length]).toEqual([200, 200, 3, 120_000]);
    const { blue, grey, orange } = centres(plot);
    expect(blue[0]).toBeCloseTo(0.75, 1);
    expect(blue[1]).toBeCloseTo(0.25, 1);
    expect(grey[0]).toBeCloseTo(0.25, 1);
    expect(grey[1]).toBeCloseTo(0.5, 1);
    expect(orange).toBeUndefined();
    const covered = centres(scatterPlot(Float32Array.from([1, 1]), Float32Array.from([1, 1]), { size: 200, range: 2 }));
    expect(Object.keys(covered).sort()).toEqual(["blue", "white"]);
  });

  test("draws points past the edge orange on it, and leaves out reference there and what is not finite", () => {
    const points = Float32Array.from([50, 0, Number.NaN, 0, 0, Number.POSITIVE_INFINITY]);
    const colours = centres(scatterPlot(points, Float32Array.from([0, 50]), { size: 200, range: 2 }));
    expect(Object.keys(colours).sort()).toEqual(["orange", "white"]);
    expect(colours.orange[0]).toBeGreaterThan(0.97);
    expect(colours.orange[1]).toBeCloseTo(0.5, 1);
  });

  test("shows the reference whole unless told a range, or the points without one", () => {
    const far = Float32Array.from([100, -100, -100, 100]);
    expect(Object.keys(centres(scatterPlot(Float32Array.from([0, 0]), far))).sort()).toEqual(["blue", "grey", "white"]);
    expect(Object.keys(centres(scatterPlot(far))).sort()).toEqual(["blue", "white"]);
    expect(Object.keys(centres(scatterPlot(Float32Array.from([0, 0])))).sort()).toEqual(["blue", "white"]);
  });
});
