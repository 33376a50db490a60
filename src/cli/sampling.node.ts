// New pictures from a run's generator, as grid, plot or folder. The same seed gives the same pictures: they are made on the CPU,
// whose numbers are the same on every run, in batches of one size.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { openDataset } from "../data/index.node.ts";
import { InputError } from "../errors/index.ts";
import { openGenerator, trainedGenerator } from "../export/index.ts";
import { encodePng, gridFromBatch } from "../formats/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { picture, type Sampler } from "../train/index.ts";
import { writeOut } from "./files.node.ts";
import { print, printJson } from "./output.node.ts";
import { loadCheckpoint, openRun, type Run } from "./run-folder.node.ts";

/** Images made in one run of the program. */
const CHUNK = 64;
/** The most pixels of a grid: it is held in memory as a whole. */
const MAX_GRID_PIXELS = 2 ** 26;

export interface SampleRequest {
  readonly run: string;
  readonly count: number;
  readonly seed: number;
  readonly out: string | undefined;
  readonly checkpoint: unknown;
  readonly ema: boolean;
  readonly json: boolean;
}

interface Destination {
  readonly count: number;
  readonly seed: number;
  readonly out: string;
}

/** Makes the pictures and prints where they are. */
export async function sampleRun({
  run,
  count,
  seed,
  out: path,
  checkpoint: at,
  ema,
  json,
}: SampleRequest): Promise<void> {
  const opened = await openRun(run);
  const checkpoint = await loadCheckpoint(opened, at);
  const generator = trainedGenerator(opened, checkpoint, { ema });
  const { config, folder } = opened;
  const { step } = checkpoint;
  const name = `${config.recipe}-step-${step}-seed-${seed}-count-${count}.png`;
  const out = path ?? join(folder, "exports", name);
  const sampler = await openGenerator(generator, { backend: cpu, chunk: CHUNK });
  try {
    const text = { Software: "ganforge", recipe: config.recipe, step: `${step}`, seed: `${seed}` };
    const points = await write(opened, sampler, { count, seed, out }, text);
    if (json) printJson({ run: folder, step, ema: generator.ema, count, seed, out, points });
    else print(`${count} samples of step ${step}${generator.ema ? ", by moving average" : ""}: ${out}`);
  } finally {
    await sampler.close();
  }
}

/** Writes the grid, the plot or the folder; gives the points where samples are points. */
async function write(
  run: Run,
  sampler: Sampler,
  { count, seed, out }: Destination,
  text: Readonly<Record<string, string>>,
): Promise<number[][] | undefined> {
  const { kind, sample } = run.data;
  const asFolder = await isFolder(out);
  if (!asFolder && !/\.png$/i.test(out)) {
    throw new InputError(
      `--out: must end in .png for one picture, or in / for a folder, got ${out}. Pass --out ${out}/`,
    );
  }
  if (kind === "points") {
    if (asFolder) throw new InputError(`--out: points make one plot, got the folder ${out}. Pass --out plot.png`);
    const values = await sampler.generate(sampler.latent(count, seed));
    await writeOut(out, picture(kind, values, sample, { reference: await realPoints(run, count), text }));
    return Array.from({ length: count }, (_, i) => [...values.subarray(2 * i, 2 * i + 2)]);
  }

  const [channels, height, width] = sample;
  if (!asFolder) {
    const pixels = count * (height + 2) * (width + 2);
    if (pixels > MAX_GRID_PIXELS) {
      throw new InputError(
        `--count: ${count} pictures of ${width}×${height} make a grid of ${pixels} pixels, at most ${MAX_GRID_PIXELS} are made. Write them one by one: --out pictures/`,
      );
    }
    const values = await sampler.generate(sampler.latent(count, seed));
    await writeOut(out, picture(kind, values, sample, { text }));
    return undefined;
  }
  const z = sampler.latent(count, seed);
  const zSize = z.length / count;
  const size = channels * height * width;
  for (let start = 0; start < count; start += CHUNK) {
    const values = await sampler.generate(z.subarray(start * zSize, (start + CHUNK) * zSize));
    for (let i = 0; i * size < values.length; i++) {
      const image = values.subarray(i * size, (i + 1) * size);
      const png = encodePng(gridFromBatch(image, [1, channels, height, width], { padding: 0 }), text);
      await writeOut(join(out, `${String(start + i).padStart(6, "0")}.png`), png);
    }
  }
  return undefined;
}

async function isFolder(out: string): Promise<boolean> {
  if (/[/\\]$/.test(out)) return true;
  const found = await stat(out).catch(() => undefined);
  return found?.isDirectory() === true;
}

/** What the run learned from, to lay the plot over. */
async function realPoints({ config }: Run, count: number): Promise<Float32Array> {
  const dataset = await openDataset(config.data, { seed: config.seed });
  try {
    const shown = Math.min(count, dataset.count);
    return (await dataset.read(Array.from({ length: shown }, (_, i) => i))).values;
  } finally {
    await dataset.close();
  }
}
