// What several steps in one run of the engine save, and what their program costs: small trainings on every device that works here.

import { type Dataset, findDataset, formOf } from "../src/data/index.ts";
import { completeOptions, findRecipe, type OptionValue } from "../src/recipes/index.ts";
import { type Backend, backends, cpu, examine } from "../src/runtime/index.node.ts";
import { compileStep, compileVariants, initialState, openStreams, Steps } from "../src/train/index.ts";
import { milliseconds, pair, table } from "./markdown.ts";
import { median } from "./measurement.ts";

/** Steps in one run; a driver in software takes minutes to compile the shaders of many. */
const SIZES = [1, 4, 16];
const SIZES_ELSEWHERE = [1, 4];

interface Work {
  readonly name: string;
  readonly recipe: string;
  readonly data: string;
  readonly size?: number;
  readonly batch: number;
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Steps timed. */
  readonly steps: number;
}

const works: readonly Work[] = [
  { name: "vanilla on ring, batch 256", recipe: "vanilla", data: "ring", batch: 256, options: {}, steps: 1600 },
  {
    ...{ name: "dcgan on 16 × 16 glyphs, width 8, batch 16", recipe: "dcgan", data: "glyphs", size: 16, batch: 16 },
    ...{ options: { width: 8 }, steps: 800 },
  },
];

/** Small enough for a driver in software. */
const elsewhere: Work = {
  ...{ name: "vanilla on ring, 8 units, batch 8", recipe: "vanilla", data: "ring", batch: 8, steps: 48 },
  options: { hiddenG: [8], hiddenD: [8] },
};

/** One training, a number of steps at a time. */
async function begin({ recipe: name, batch, ...work }: Work, data: Dataset, backend: Backend, perRun: number) {
  const recipe = findRecipe(name);
  const options = completeOptions(recipe, work.options);
  const lowering = await backend.lowering();
  const step = { recipe, options, data: formOf(data), batch, ema: 0, lowering };
  const compile = compileVariants((iteration) => compileStep({ ...step, iteration }));
  const state = initialState(compile(0).state, 1);
  const steps = new Steps(compile, backend, { threads: 1, seed: 1, iteration: 0, state, perRun });
  const streams = await openStreams(data, { batch, seed: 1, flip: false, positions: steps.positions });
  const run = async () => {
    const begun = performance.now();
    await steps.next(streams, perRun);
    return performance.now() - begun;
  };
  return { perRun, first: await run(), times: [] as number[], run, steps, streams };
}

/** Measures all sizes in turn, a run of each at a time, and gives their table. */
export async function measurePacks(): Promise<string> {
  const rows: string[][] = [];
  for (const backend of backends.toReversed()) {
    if (backend !== cpu && !(await examine(backend)).works) continue;
    const sizes = backend.device === "cpu" ? SIZES : SIZES_ELSEWHERE;
    const most = sizes[sizes.length - 1];
    for (const work of backend.device === "cpu" ? works : [elsewhere]) {
      const data = findDataset(work.data)!.open({ seed: 1, ...(work.size && { size: work.size }) });
      const all = [];
      for (const perRun of sizes) all.push(await begin(work, data, backend, perRun));
      for (let made = 0; made < work.steps; made += most) {
        for (const each of all) {
          // As many steps of each, so that whatever else the machine does meets all alike.
          for (let k = 0; k < most; k += each.perRun) each.times.push((await each.run()) / each.perRun);
        }
      }
      for (const { perRun, first, times, steps, streams } of all) {
        rows.push([
          ...[work.name, backend.device, `${perRun}`],
          pair(Math.min(...times), median(times), (ms) => ms.toFixed(2)),
          milliseconds(first),
        ]);
        await steps.close();
        await streams.close();
      }
      console.error(`${work.name}, ${backend.device}: measured`);
    }
  }
  const header = ["training", "device", "steps in one run", "ms a step", "until the first has run, ms"];
  return ["Minimum / median of a step, one thread of the cpu device, in turn.", table([header, ...rows], 2)].join(
    "\n\n",
  );
}
