// A process that measures one thing and prints it as JSON, so that its memory is its own:
//   measure.js work WORKLOAD THREADS ITERATIONS    a training step, or a making of samples, timed as the scripts time PyTorch's
//   measure.js fed SOURCE SIZE THREADS STEPS       a training step with its pictures from memory or from files
//   measure.js sgemm THREADS                       GFLOP/s of a large matrix product through onnxruntime

import { flopsOf, input, sizeOf, topologicalOrder } from "../src/graph/index.ts";
import { lower, writeOnnx } from "../src/onnx/index.ts";
import { stream } from "../src/random/index.ts";
import { cpu } from "../src/runtime/index.node.ts";
import {
  arraysOfNetworks,
  beginDrawing,
  buildMaking,
  compileStep,
  drawBeside,
  fillFeeds,
  initialState,
  METRICS,
  openSampler,
} from "../src/train/index.node.ts";
import type { Source } from "./feeding.ts";
import { engineVersion } from "./machine.ts";
import { median, type OwnMeasurement, round } from "./measurement.ts";
import { findWorkload, type Workload } from "./workloads.ts";

const SEED = 1;
/** Steps, or batches of samples, before what is timed, as in torch_steps.py. */
const WARM_UP = 2;

/** What was found of a workload, before it is put in the form of torch_steps.py. */
interface Timed
  extends Pick<OwnMeasurement, "parameters" | "gflop" | "compileMs" | "sessionMs" | "readyMs" | "firstStepMs"> {
  readonly times: readonly number[];
}

async function timeSteps(workload: Workload, threads: number, iterations: number): Promise<Timed> {
  const { name, batch, recipe, options, data } = workload;
  const beginning = beginDrawing(drawBeside, arraysOfNetworks(recipe.networks(options, data)), SEED); // as a training does
  const lowering = await cpu.lowering();
  const compiling = performance.now();
  const compiled = compileStep({ recipe, options, data, batch, ema: 0, lowering });
  const loading = performance.now();
  const session = await cpu.load(compiled.program, { threads });
  const loaded = performance.now();
  await session.writeState(await beginning(compiled.state));
  const x = stream(SEED, "x").fillNormal(new Float32Array(batch * sizeOf(data.sample)));
  for (let i = 0; i < x.length; i++) x[i] = Math.max(-1, Math.min(1, x[i]));

  const readyMs = performance.now(); // the clock began with the process
  let firstStepMs = 0;
  const times: number[] = [];
  for (let iteration = 0; iteration < iterations + WARM_UP; iteration++) {
    const start = performance.now();
    const feeds = await fillFeeds(compiled.feeds, { seed: SEED, iteration }, async () => ({ x }));
    const numbers = (await session.run(feeds))[METRICS];
    const end = performance.now();
    if (!numbers.every(Number.isFinite)) throw new Error(`${name}: step ${iteration + 1} gave ${numbers.join(", ")}`);
    if (iteration === 0) firstStepMs = end;
    if (iteration >= WARM_UP) times.push(end - start);
  }
  await session.close();
  return {
    times,
    parameters: compiled.networks.reduce((sum, { parameters }) => sum + parameters, 0),
    gflop: compiled.flops / 1e9,
    compileMs: round(loading - compiling, 0),
    sessionMs: round(loaded - loading, 0),
    readyMs: round(readyMs, 0),
    firstStepMs,
  };
}

/** Makes samples as `ganforge sample` does, batch by batch, and drops them. */
async function timeSamples(
  { recipe, options, data, batch }: Workload,
  samples: number,
  threads: number,
  iterations: number,
): Promise<Timed> {
  const made = { recipe, options, data };
  const { image, arrays } = buildMaking(made, batch);
  const flops = topologicalOrder([image]).reduce((sum, node) => sum + flopsOf(node), 0);
  const weights = initialState(arrays, SEED);
  const sampler = await openSampler(made, { backend: cpu, threads, chunk: batch }, async () => weights);
  const make = async (start: number) => {
    const pictures = await sampler.generate(sampler.latent(Math.min(batch, samples - start), SEED, start));
    if (!Number.isFinite(pictures[0])) throw new Error(`sample ${start} is of ${pictures[0]}`);
  };

  await make(0);
  const firstStepMs = performance.now();
  for (let i = 1; i < WARM_UP; i++) await make(0);
  const times: number[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const start = performance.now();
    for (let from = 0; from < samples; from += batch) await make(from);
    times.push(performance.now() - start);
  }
  await sampler.close();
  return {
    times,
    parameters: arrays.find(({ name }) => name.endsWith(".parameters"))!.size,
    gflop: ((flops / 1e9) * samples) / batch,
    firstStepMs,
  };
}

async function measure(workload: Workload, threads: number, iterations: number): Promise<OwnMeasurement> {
  const { name, samples } = workload;
  const { times, gflop, firstStepMs, ...found } = await (samples === undefined
    ? timeSteps(workload, threads, iterations)
    : timeSamples(workload, samples, threads, iterations));
  const batch = samples ?? workload.batch;
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
    ...found,
    gflop: round(gflop, 3),
    firstStepMs: round(firstStepMs, 0),
  };
}

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
} else if (what === "fed") {
  const { timeFed } = await import("./feeding.ts"); // and with it what reads pictures, which no step waits for
  const [source, ...numbers] = given;
  const [size, threads, steps] = numbers.map(Number);
  console.log(JSON.stringify(await timeFed(source as Source, size, threads, steps)));
} else {
  const [name, threads, iterations] = given;
  console.log(JSON.stringify(await measure(findWorkload(name), Number(threads), Number(iterations))));
}
