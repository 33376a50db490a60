// What metrics keep of the samples that they have seen, counted in bytes after the garbage is gone.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { asChosen, type Metric, metrics } from "../../src/metrics/index.ts";
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
