import { describe, expect, test } from "vitest";
import { grid } from "./grid.ts";
import { moons } from "./moons.ts";
import { ring } from "./ring.ts";
import { swissRoll } from "./swiss-roll.ts";

const COUNT = 8000;
const sample = async (source: typeof ring) => source.open({ seed: 3 }).read(Array.from({ length: COUNT }, (_, i) => i));

describe.each([
  { source: ring, modes: 8, farthest: 2000 / 1414, sigma: 20 / 1414 },
  { source: grid, modes: 25, farthest: 4 / 2.828, sigma: 0.05 / 2.828 },
])("$source.name", ({ source, modes, farthest, sigma }) => {
  test("is an equal mixture of Gaussians of the paper's places and width, labelled by Gaussian", async () => {
    const { centres } = source.mixture!;
    expect([centres.length, source.classes.length]).toEqual([modes, modes]);
    expect(Math.max(...centres.map(([x]) => x))).toBeCloseTo(farthest, 6);
    const { values, labels } = await sample(source);
    const counts = new Float64Array(modes);
    let squares = 0;
    for (let i = 0; i < COUNT; i++) {
      const [x, y] = centres[labels[i]];
      squares += (values[2 * i] - x) ** 2 + (values[2 * i + 1] - y) ** 2;
      counts[labels[i]]++;
    }
    expect(Math.sqrt(squares / (2 * COUNT)) / sigma).toBeCloseTo(1, 1);
    const expected = COUNT / modes;
    for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });
});

test("swiss-roll: the distance from the middle grows with the angle, from 1.5π to 4.5π over 7.5", async () => {
  const { values, labels } = await sample(swissRoll);
  let squares = 0;
  for (let i = 0; i < COUNT; i++) {
    const radius = 7.5 * Math.hypot(values[2 * i], values[2 * i + 1]); // = t, plus noise
    expect(radius).toBeGreaterThan(1.5 * Math.PI - 1.5);
    expect(radius).toBeLessThan(4.5 * Math.PI + 1.5);
    const angle = Math.atan2(values[2 * i + 1], values[2 * i]);
    const turns = Math.round((radius - angle) / (2 * Math.PI));
    squares += (radius - angle - turns * 2 * Math.PI) ** 2;
    expect(labels[i]).toBe(-1);
  }
  expect(Math.abs(Math.sqrt(squares / COUNT) - 0.25)).toBeLessThan(0.02); // noise along the radius, a little along the arc
});

test("moons: two half circles of radius 1, labelled, centred on the origin", async () => {
  const { values, labels } = await sample(moons);
  const mean = [0, 0];
  for (let i = 0; i < COUNT; i++) {
    const [x, y] = [values[2 * i], values[2 * i + 1]];
    const centre = labels[i] === 0 ? [-0.5, -0.25] : [0.5, 0.25];
    expect(Math.abs(Math.hypot(x - centre[0], y - centre[1]) - 1)).toBeLessThan(0.3);
    expect(labels[i] === 0 ? y - centre[1] : centre[1] - y).toBeGreaterThan(-0.3);
    mean[0] += x / COUNT;
    mean[1] += y / COUNT;
  }
  for (const value of mean) expect(Math.abs(value)).toBeLessThan(0.06);
});
