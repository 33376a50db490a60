import { describe, expect, test } from "vitest";
import { measureFeatures } from "../../test/metrics/of-features.ts";
import { stream } from "../random/index.ts";
import type { MakingInput, Sampler } from "../train/index.ts";
import { fid } from "./fid.ts";
import { asChosen, measure, type Samples } from "./index.ts";
import { madeSamples } from "./samples.ts";
import { sobolLatent } from "./sobol-latent.ts";

const z = (size: number, source: MakingInput["source"] = { kind: "normal" }): MakingInput => ({
  ...{ name: "z", shape: [size], source },
});

/** A sampler of these inputs whose samples are z itself. */
function samplerOf(...inputs: MakingInput[]): Sampler {
  const sizes = new Map(inputs.map(({ name, shape }) => [name, shape[0]]));
  return {
    sample: inputs[0].shape,
    inputs,
    generate: async ({ z }) => z,
    latent: (count, seed, start = 0) =>
      Object.fromEntries(
        [...sizes].map(([name, size]) => {
          const values = new Float32Array(count * size);
          for (let i = 0; i < count; i++) {
            stream(seed, name, start + i).fillNormal(values.subarray(i * size, (i + 1) * size));
          }
          return [name, values];
        }),
      ),
    async close() {},
  };
}

describe("latent vectors of a scrambled Sobol sequence", () => {
  test("are one to each sixteenth of the distribution among any sixteen that begin at a multiple of it", () => {
    // The quartiles of N(0, 1) are ±0.67449; U(−1, 1) has its own in halves.
    const quarter = (value: number, edge: number) => [-edge, 0, edge].filter((at) => value >= at).length;
    for (const [source, edge] of [
      [{ kind: "normal" }, 0.6744897501960817],
      [{ kind: "uniform", low: -1, high: 1 }, 0.5],
    ] as const) {
      const { z: values } = sobolLatent(samplerOf(z(100, source)), 4)(16, 48);
      for (let k = 0; k < 100; k++) {
        const counts = [0, 0, 0, 0];
        for (let i = 0; i < 16; i++) counts[quarter(values[i * 100 + k], edge)]++;
        expect(counts).toEqual([4, 4, 4, 4]);
      }
    }
  });

  test("are the same of the same seed, in any batches, and others of another", () => {
    const draw = sobolLatent(samplerOf(z(5)), 4);
    const whole = draw(40, 0).z;
    expect([...draw(8, 0).z, ...draw(32, 8).z]).toEqual([...whole]);
    expect([...sobolLatent(samplerOf(z(5)), 4)(40, 0).z]).toEqual([...whole]);
    expect([...sobolLatent(samplerOf(z(5)), 5)(40, 0).z]).not.toEqual([...whole]);
    expect(draw(4, 2 ** 31).z.every(Number.isFinite)).toBe(true);
  });

  test("leave other noise as it is, and are refused where there are none, or more dimensions than the sequence has", () => {
    const sampler = samplerOf(z(2), { name: "noise", shape: [3], source: { kind: "normal" } });
    expect(sobolLatent(sampler, 4)(4, 8).noise).toEqual(sampler.latent(4, 4, 8).noise);
    const picture: MakingInput = { name: "a", shape: [4], source: { kind: "image", side: "a" } };
    expect(() => sobolLatent(samplerOf(picture), 1)).toThrow("--latent: sobol is for generators of latent vectors");
    expect(() => sobolLatent(samplerOf(z(257)), 1)).toThrow("--latent: sobol has 256 dimensions, and z has 257.");
  });
});

test("a figure's protocol says that they were drawn so", async () => {
  const dataset = {
    spec: "none",
    kind: "points",
    shape: [2],
    count: 100,
    classes: [],
    fingerprint: "",
    problems: [],
  } as const;
  const unread = { ...dataset, read: () => Promise.reject(new Error("not asked for")), close: async () => {} };
  const sampler = samplerOf(z(2));
  const real: Samples = {
    count: 100,
    shape: [2],
    read: async (start, n) => ({ values: sampler.latent(n, 1, start).z }),
  };
  const options = { metrics: [asChosen(fid)], real, kind: "points", labels: [], seed: 1 } as const;
  const protocols: string[] = [];
  for (const latent of ["independent", "sobol"] as const) {
    const made = madeSamples(sampler, unread, { seed: 1, count: 100 }, latent);
    protocols.push((await measure({ ...options, made }))[0].protocol);
  }
  expect(protocols[0]).not.toContain("Sobol");
  expect(protocols[1]).toBe(
    `${protocols[0]}; latent vectors of a scrambled Sobol sequence, intervals as of independent ones`,
  );
});

test("FID of a curved generator varies less from seed to seed, about the same mean", async () => {
  const [zSize, d, n, repeats] = [8, 6, 1024, 80];
  const weights = stream(1, "W").fillNormal(new Float32Array(zSize * d), 0, 1 / Math.sqrt(zSize));
  const real = stream(2, "real").fillNormal(new Float32Array(5000 * d));
  const made = (latent: Float32Array) => {
    const features = new Float32Array((latent.length / zSize) * d);
    for (let i = 0; i < features.length; i++) {
      const [sample, k] = [Math.floor(i / d), i % d];
      let sum = 0;
      for (let j = 0; j < zSize; j++) sum += weights[k * zSize + j] * latent[sample * zSize + j];
      features[i] = Math.tanh(2 * sum);
    }
    return features;
  };
  const sampler = samplerOf(z(zSize));
  const moments = async (draw: (seed: number) => Float32Array) => {
    const values: number[] = [];
    for (let seed = 0; seed < repeats; seed++) {
      values.push((await measureFeatures(fid, { real, made: made(draw(seed)), d })).figures.fid.value);
    }
    const mean = values.reduce((sum, value) => sum + value / repeats, 0);
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2 / (repeats - 1), 0) };
  };
  const independent = await moments((seed) => sampler.latent(n, seed).z);
  const even = await moments((seed) => sobolLatent(sampler, seed)(n, 0).z);
  expect(independent.variance / even.variance).toBeGreaterThan(2.04); // 99.9 % of F with 79 and 79 degrees of freedom
  // The bias of FID by having few samples, about (d + d(d + 1)/4)/n = 0.016, is all that may go.
  const error = Math.sqrt((independent.variance + even.variance) / repeats);
  expect(even.mean - independent.mean).toBeLessThan(4 * error);
  expect(even.mean - independent.mean).toBeGreaterThan(-0.016 - 4 * error);
});
