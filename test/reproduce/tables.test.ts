// Published tables made anew: every case can be trained, a trial is a function of its seed, and the page sets ours beside theirs.

import { describe, expect, test } from "vitest";
import { findDataset } from "../../src/data/index.ts";
import { findFigure, parseMetrics } from "../../src/metrics/index.ts";
import { findRecipe, parseOption } from "../../src/recipes/index.ts";
import {
  meanAndError,
  type Reproduced,
  runCase,
  type Table,
  tablePage,
  tables,
} from "../../src/reproduce/index.node.ts";

describe.each(tables.map((table) => [table.name, table] as const))("%s", (_, table) => {
  test("has cases of different names, on sets and recipes that there are, with options that these take", () => {
    expect(new Set(table.cases.map(({ name }) => name)).size).toBe(table.cases.length);
    for (const { data, training } of table.cases) {
      expect(findDataset(data), data).toBeDefined();
      for (const full of [false, true]) {
        const { recipe, options, batch } = training(full);
        for (const [key, value] of Object.entries(options)) parseOption(key, findRecipe(recipe).options[key], value);
        expect(batch % Number(options.pack ?? 1)).toBe(0);
      }
    }
  });

  test("asks for figures that its metrics give, and cites published ones of those alone", () => {
    const names = table.figures.map(({ name }) => name);
    for (const name of names) findFigure(name, parseMetrics(table.metrics), "figure");
    for (const { published } of table.cases) for (const key of Object.keys(published)) expect(names).toContain(key);
  });
});

/** The ring's table, with cases of five steps. */
const small: Table = {
  ...tables[0],
  count: 200,
  cases: tables[0].cases.slice(0, 2).map((each) => ({
    ...each,
    training: (full) => ({ ...each.training(full), steps: 5, batch: 8 }),
  })),
};

test("a trial is a function of its seed, and can be given up", async () => {
  const [first] = small.cases;
  const once = await runCase(small, first, { seed: 1, full: false, threads: 1 });
  const again = await runCase(small, first, { seed: 1, full: false, threads: 1 });
  const other = await runCase(small, first, { seed: 2, full: false, threads: 1 });
  expect(Object.keys(once!.figures)).toEqual(["modes", "held", "good", "reverse-kl"]);
  expect(again!.figures).toEqual(once!.figures);
  expect(other!.training).toEqual(once!.training);
  expect(await runCase(small, first, { seed: 1, full: false, threads: 1, shouldStop: () => true })).toBeUndefined();
});

test("the page has ours as mean ± standard error, with the published figures below", () => {
  const [{ name, training }] = small.cases;
  const result = (seed: number, modes: number): Reproduced => ({
    ...{ table: "ring", case: name, seed, full: false, training: training(false), minutes: 0.5 },
    figures: { modes, held: 7, good: 87.5, "reverse-kl": 0.25 },
  });
  const lines = tablePage(small, [result(1, 6), result(2, 8)], false).split("\n");
  expect(lines).toContain("| GAN | 7 ± 1 | 7 ± 0 | 87.5 ± 0 | 0.25 ± 0 | 2 | 0.50 |");
  expect(lines).toContain("| published | 6.3 ± 0.5 |  | 98.2 ± 0.2 | 0.45 ± 0.09 |  |  |");
  expect(lines).toContain("| LSGAN | not yet | not yet | not yet | not yet | 0 |  |");
  expect(meanAndError([1, 2, 3, 6])).toBe("3 ± 1.1"); // √(14/3)/2
});

test("high quality is counted in per cent, as the published figures are", async () => {
  const { centres, sigma } = findDataset("ring")!.mixture!;
  const [{ metric, options }] = parseMetrics(tables[0].metrics);
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
