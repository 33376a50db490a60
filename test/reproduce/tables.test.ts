// Published tables made anew: every case can be trained, a trial is a function of its seed, and the page sets ours beside theirs.

import { describe, expect, test } from "vitest";
import { findDataset } from "../../src/data/index.ts";
import { parseMetrics } from "../../src/metrics/index.ts";
import { findRecipe, parseOption } from "../../src/recipes/index.ts";
import { meanAndError, type Reproduced, type Training, tablePage, tables } from "../../src/reproduce/index.node.ts";

describe.each(tables.map((table) => [table.name, table] as const))("%s", (_, table) => {
  test("has cases of different names, on sets and recipes that there are, with options that these take", () => {
    expect(new Set(table.cases.map(({ name }) => name)).size).toBe(table.cases.length);
    expect(findDataset(table.data.set), table.data.set).toBeDefined();
    for (const { training } of table.cases) {
      for (const full of [false, true]) {
        const { recipe, options, batch } = training(full) as unknown as Partial<Training>;
        if (recipe === undefined) continue; // a case of the data themselves
        for (const [key, value] of Object.entries(options!)) parseOption(key, findRecipe(recipe).options[key], value);
        expect(batch! % Number(options!.pack ?? 1)).toBe(0);
      }
    }
  });

  test("cites published figures of those that it has alone", () => {
    const names = table.figures.map(({ name }) => name);
    for (const { published } of table.cases) for (const key of Object.keys(published)) expect(names).toContain(key);
  });
});

test("the page has ours as mean ± standard error, with the published figures below", () => {
  const [table] = tables;
  const [{ name, training }] = table.cases;
  const result = (seed: number, modes: number): Reproduced => ({
    ...{ table: "ring", case: name, seed, full: false, training: training(false), minutes: 0.5 },
    figures: { modes, held: 7, good: 87.5, "reverse-kl": 0.25 },
  });
  const lines = tablePage(table, [result(1, 6), result(2, 8)], { full: false, pictured: [] }).split("\n");
  expect(lines).toContain("| GAN | 7 ± 1 | 7 ± 0 | 87.5 ± 0 | 0.25 ± 0 | 2 | 0.50 |");
  expect(lines).toContain("| published | 6.3 ± 0.5 |  | 98.2 ± 0.2 | 0.45 ± 0.09 |  |  |");
  expect(lines).toContain("| LSGAN | not yet | not yet | not yet | not yet | 0 |  |");
  const pictured = tablePage(table, [], { full: true, pictured: ["WGAN-GP"] });
  expect(pictured).toContain("![what WGAN-GP makes](ring-full/wgan-gp.png)");
  expect(meanAndError([1, 2, 3, 6])).toBe("3 ± 1.1"); // √(14/3)/2
});

test("high quality is counted in per cent, as the published figures are", async () => {
  const { centres, sigma } = findDataset("ring")!.mixture!;
  const [{ metric, options }] = parseMetrics("modes");
  const measuring = metric.begin(
    {
      ...{ kind: "points", shape: [2], counts: { real: 0, made: 40 }, labels: [], seed: 1 },
      modes: { centres, sigma },
    },
    options,
  );
  const [x, y] = centres[0];
  const points = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? [9, 9] : [x, y]));
  measuring.add("made", { count: 40, values: Float32Array.from(points.flat()) });
  expect((await measuring.finish()).figures.good.value).toBe(75);
});
