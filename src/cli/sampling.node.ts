// New pictures from a run's generator, as grid, plot or folder. The same seed gives the same pictures: they are made on the CPU,
// whose numbers are the same on every run, in batches of one size.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors/index.ts";
import { openGenerator, trainedGenerator } from "../export/index.ts";
import { encodePng, gridFromBatch } from "../formats/index.ts";
import { findRecipe } from "../recipes/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { choicesOf, type Givens, picture, repeatEach, type Sampler } from "../train/index.ts";
import { dataOptionsOf } from "./data-options.ts";
import { writeOut } from "./files.node.ts";
import { labelsFor } from "./givens.ts";
import { openData } from "./opening.node.ts";
import { print, printJson } from "./output.node.ts";
import { loadCheckpoint, openRun, type Run } from "./run-folder.node.ts";
import { type TextRequest, textsFor } from "./texts.node.ts";

/** Images made in one run of the program. */
const CHUNK = 64;
/** The most pixels of a grid: it is held in memory as a whole. */
const MAX_GRID_PIXELS = 2 ** 26;

export interface SampleRequest extends TextRequest {
  readonly run: string;
  readonly count: number;
  readonly seed: number;
  /** A class, or attributes between commas. */
  readonly class: string | undefined;
  /** One row for each latent vector, one column for each class. */
  readonly grid: boolean;
  /** Which of the recipe's makings. */
  readonly make: string | undefined;
  readonly out: string | undefined;
  readonly checkpoint: unknown;
  readonly ema: boolean;
  readonly json: boolean;
}

/** Makes the pictures and prints where they are. */
export async function sampleRun(request: SampleRequest): Promise<void> {
  const { run, count, seed, out: path, checkpoint: at, ema, make, json } = request;
  const opened = await openRun(run);
  const checkpoint = await loadCheckpoint(opened, at);
  const generator = trainedGenerator(opened, checkpoint, { ema, make });
  const { config, folder } = opened;
  const { step } = checkpoint;
  const name = `${config.recipe}-step-${step}-seed-${seed}-count-${count}.png`;
  const out = path ?? join(folder, "exports", name);
  const sampler = await openGenerator(generator, { backend: cpu, chunk: CHUNK });
  try {
    const text = { Software: "ganforge", recipe: config.recipe, step: `${step}`, seed: `${seed}` };
    const wanted = await wishes(opened, sampler, request);
    const points = await write(opened, sampler, wanted, out, text);
    if (json) printJson({ run: folder, step, ema: generator.ema, count, seed, out, points, unknown: wanted.unknown });
    else {
      if (wanted.unknown.length > 0) {
        const rest = wanted.isBlank
          ? "No other word is left: pictures are of nothing in particular"
          : "Pictures are made from the other words";
        print(`This run never read: ${wanted.unknown.join(", ")}. ${rest}.`);
      } else if (wanted.isBlank) print("The text has no word: pictures are of nothing in particular.");
      print(
        `${wanted.count} ${wanted.count === 1 ? "sample" : "samples"} of step ${step}${generator.ema ? ", by moving average" : ""}: ${out}`,
      );
    }
  } finally {
    await sampler.close();
  }
}

/** What to make: samples by their number, in rows of `columns` where that means something. */
interface Wanted {
  readonly count: number;
  readonly columns: number | undefined;
  given(start: number, count: number): Givens;
  /** Words of the caption that the run does not know. */
  readonly unknown: readonly string[];
  /** Whether the caption has no word that it knows. */
  readonly isBlank: boolean;
  readonly caption: string | undefined;
}

/** The flags as what the sampler takes; throws InputError for flags that mean nothing to it. */
async function wishes(run: Run, sampler: Sampler, request: SampleRequest): Promise<Wanted> {
  const { data, folder } = run;
  const { count: asked, seed, class: named, text, grid } = request;
  const takes = (kind: string) => sampler.inputs.some(({ source }) => source.kind === kind);
  if (takes("image")) {
    throw new InputError(
      `sample: ${folder} makes pictures from pictures. Use: ganforge translate ${folder} picture.png`,
    );
  }
  for (const [flag, wish, kind] of [
    ["--class", named !== undefined, "labels"],
    ["--grid", grid, "labels"],
    ["--text", text !== undefined, "text"],
    ["--text-vectors", request.textVectors !== undefined, "text"],
    ["--caption-encoder", request.captionEncoder !== undefined, "text"],
  ] as const) {
    if (wish && !takes(kind)) throw new InputError(`${flag}: ${folder} makes pictures without ${kind}. Leave it out.`);
  }
  const across = grid ? choicesOf(data).length : 1;
  const texts = takes("text") ? await textsFor(run, request) : undefined;
  const labels = takes("labels") ? labelsFor(data, grid ? undefined : named, asked * across) : new Float32Array();
  const width = labels.length / (asked * across);
  return {
    count: asked * across,
    columns: grid ? across : undefined,
    caption: text,
    unknown: texts?.unknown ?? [],
    isBlank: data.text?.kind === "words" && texts?.values.every((word) => word === 0) === true,
    given(start, count) {
      const latent = grid ? repeatEach(sampler.latent(asked, seed), asked, across) : sampler.latent(count, seed, start);
      const cut = Object.entries(latent).map(([name, values]): [string, Float32Array] => {
        const size = values.length / (grid ? asked * across : count);
        return [name, grid ? values.subarray(start * size, (start + count) * size) : values];
      });
      return {
        ...Object.fromEntries(cut),
        ...(takes("labels") && { labels: labels.subarray(start * width, (start + count) * width) }),
        ...(texts && { text: inTurn(texts, start, count) }),
      };
    },
  };
}

/** Rows [start, start + count) of the texts, which come round again. */
function inTurn(
  { values, rows }: { readonly values: Float32Array; readonly rows: number },
  start: number,
  count: number,
) {
  const size = values.length / rows;
  const all = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const row = (start + i) % rows;
    all.set(values.subarray(row * size, (row + 1) * size), i * size);
  }
  return all;
}

/** Writes the grid, the plot or the folder; gives the points where samples are points. */
async function write(
  run: Run,
  sampler: Sampler,
  { count, columns, given, caption }: Wanted,
  out: string,
  text: Readonly<Record<string, string>>,
): Promise<number[][] | undefined> {
  const { kind } = run.data;
  const { sample } = sampler;
  const asFolder = await isFolder(out);
  if (!asFolder && !/\.png$/i.test(out)) {
    throw new InputError(
      `--out: must end in .png for one picture, or in / for a folder, got ${out}. Pass --out ${out}/`,
    );
  }
  if (kind === "points") {
    if (asFolder) throw new InputError(`--out: points make one plot, got the folder ${out}. Pass --out plot.png`);
    const values = await sampler.generate(given(0, count));
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
    const values = await sampler.generate(given(0, count));
    const captions = caption === undefined ? undefined : Array.from({ length: count }, () => caption);
    const layout = { text, ...(columns !== undefined && { columns }), ...(captions && { captions }) };
    await writeOut(out, picture(kind, values, sample, layout));
    return undefined;
  }
  const size = channels * height * width;
  for (let start = 0; start < count; start += CHUNK) {
    const values = await sampler.generate(given(start, Math.min(CHUNK, count - start)));
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
  const dataset = await openData(config.data, dataOptionsOf(config, findRecipe(config.recipe)));
  try {
    const shown = Math.min(count, dataset.count);
    return (await dataset.read(Array.from({ length: shown }, (_, i) => i))).values;
  } finally {
    await dataset.close();
  }
}
