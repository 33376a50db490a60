// Pictures made from pictures by a run: from one side of its data to the other, with other labels, or of two into one.

import { join } from "node:path";
import { openPictures } from "../data/index.node.ts";
import { InputError } from "../errors/index.ts";
import { openGenerator, type TrainedGenerator, trainedGenerator } from "../export/index.ts";
import { encodePng, gridFromBatch } from "../formats/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { buildMaking, type Givens, type Sampler } from "../train/index.ts";
import { writeOut } from "./files.node.ts";
import { labelsFor } from "./givens.ts";
import { print, printJson } from "./output.node.ts";
import { loadCheckpoint, openRun, type Run } from "./run-folder.node.ts";

export interface TranslateRequest {
  readonly run: string;
  readonly inputs: readonly string[];
  /** The second picture, for recipes that make one of two. */
  readonly with: string | undefined;
  readonly class: string | undefined;
  readonly make: string | undefined;
  /** Width and height (default: the run's). */
  readonly size: number | undefined;
  readonly crop: "center" | "none";
  readonly seed: number;
  readonly out: string | undefined;
  readonly checkpoint: unknown;
  readonly ema: boolean;
  readonly json: boolean;
}

/** Makes a picture of each input and prints where they are. */
export async function translateRun(request: TranslateRequest): Promise<void> {
  const { run, inputs, out: path, checkpoint: at, ema, make, json } = request;
  const opened = await openRun(run);
  const checkpoint = await loadCheckpoint(opened, at);
  const generator = resized(trainedGenerator(opened, checkpoint, { ema, make }), request.size);
  const { folder } = opened;
  const { step } = checkpoint;
  const { pictures, close } = await openPictures(inputs);
  const sampler = await openGenerator(generator, { backend: cpu, chunk: 1 });
  try {
    const given = await conditions(opened, generator, sampler, request);
    const isFile = path !== undefined && /\.png$/i.test(path);
    if (isFile && pictures.length > 1) {
      throw new InputError(`--out: ${pictures.length} pictures need a folder, got ${path}. Pass --out translated/`);
    }
    const text = { Software: "ganforge", recipe: opened.config.recipe, step: `${step}`, make: generator.make };
    const outs: string[] = [];
    for (const [number, picture] of pictures.entries()) {
      const values = await sampler.generate(
        await given(await picture.read(targetOf(sampler, request.crop, 0)), number),
      );
      const png = encodePng(gridFromBatch(values, [1, ...sampler.sample], { padding: 0 }), text);
      const name = `${picture.name.replace(/[^\w/+.-]+/g, "-")}-${generator.make}.png`;
      const out = isFile ? path : join(path ?? join(folder, "exports"), name);
      await writeOut(out, png);
      outs.push(out);
    }
    if (json) printJson({ run: folder, step, ema: generator.ema, make: generator.make, outs });
    else {
      const where = outs.length === 1 ? outs[0] : `${outs.length} pictures, ${outs[0]} and on`;
      print(`${generator.make} by step ${step}${generator.ema ? ", by moving average" : ""}: ${where}`);
    }
  } finally {
    await sampler.close();
    await close();
  }
}

/** All that a picture is made from, given the picture itself and its number. */
async function conditions(
  { folder, data }: Run,
  { recipe }: TrainedGenerator,
  sampler: Sampler,
  { class: named, with: second, seed, crop }: TranslateRequest,
): Promise<(values: Float32Array, number: number) => Promise<Givens>> {
  const images = sampler.inputs.filter(({ source }) => source.kind === "image");
  const labelled = sampler.inputs.some(({ source }) => source.kind === "labels");
  if (images.length === 0) {
    throw new InputError(`translate: ${folder} makes pictures of nothing but noise. Use: ganforge sample ${folder}`);
  }
  if (labelled && named === undefined) {
    const known = data.classes.length > 0 ? data.classes : (data.attributes ?? []);
    throw new InputError(
      `--class: ${recipe.name} must know what to make of a picture, got none. Pass one of ${known.join(", ")}.`,
    );
  }
  if (!labelled && named !== undefined) throw new InputError(`--class: ${folder} takes no labels. Leave it out.`);
  if (images.length > 1 && second === undefined) {
    throw new InputError(`--with: ${recipe.name} makes one picture of two, got one. Pass --with other.png`);
  }
  if (images.length === 1 && second !== undefined) {
    throw new InputError(`--with: ${folder} makes each picture of one. Leave it out.`);
  }
  const other = second === undefined ? undefined : await readOne(second, sampler, crop);
  return async (values, number) => ({
    ...sampler.latent(1, seed, number),
    [images[0].name]: values,
    ...(other && { [images[1].name]: other }),
    ...(labelled && { labels: labelsFor(data, named, 1) }),
  });
}

async function readOne(path: string, sampler: Sampler, crop: "center" | "none"): Promise<Float32Array> {
  const { pictures, close } = await openPictures([path]);
  try {
    if (pictures.length > 1)
      throw new InputError(`--with: ${path} holds ${pictures.length} pictures, one is needed. Name a file.`);
    return await pictures[0].read(targetOf(sampler, crop, 1));
  } finally {
    await close();
  }
}

/** What the sampler's `place`-th picture must look like. */
function targetOf({ inputs }: Sampler, crop: "center" | "none", place: number) {
  const [channels, size] = inputs.filter(({ source }) => source.kind === "image")[place].shape;
  return { size, channels: channels as 1 | 3 | 4, crop };
}

/** The generator for pictures of another size, where its networks are the same for any; throws InputError where they are not. */
function resized(generator: TrainedGenerator, size: number | undefined): TrainedGenerator {
  const { data, arrays } = generator;
  const [channels, own] = data.sample;
  if (size === undefined || size === own) return generator;
  const target = data.target && [data.target[0], size, size];
  const changed = { ...generator, data: { ...data, sample: [channels, size, size], ...(target && { target }) } };
  const layout = (of: typeof arrays) => JSON.stringify(of.map(({ name, entries }) => [name, entries]));
  const fits = layout(buildMaking(changed, 1).arrays) === layout(arrays);
  if (fits) return changed;
  throw new InputError(
    `--size: this run's networks are for ${own} pixels, got ${size}. Leave it out; pictures are resized to ${own}.`,
  );
}
