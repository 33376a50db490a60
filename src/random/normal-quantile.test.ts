import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { normalQuantile } from "./normal-quantile.ts";

test("gives the published percentage points", () => {
  const published = [
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
    [1e-5, -4.264890793922825],
    [1e-10, -6.361340902404056],
    [1e-20, -9.262340089798409], // Wichura's own check
  ];
  for (const [p, z] of published) expectClose(normalQuantile(p), z, { atol: 1e-13 });
});

test("is the inverse of the distribution function, across all its parts", () => {
  // Φ(z) = ½ + ∫₀ᶻ φ by Simpson's rule
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const area = (z: number, parts = 2000) => {
    const h = z / parts;
    let sum = density(0) + density(z);
    for (let i = 1; i < parts; i++) sum += (i % 2 === 1 ? 4 : 2) * density(i * h);
    return 0.5 + (sum * h) / 3;
  };
  for (let z = -5; z <= 5; z += 0.05) expectClose(normalQuantile(area(z)), z, { atol: 2e-9 });
});

test("is odd about a half, and without end at the ends", () => {
  for (const p of [0.001, 0.07, 0.0751, 0.3, 2 ** -40]) {
    expectClose(normalQuantile(1 - p), -normalQuantile(p), { atol: 1e-3 * p + 1e-12 });
  }
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
});
