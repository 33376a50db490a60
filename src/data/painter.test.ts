import { expect, test } from "vitest";
import {
  blend,
  box,
  canvas,
  common,
  develop,
  disc,
  ellipse,
  hsv,
  line,
  outline,
  paint,
  placed,
  polygon,
  regular,
  type Shape,
  star,
  stripe,
  union,
  without,
} from "./painter.ts";

/** The area that a white shape covers of a black picture, its origin in the middle. */
function areaOf(shape: Shape, size = 128): number {
  const picture = canvas(size, [0, 0, 0]);
  paint(picture, placed(shape, { x: 0.5, y: 0.5 }), [1, 1, 1]);
  return picture.pixels.subarray(0, size * size).reduce((sum, value) => sum + value, 0) / size ** 2;
}

const SHAPES: Readonly<Record<string, readonly [shape: Shape, area: number]>> = {
  disc: [disc(0.3), Math.PI * 0.09],
  ellipse: [ellipse(0.4, 0.2), Math.PI * 0.08],
  box: [box(0.3, 0.1), 0.12],
  "rounded box": [box(0.3, 0.2, 0.1), 0.24 - (4 - Math.PI) * 0.01],
  polygon: [polygon([-0.3, 0.2, 0.4, 0.2, 0, -0.3]), 0.5 * 0.7 * 0.5],
  "hollow polygon": [polygon([-0.3, -0.3, 0.3, -0.3, 0, 0, 0.3, 0.3, -0.3, 0.3]), 0.36 - 0.09],
  line: [line([-0.3, 0, 0.3, 0], 0.1), 0.06 + Math.PI * 0.0025],
  "regular polygon": [regular(6, 0.4), 1.5 * Math.sqrt(3) * 0.16],
  star: [star(5, 0.45, 0.5), 5 * 0.45 ** 2 * 0.5 * Math.sin(Math.PI / 5)],
  "turned and enlarged": [placed(box(0.1, 0.05), { x: 0, y: 0, scale: 3, turn: 0.7 }), 0.18],
  union: [union(placed(disc(0.1), { x: -0.2, y: 0 }), placed(disc(0.1), { x: 0.2, y: 0 })), Math.PI * 0.02],
  common: [common(box(0.4, 0.1), box(0.1, 0.4)), 0.04],
  without: [without(disc(0.4), disc(0.2)), Math.PI * 0.12],
  outline: [outline(disc(0.3), 0.03), 2 * Math.PI * 0.3 * 0.03],
};

test.each(Object.entries(SHAPES))("%s covers its area", (_, [shape, area]) => {
  expect(Math.abs(areaOf(shape) / area - 1)).toBeLessThan(0.01);
});

test.each(Object.entries(SHAPES))("%s is never nearer than its distance tells", (_, [shape]) => {
  const grid = Array.from({ length: 61 * 61 }, (_, i) => [(i % 61) / 60 - 0.5, Math.floor(i / 61) / 60 - 0.5] as const);
  const inside = grid.filter(([x, y]) => shape(x, y) <= 0);
  expect(inside.length).toBeGreaterThan(20);
  for (let i = 0; i < grid.length; i += 7) {
    const [x, y] = grid[i];
    const distance = shape(x, y);
    if (distance <= 0) continue;
    const nearest = Math.min(...inside.map(([a, b]) => Math.hypot(a - x, b - y)));
    expect(distance).toBeLessThanOrEqual(nearest + 1e-12);
  }
});

test("distances are exact where that can be said by hand", () => {
  expect(disc(1)(3, 4)).toBeCloseTo(4, 12);
  expect(box(1, 2)(4, 6)).toBeCloseTo(5, 12);
  expect(box(1, 2)(0.5, 0)).toBeCloseTo(-0.5, 12);
  expect(line([0, 0, 10, 0, 10, 5], 2)(13, 3)).toBeCloseTo(2, 12);
  expect(polygon([0, 0, 10, 0, 10, 10, 0, 10])(5, 3)).toBeCloseTo(-3, 12);
  expect(ellipse(2, 1)(0, 3)).toBeCloseTo(2, 12);
  expect(placed(disc(1), { x: 1, y: 1, scale: 2 })(1, 6)).toBeCloseTo(3, 12);
});

test("shapes turn clockwise, stars point up", () => {
  const pointer = placed(box(0.1, 0.5), { x: 0, y: 0 });
  const hand = placed(placed(pointer, { x: 0, y: -0.5 }), { x: 0, y: 0, turn: Math.PI / 2 }); // twelve o'clock to three
  expect(hand(0.5, 0)).toBeLessThan(0);
  expect(hand(-0.5, 0)).toBeGreaterThan(0);
  expect(star(5, 1, 0.5)(0, -0.95)).toBeLessThan(0);
  expect(star(5, 1, 0.5)(0, 0.95)).toBeGreaterThan(0);
});

test("a pixel that a shape half covers takes half of its colour, and later paint lies over earlier", () => {
  const picture = canvas(4, [0, 0, 1]);
  paint(picture, (x) => x - 0.375, [1, 0, 0]); // to the middle of the second column
  expect([...picture.pixels.subarray(0, 4)]).toEqual([1, 0.5, 0, 0]);
  expect([...picture.pixels.subarray(32, 36)]).toEqual([0, 0.5, 1, 1]);
  paint(
    picture,
    () => -1,
    (x, y) => [x, y, 0],
  );
  expect([...picture.pixels.subarray(0, 5)]).toEqual([0.125, 0.375, 0.625, 0.875, 0.125]);
});

test("stripes are half and half, each edge a pixel wide", () => {
  const turns = Array.from({ length: 800 }, (_, i) => (i + 0.5) / 100);
  for (const width of [2, 3.7, 10]) {
    const covers = turns.map((each) => stripe(each, width));
    expect(covers.reduce((sum, cover) => sum + cover, 0) / 800).toBeCloseTo(0.5, 3);
    expect([stripe(0.25, width), stripe(-0.25, width), stripe(0, width)]).toEqual([0, 1, 0.5]);
  }
  expect(stripe(0.45, 10)).toBeCloseTo(0, 12); // half a pixel before its edge
  expect(stripe(0.475, 10)).toBeCloseTo(0.25, 12);
});

test("colours by hue, saturation and value, and on the way between two", () => {
  expect(hsv(0, 1, 1)).toEqual([1, 0, 0]);
  expect(hsv(1 / 3, 1, 0.5).map((v) => Math.round(v * 1e9) / 1e9)).toEqual([0, 0.5, 0]);
  expect(hsv(-1 / 6, 1, 1).map((v) => Math.round(v * 1e9) / 1e9)).toEqual([1, 0, 1]);
  expect(hsv(0.77, 0, 0.3)).toEqual([0.3, 0.3, 0.3]);
  expect(blend([0, 0.5, 1], [1, 0.5, 0], 0.25)).toEqual([0.25, 0.5, 0.75]);
});

test("a picture becomes grey, RGB or opaque RGBA in [−1, 1]", () => {
  const picture = canvas(1, [1, 0.5, 0]);
  const developed = ([1, 3, 4] as const).map((channels) => {
    const out = new Float32Array(channels).fill(9);
    develop(picture, channels, out);
    return [...out];
  });
  expect(developed[0][0]).toBeCloseTo(2 * (0.299 + 0.2935) - 1, 6);
  expect(developed.slice(1)).toEqual([
    [1, 0, -1],
    [1, 0, -1, 1],
  ]);
});
