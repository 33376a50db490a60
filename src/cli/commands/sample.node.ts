// ganforge sample: new pictures from a run's generator. The same seed gives the same pictures: on the CPU, whose numbers are
// the same on every run, in batches of one size.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { openDataset } from "../../data/index.node.ts";
import { InputError } from "../../errors/index.ts";
import { openGenerator, trainedGenerator } from "../../export/index.ts";
import { encodePng, gridFromBatch } from "../../formats/index.ts";
import { integer } from "../../recipes/index.ts";
import { cpu } from "../../runtime/index.node.ts";
import { picture, type Sampler } from "../../train/index.ts";
import { addSettings, newCommand, parseArguments } from "../arguments.node.ts";
import { writeOut } from "../files.node.ts";
import { print, printJson } from "../output.node.ts";
import { loadCheckpoint, openRun, type Run } from "../run-folder.node.ts";
import { parseSettings } from "../settings.ts";

const EXAMPLES = [
  "ganforge sample runs/dcgan-glyphs-1 --count 64 --seed 7",
  "ganforge sample runs/dcgan-glyphs-1 --count 1000 --out pictures/",
  "ganforge sample runs/dcgan-glyphs-1 --checkpoint 500 --no-ema --out early.png",
];

const sampleSettings = {
  count: integer(64, "how many", { min: 1, max: 1_000_000 }),
  seed: integer(1, "decides which; the same seed gives the same pictures", { min: 0 }),
};

/** Images made in one run of the program. */
const CHUNK = 64;
/** The most pixels of a grid: it is held in memory as a whole. */
const MAX_GRID_PIXELS = 2 ** 26;

interface SampleOptions {
  readonly count: number;
  readonly seed: number;
  readonly out: string;
}

export async function run(args: readonly string[]): Promise<number> {
  const command = newCommand("sample", "Makes new pictures with a run's generator.", EXAMPLES)
    .argument("<run>", "the run's folder")
    .option("--out <path>", "a .png for one grid, or a folder/ for a file each (default: a grid in the run's exports)")
    .option("--checkpoint <step>", "the step to take the weights of (default: the newest sound checkpoint's)")
    .option("--no-ema", "take the weights as trained, not their moving average")
    .option("--json", "print the result as one JSON document");
  addSettings(command, "Pictures:", sampleSettings);
  const given = parseArguments(command, args);
  if (given === undefined) return 0;
  const { out: path, checkpoint: step, ema, json, ...flags } = given.flags;
  const { count, seed } = { count: 64, seed: 1, ...(parseSettings(sampleSettings, flags) as Partial<SampleOptions>) };

  const opened = await openRun(given.operands[0]);
  const checkpoint = await loadCheckpoint(opened, step);
  const generator = trainedGenerator(opened, checkpoint, { ema: ema === true });
  const name = `${opened.config.recipe}-step-${checkpoint.step}-seed-${seed}-count-${count}.png`;
  const out = (path as string | undefined) ?? join(opened.folder, "exports", name);
  const sampler = await openGenerator(generator, { backend: cpu, chunk: CHUNK });
  try {
    const text = { Software: "ganforge", recipe: opened.config.recipe, step: `${checkpoint.step}`, seed: `${seed}` };
    const points = await write(opened, sampler, { count, seed, out }, text);
    if (json) printJson({ run: opened.folder, step: checkpoint.step, ema: generator.ema, count, seed, out, points });
    else print(`${count} samples of step ${checkpoint.step}${generator.ema ? ", by moving average," : ""}: ${out}`);
  } finally {
    await sampler.close();
  }
  return 0;
}

/** Writes the grid, the plot or the folder; gives the points where samples are points. */
async function write(
  run: Run,
  sampler: Sampler,
  { count, seed, out }: SampleOptions,
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
