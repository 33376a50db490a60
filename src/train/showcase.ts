// The pictures of a run: its data, and at each interval the same things made anew, laid out as suits what they are made from:
// plain grids; latent vectors down and classes across; input, output and target side by side; there and back between domains.

import { type Dataset, fieldOf, formOf, type SampleForm } from "../data/index.ts";
import { sizeOf } from "../graph/index.ts";
import type { Backend } from "../runtime/index.ts";
import { choicesOf, labelRows, repeatEach, repeated } from "./givens.ts";
import type { MakerOptions } from "./making.ts";
import { type Cell, picture, pictureCount, rowsPicture } from "./pictures.ts";
import { openSampler, type Sampler } from "./sampler.ts";

/** Keys the latent vectors, apart from the training's. */
const SAMPLE_SEED = 0;
/** Rows of a picture whose columns mean something. */
const ROWS = 8;
/** The most columns. */
const COLUMNS = 10;

export interface Showcase {
  /** A PNG of the data. */
  real(): Promise<Uint8Array>;
  /** A PNG of what the weights make now. */
  made(text: Readonly<Record<string, string>>): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a sampler for each of the recipe's makings, over weights that `weights` gives by array name. */
export async function openShowcase(
  options: Omit<MakerOptions, "make">,
  dataset: Dataset,
  device: { readonly backend: Backend; readonly threads: number },
  weights: () => Promise<Readonly<Record<string, Float32Array>>>,
): Promise<Showcase> {
  const form = formOf(dataset);
  const samplers: Sampler[] = [];
  for (const make of Object.keys(options.recipe.makes)) {
    samplers.push(await openSampler({ ...options, make }, { ...device, chunk: 64 }, weights));
  }
  const close = async () => {
    for (const sampler of samplers) await sampler.close();
  };
  const real = async () => realPicture(dataset, form);
  const [first] = samplers;
  const takes = (kind: string) => first.inputs.filter(({ source }) => source.kind === kind);
  if (takes("image").length > 0) {
    const exhibits = await readExhibits(dataset, ROWS);
    return { real, close, made: async (text) => rowsPicture(await translations(samplers, exhibits, form), text) };
  }
  const count = pictureCount[form.kind];
  const random = first.latent(takes("labels").length > 0 && form.kind !== "points" ? ROWS : count, SAMPLE_SEED);
  if (form.kind === "points") {
    const [reference] = await readSide(dataset, count);
    const given = { ...random, ...(takes("labels").length > 0 && { labels: labelRows(form, count, 1) }) };
    return {
      real,
      close,
      made: async (text) => picture("points", await first.generate(given), form.sample, { reference, text }),
    };
  }
  if (takes("labels").length > 0) {
    const across = Math.min(COLUMNS, choicesOf(form).length);
    const given = { ...repeatEach(random, ROWS, across), labels: labelRows(form, ROWS * across, 1, across) };
    const show = async (text: Readonly<Record<string, string>>) =>
      picture("images", await first.generate(given), form.sample, { text, columns: across });
    return { real, close, made: show };
  }
  if (takes("text").length > 0) {
    const texts = fieldOf(await dataset.read(spread(dataset, count)), "t", form);
    const captions = spread(dataset, count).map((index) => dataset.caption?.(index) ?? "");
    const given = { ...random, text: texts };
    const show = async (text: Readonly<Record<string, string>>) =>
      picture("captions", await first.generate(given), first.sample, { text, captions });
    return { real, close, made: show };
  }
  return {
    real,
    close,
    made: async (text) => picture("images", await first.generate(random), form.sample, { text }),
  };
}

/** Pictures of the data to work on. */
interface Exhibits {
  readonly a: Float32Array;
  readonly b: Float32Array | undefined;
}

/** One row for each exhibit: what goes in, all that comes out, and what should. */
async function translations(samplers: readonly Sampler[], { a, b }: Exhibits, form: SampleForm): Promise<Cell[][]> {
  const [first] = samplers;
  const images = first.inputs.filter(({ source }) => source.kind === "image");
  const sides = { a: { values: a, shape: form.sample }, b: { values: b!, shape: form.target! } };
  const rows: Cell[][] = Array.from({ length: ROWS }, () => []);
  const show = (values: Float32Array, shape: readonly number[]) => {
    const size = sizeOf(shape);
    for (const [i, row] of rows.entries()) row.push({ values: values.subarray(i * size, (i + 1) * size), shape });
  };
  const sideOf = ({ inputs }: Sampler) =>
    (inputs.find(({ source }) => source.kind === "image")!.source as { side: "a" | "b" }).side;
  const noiseOf = (sampler: Sampler) => sampler.latent(ROWS, SAMPLE_SEED);

  if (images.length > 1) {
    // Two pictures into one: each exhibit with the next but four.
    const other = rotate(a, sizeOf(form.sample), ROWS / 2);
    show(a, form.sample);
    show(other, form.sample);
    show(await first.generate({ ...noiseOf(first), [images[0].name]: a, [images[1].name]: other }), first.sample);
    return rows;
  }
  if (first.inputs.some(({ source }) => source.kind === "labels")) {
    show(a, form.sample);
    for (const choice of choicesOf(form).slice(0, COLUMNS)) {
      const labels = repeated(choice, ROWS);
      show(await first.generate({ ...noiseOf(first), a, labels }), first.sample);
    }
    return rows;
  }
  for (const sampler of samplers) {
    const side = sideOf(sampler);
    const back = samplers.find((other) => sideOf(other) !== side);
    show(sides[side].values, sides[side].shape);
    const made = await sampler.generate({ ...noiseOf(sampler), [side]: sides[side].values });
    show(made, sampler.sample);
    if (back !== undefined) show(await back.generate({ ...noiseOf(back), [sideOf(back)]: made }), back.sample);
    else if (form.kind === "pairs") show(sides[side === "a" ? "b" : "a"].values, sides[side === "a" ? "b" : "a"].shape);
  }
  return rows;
}

async function readExhibits(dataset: Dataset, count: number): Promise<Exhibits> {
  const [a, b] = await readSide(dataset, count);
  return { a, b };
}

/** The values of samples spread over the set, whose files may lie class by class; of pairs and domains, both sides. */
async function readSide(dataset: Dataset, count: number): Promise<[Float32Array, Float32Array | undefined]> {
  if (dataset.domains !== undefined) {
    const [a] = await readSide(dataset.domains.a, count);
    const [b] = await readSide(dataset.domains.b, count);
    return [a, b];
  }
  const { values, targets } = await dataset.read(spread(dataset, count));
  return [values, targets];
}

/** `count` indices over the whole set; where it is smaller, some twice. */
function spread({ count: all }: Dataset, count: number): number[] {
  if (!Number.isFinite(all)) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.floor((i * Math.max(all, count)) / count) % all);
}

async function realPicture(dataset: Dataset, form: SampleForm): Promise<Uint8Array> {
  if (form.kind === "pairs" || form.kind === "domains") {
    const [a, b] = await readSide(dataset, ROWS);
    const cell = (values: Float32Array, shape: readonly number[], i: number): Cell => ({
      values: values.subarray(i * sizeOf(shape), (i + 1) * sizeOf(shape)),
      shape,
    });
    return rowsPicture(
      Array.from({ length: ROWS }, (_, i) => [cell(a, form.sample, i), cell(b!, form.target!, i)]),
      {},
    );
  }
  const indices = spread(dataset, pictureCount[form.kind]).slice(0, dataset.count);
  const captions = dataset.caption && indices.map((index) => dataset.caption!(index));
  return picture(form.kind, (await dataset.read(indices)).values, form.sample, { ...(captions && { captions }) });
}

/** The samples, `by` places on. */
function rotate(values: Float32Array, size: number, by: number): Float32Array {
  const all = new Float32Array(values.length);
  all.set(values.subarray(by * size));
  all.set(values.subarray(0, by * size), values.length - by * size);
  return all;
}
