import { describe, expect, test } from "vitest";
import { encodePng, gridFromBatch, type JsonObject } from "../formats/index.ts";
import { stream } from "../random/index.ts";
import { clearlyBest, comparisonPage } from "./comparison.ts";
import { type Measure, newestMeasures, readDiagnosis, readJudgements, readMeasures } from "./records.ts";
import { chosenPictures, type ReportedRun, runReport } from "./run-report.ts";

const png = encodePng(gridFromBatch(new Float32Array(64), [1, 1, 8, 8]));
const picture = { type: "image/png", bytes: png } as const;

const empty: ReportedRun = {
  name: "runs/empty",
  config: {
    ...{ recipe: "dcgan", options: { zDim: 100, loss: "non-saturating" }, data: "photos", flip: false, crop: "center" },
    ...{ batch: 8, seed: 1, steps: 100, device: "cpu", threads: 0, sampleEvery: 10, checkpointEvery: 10 },
    ...{ keepCheckpoints: 5, ema: 0 },
  },
  data: { kind: "images", sample: [3, 32, 32], classes: [], count: 500, fingerprint: "files 500 abc" },
  versions: { ganforge: "0.1.0", node: "20" },
  ...{ metrics: [], pictures: [], pictureCount: 0, checkpoints: [], problems: [], measures: [], judgements: [] },
};

const measure: Measure = {
  ...{ step: 100, metric: "fid", figure: "fid", title: "FID", value: 12.5, interval: [12, 13], better: "lower" },
  ...{ floor: 1.5, extractor: "eyes 12ab", protocol: "5,000 against 5,000", seed: 1, count: 5000 },
};

const line = (step: number, values: JsonObject = {}): JsonObject => ({
  ...{ step, images: step * 8, epoch: 0, seconds: step / 10, imagesPerSecond: 80, "loss/D": 1, "loss/G": 2, ...values },
});

/** What in a page could run or fetch. */
const dangers = (page: string) =>
  page.match(
    /<script|<iframe|<link|<img(?![^>]*src="data:image)|\son\w+=|javascript:|@import|url\(|(?:src|href)="(?!data:image|#)/g,
  );

describe("a report", () => {
  test("of a run that has made nothing yet says so in every section", () => {
    const page = runReport(empty);
    for (const text of ["before its first step", "holds no diagnosis", "Not measured yet", "No step has been made"]) {
      expect(page).toContain(text);
    }
    expect(page).toContain("ganforge evaluate runs/empty");
    expect(page).not.toContain("Judged by people");
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  test("holds options, curves, pictures, checkpoints, measures, diagnosis, judgements and problems", () => {
    const page = runReport({
      ...empty,
      metrics: [line(1), line(2, { "score/real": 0.5, "measure/fid": 20 })],
      real: picture,
      pictures: [1, 2].map((step) => ({ step, picture })),
      pictureCount: 9,
      checkpoints: [{ step: 2, bytes: 12_345_678 }],
      problems: [{ item: "a.jpg", reason: "cut off" }],
      measures: [{ ...measure, step: 1, value: 15 }, measure],
      diagnosis: [
        {
          ...{
            name: "mode-collapse",
            title: "Mode collapse",
            present: true,
            since: 1200,
            figure: "diversity",
            value: 0.2,
          },
          ...{ meaning: "Few different pictures.", advice: ["Try a pack."] },
        },
        { name: "divergence", title: "Divergence", present: false, meaning: "It grows.", advice: ["Lower the rate."] },
        {
          ...{ name: "overfitting", title: "Overfitting", present: false, needs: "a test part of photos" },
          ...{ meaning: "It knows by heart.", advice: ["More data."] },
        },
      ],
      judgements: [
        { kind: "one", sitting: 1, question: 1, truth: "made", by: "runs/empty", milliseconds: 250, answer: "real" },
      ],
    });
    for (const text of [
      "--z-dim",
      "non-saturating",
      "2 of 9 pictures",
      "12.3 MB",
      "a.jpg",
      "cut off",
      "12.5",
      "12 to 13",
    ]) {
      expect(page).toContain(text);
    }
    for (const text of ["present since step 1,200", "Few different pictures.", "Try a pack.", "not seen", "1 answer"]) {
      expect(page).toContain(text);
    }
    expect(page).toContain("not looked for");
    expect(page).toContain("It needs a test part of photos.");
    expect(page).not.toContain("It grows."); // what is not there needs no advice
    expect(page.match(/<img /g)).toHaveLength(3);
    // Losses, scores, images a second, the figure measured in training; the measure over two checkpoints.
    expect(page.match(/<svg class="gf-chart"/g)).toHaveLength(5);
    for (const [, id] of page.matchAll(/href="#(\w+)"/g)) expect(page).toContain(`<section id="${id}"`);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
    expect(dangers(page)).toBeNull();
  });

  test("keeps hostile names as text, wherever they come from", () => {
    const evil = `"'><script src=http://evil.example></script><img src=x onerror=alert(1)>\0`;
    const page = runReport({
      ...empty,
      name: evil,
      config: { ...empty.config, data: evil, options: { [evil]: evil } },
      data: { ...empty.data, classes: [evil], fingerprint: evil },
      versions: { [evil]: evil },
      metrics: [line(1, { [evil]: 1 }), line(2, { [`loss/${evil}`]: 1 })],
      problems: [{ item: evil, reason: evil }],
      measures: [{ ...measure, title: evil, protocol: evil, extractor: evil }],
      diagnosis: [{ name: evil, title: evil, present: true, figure: evil, value: 1, meaning: evil, advice: [evil] }],
      judgements: [{ kind: "one", sitting: 1, question: 1, truth: "made", by: evil, milliseconds: 1, answer: "real" }],
    });
    expect(page).toContain("&lt;script src=http://evil.example&gt;");
    // As text, `onerror=` is harmless: it stands after an escaped "<".
    expect(page.replaceAll("&lt;img src=x onerror=alert(1)&gt;", "").match(/<script|<img|\son\w+=/)).toBeNull();
    expect(page).not.toContain("\0");
  });

  test("of 100,000 steps is small, and is the same each time", () => {
    const noise = stream(1, "report").fillNormal(new Float32Array(400_000));
    const metrics = Array.from({ length: 100_000 }, (_, i) =>
      line(i + 1, { "loss/D": noise[i], "loss/G": noise[i + 100_000], "score/real": noise[i + 200_000] }),
    );
    const page = runReport({ ...empty, metrics });
    expect(page.length).toBeLessThan(100_000);
    expect(runReport({ ...empty, metrics })).toBe(page);
  });

  test("chooses the first, the last and evenly between of many pictures", () => {
    const steps = Array.from({ length: 1000 }, (_, i) => i);
    const chosen = chosenPictures(steps);
    expect(chosen).toHaveLength(24);
    expect([chosen[0], chosen.at(-1)]).toEqual([0, 999]);
    const gaps = chosen.slice(1).map((step, i) => step - chosen[i]);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    expect(chosenPictures([1, 2])).toEqual([1, 2]);
  });
});

describe("a comparison", () => {
  const run = (name: string, measures: readonly Measure[], options = {}) => ({
    ...{ ...empty, name, measures, config: { ...empty.config, ...options }, samples: { step: 100, picture } },
  });

  test("marks the best only where intervals do not overlap", () => {
    const of = (low: number, high: number, better: Measure["better"] = "lower", ideal?: number): Measure => ({
      ...{ ...measure, value: (low + high) / 2, interval: [low, high], better, ...(ideal !== undefined && { ideal }) },
    });
    const { interval: _, ...bare } = measure;
    expect(clearlyBest([of(5, 6), of(1, 2), of(3, 4)])).toBe(1);
    expect(clearlyBest([of(1, 3), of(2, 4)])).toBeUndefined();
    expect(clearlyBest([of(1, 2, "higher"), of(3, 4, "higher")])).toBe(1);
    expect(clearlyBest([of(0.1, 0.2, "target", 0.5), of(0.55, 0.6, "target", 0.5)])).toBe(1);
    expect(clearlyBest([of(0.1, 0.2, "target"), of(0.55, 0.6, "target")])).toBeUndefined();
    expect(clearlyBest([of(0.45, 0.46, "target", 0.5), of(0.4, 0.6, "target", 0.5)])).toBeUndefined();
    expect(clearlyBest([of(1, 2), bare])).toBeUndefined();
    expect(clearlyBest([of(1, 2), undefined])).toBeUndefined();
    expect(clearlyBest([of(1, 2), undefined, of(5, 6)])).toBe(0);
  });

  test("shows measures of one protocol in one row, samples, and what differs", () => {
    const page = comparisonPage([
      run("runs/a", [measure]),
      run("runs/b", [{ ...measure, value: 20, interval: [19, 21] }], { seed: 2 }),
      run("runs/<c>", [{ ...measure, extractor: "other eyes" }]),
    ]);
    expect(page).toContain('<span class="best">12.5 ✓ best</span>');
    expect(page.match(/✓ best/g)).toHaveLength(1);
    expect(page.match(/not measured/g)).toHaveLength(3); // c for the one extractor, a and b for the other
    expect(page).toContain("--seed");
    expect(page).not.toContain("--batch");
    expect(page.match(/<img /g)).toHaveLength(3);
    expect(dangers(page)).toBeNull();
  });

  test("draws each run's intervals over its checkpoints, and one line for what real samples score where runs agree", () => {
    const two = (floor: number) => [
      { ...measure, step: 50, value: 15, interval: [14, 16] as const, floor },
      { ...measure, floor },
    ];
    const levels = (page: string) => [...page.matchAll(/>(real against real [^<]*)</g)].map(([, name]) => name);
    const alike = comparisonPage([run("runs/a", two(1.5)), run("runs/b", two(1.5))]);
    expect(levels(alike)).toEqual(["real against real 1.5"]);
    expect(alike.match(/class="bar"/g)).toHaveLength(2);
    const apart = comparisonPage([run("runs/a", two(1.5)), run("runs/b", two(2))]);
    expect(levels(apart)).toEqual(["real against real 1.5 (runs/a)", "real against real 2 (runs/b)"]);
    const { floor: _, ...unknown } = measure;
    expect(levels(comparisonPage([run("runs/a", [{ ...unknown, step: 50 }, unknown]), run("runs/b", [])]))).toEqual([]);
  });

  test("of runs without measures or pictures says so", () => {
    const { samples: _, ...bare } = run("runs/a", []);
    const page = comparisonPage([bare, { ...bare, name: "runs/b" }]);
    for (const text of ["None of them has been measured", "has made no pictures yet", "Nothing: they were made"]) {
      expect(page).toContain(text);
    }
  });
});

describe("records", () => {
  test("measures are read as they are written; what is damaged is named by its line", () => {
    expect(readMeasures([measure as unknown as JsonObject])).toEqual([measure]);
    for (const [broken, says] of [
      [{ step: "1" }, "step"],
      [{ value: "12" }, "value"],
      [{ interval: [1] }, "interval"],
      [{ better: "more" }, "better"],
      [{ floor: "low" }, "floor"],
    ] as const) {
      const lines = [measure, { ...measure, ...broken }] as unknown as JsonObject[];
      expect(() => readMeasures(lines)).toThrow(new RegExp(`measures.jsonl: line 2: ${says}`));
    }
  });

  test("the newest of a figure is that of the latest step, and there the last; protocols are kept apart", () => {
    const early = { ...measure, step: 50, value: 30 };
    const again = { ...measure, value: 11 };
    const other = { ...measure, protocol: "100 against 100" };
    expect(newestMeasures([measure, early, again, other])).toEqual([again, other]);
  });

  test("a diagnosis must be a list of symptoms, judgements answers", () => {
    const entry = { name: "a", title: "A", present: true, meaning: "m", advice: ["x"] };
    expect(readDiagnosis([entry])).toEqual([entry]);
    expect(() => readDiagnosis({ ...entry })).toThrow("diagnosis.json: must be a list");
    expect(() => readDiagnosis([{ ...entry, advice: "x" }])).toThrow("diagnosis.json: entry 1: advice");
    expect(() => readDiagnosis([{ ...entry, needs: 1 }])).toThrow("diagnosis.json: entry 1: needs");
    expect(() => readJudgements([{ kind: "three" }])).toThrow("judgements.jsonl: line 1: kind");
    expect(() => readJudgements([{ kind: "one", sitting: 1 }])).toThrow("question");
  });
});
