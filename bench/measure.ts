// A process that measures one thing and prints it as JSON, so that its memory is its own:
//   measure.js step WORKLOAD THREADS ITERATIONS    the training step, timed as torch_steps.py times its own
//   measure.js sgemm THREADS                       GFLOP/s of a large matrix product through onnxruntime

import { flopsOf, input, sizeOf } from "../src/graph/index.ts";
import { lower, writeOnnx } from "../src/onnx/index.ts";
import { stream } from "../src/random/index.ts";
import { cpu } from "../src/runtime/index.node.ts";
import { compileStep, fillFeeds, initialState, METRICS } from "../src/train/index.ts";
import { engineVersion } from "./machine.ts";
import { median, type OwnMeasurement, round } from "./measurement.ts";
import { type Workload, workloads } from "./workloads.ts";

const SEED = 1;
/** Steps before the timed ones, as in torch_steps.py. */
const WARM_UP = 2;

async function measureStep(workload: Workload, threads: number, iterations: number): Promise<OwnMeasurement> {
  const { name, batch, sample } = workload;
  const lowering = await cpu.lowering();
  const compiling = performance.now();
  const compiled = compileStep({ ...stepOf(workload), lowering });
  const loading = performance.now();
  const session = await cpu.load(compiled.program, { threads });
  const loaded = performance.now();
  await session.writeState(initialState(compiled.state, SEED));
  const x = stream(SEED, "x").fillNormal(new Float32Array(batch * sizeOf(sample)));
  for (let i = 0; i < x.length; i++) x[i] = Math.max(-1, Math.min(1, x[i]));

  let firstStepMs = 0;
  const times: number[] = [];
  for (let iteration = 0; iteration < iterations + WARM_UP; iteration++) {
    const start = performance.now();
    const feeds = await fillFeeds(compiled.feeds, { seed: SEED, iteration }, async () => ({ x }));
    const numbers = (await session.run(feeds))[METRICS];
    const end = performance.now();
    if (!numbers.every(Number.isFinite)) throw new Error(`${name}: step ${iteration + 1} gave ${numbers.join(", ")}`);
    if (iteration === 0) firstStepMs = end; // the clock began with the process
    if (iteration >= WARM_UP) times.push(end - start);
  }
  await session.close();
  const medianMs = median(times);
  return {
    workload: name,
    framework: `ganforge, onnxruntime ${engineVersion()}`,
    threads,
    batch,
    medianMs: round(medianMs, 2),
    minMs: round(Math.min(...times), 2),
    imagesPerSecond: round((1000 * batch) / medianMs, 1),
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    gflop: round(compiled.flops / 1e9, 3),
    compileMs: round(loading - compiling, 0),
    sessionMs: round(loaded - loading, 0),
    firstStepMs: round(firstStepMs, 0),
  };
}

const stepOf = ({ recipe, batch, sample }: Workload) =>
  ({ recipe, options: {}, data: { kind: "images", sample, classes: [] }, batch, ema: 0 }) as const;

/** The best of several products of two matrices [n, n], in GFLOP/s. */
async function measureSgemm(threads: number): Promise<{ gflops: number }> {
  const n = 2048;
  const runs = 12;
  const x = input("x", [n, n]);
  const product = x.matmul(input("w", [n, n])); // as state, it is written where it stays: nothing but the product is timed
  const session = await cpu.load(
    {
      model: writeOnnx(lower({ "next/w": product })),
      state: [{ input: "w", output: "next/w", shape: [n, n] }],
      feeds: [{ name: "x", shape: [n, n] }],
      fetches: [],
    },
    { threads },
  );
  const random = (name: string) => stream(SEED, name).fillNormal(new Float32Array(n * n), 0, 1 / Math.sqrt(n));
  const feeds = { x: random("x") };
  await session.writeState({ w: random("w") });
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await session.run(feeds);
    best = Math.min(best, performance.now() - start);
  }
  await session.close();
  return { gflops: round(flopsOf(product) / best / 1e6, 1) };
}

const [what, ...given] = process.argv.slice(2);
if (what === "sgemm") {
  console.log(JSON.stringify(await measureSgemm(Number(given[0]))));
} else {
  const [name, threads, iterations] = given;
  const workload = workloads.find((each) => each.name === name)!;
  console.log(JSON.stringify(await measureStep(workload, Number(threads), Number(iterations))));
}
