// What metrics keep of the samples that they have seen, counted in bytes after the garbage is gone.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import {
  asChosen,
  type Extractor,
  type Metric,
  measure,
  metrics,
  parseMetrics,
  type RealMemory,
  type Samples,
} from "../../src/metrics/index.ts";
import { stream } from "../../src/random/index.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Bytes in arrays that are still in use; their memory is given back a while after the garbage is found. */
async function bytesInArrays(): Promise<number> {
  for (let time = 0; time < 4; time++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().arrayBuffers;
}

const BATCH = 128;
const MIB = 2 ** 20;

/** Bytes kept of `count` samples of each side with `size` features. */
async function keptOf(metric: Metric, count: number, size: number): Promise<number> {
  const { options } = asChosen(metric);
  const counts = { real: 50_000, made: 50_000 };
  const random = stream(1, "memory", metric.name);
  const before = await bytesInArrays();
  const measuring = metric.begin(
    { kind: "images", shape: [1, 4, 4], counts, labels: [], features: size, classes: ["a", "b"], seed: 1 },
    options,
  );
  for (let done = 0; done < count; done += BATCH) {
    for (const side of ["real", "made"] as const) {
      if (side === "real" && !metric.compares) continue;
      const features = random.fillNormal(new Float32Array(BATCH * size));
      measuring.add(side, {
        count: BATCH,
        values: new Float32Array(BATCH * 16),
        features,
        logits: features.slice(0, BATCH * 2),
      });
    }
  }
  const kept = (await bytesInArrays()) - before;
  expect(measuring).toBeDefined(); // alive until here
  return kept;
}

const seeing = metrics.filter(
  ({ of, needs }) =>
    of.includes("images") && needs.length > 0 && needs.every((need) => need === "features" || need === "logits"),
);

test("FID keeps as much of 16,000 samples as of 2,000", async () => {
  const fid = metrics.find(({ name }) => name === "fid")!;
  expect(Math.abs((await keptOf(fid, 16_000, 64)) - (await keptOf(fid, 2000, 64)))).toBeLessThan(MIB / 4);
});

test.each(seeing.map((metric) => [metric.name, metric] as const))(
  "%s keeps less than 1 GiB of 50,000 samples of each side with 2,048 features",
  async (_, metric) => {
    const [some, more] = [BATCH, 2 * BATCH];
    const [few, many] = [await keptOf(metric, some, 2048), await keptOf(metric, more, 2048)];
    const perSample = Math.max(0, many - few) / (more - some);
    expect(few + (50_000 - some) * perSample).toBeLessThan(1024 * MIB);
  },
);

/** The most bytes kept while `count` samples of each side, and as many of the floor, are measured twice with the same real ones. */
async function mostOf(count: number, size: number): Promise<number> {
  const before = await bytesInArrays();
  let most = 0;
  /** Looks when the last samples are asked for: by then, all others have been told. */
  const samples = (): Samples => ({
    ...{ count, shape: [1, 4, 4] },
    async read(start, n) {
      if (start + n === count) most = Math.max(most, (await bytesInArrays()) - before);
      return { values: new Float32Array(n * 16) };
    },
  });
  const extractor: Extractor = {
    ...{ name: "blind", fingerprint: "0", features: size, protocol: "unseen" },
    extract: async (images) => ({ features: new Float32Array((images.length / 16) * size) }),
    async close() {},
  };
  const memory: RealMemory = { seen: new Map() };
  const [real, floor] = [samples(), samples()];
  const chosen = parseMetrics("precision-recall,kid:size=20:subsets=2");
  const common = { metrics: chosen, kind: "images", extractor, labels: [], seed: 1, batch: 25, memory } as const;
  for (let time = 0; time < 2; time++) {
    const measured = await measure({ ...common, real, made: samples(), floor });
    expect(measured.every((figure) => figure.floor !== undefined)).toBe(true);
  }
  return most;
}

test("measuring keeps less than 1 GiB of 50,000 samples of each side with 2,048 features and as many of the floor", async () => {
  const [some, more] = [100, 200];
  const [few, many] = [await mostOf(some, 2048), await mostOf(more, 2048)];
  const perSample = (many - few) / (more - some);
  expect(perSample).toBeGreaterThan(1.8 * 4 * 2048); // real ones and made ones
  expect(few + (50_000 - some) * perSample).toBeLessThan(1024 * MIB);
});
