// The two sides of a measuring: samples of the data, and what a generator makes in their place.

import { type Batch, type Dataset, fieldOf, formOf, type LossyFiles } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import type { Givens, Sampler } from "../train/index.ts";
import type { Observed } from "./metric.ts";
import { type LatentDraw, sobolLatent } from "./sobol-latent.ts";

/** So many samples, to be read in any order. */
export interface Samples {
  readonly count: number;
  /** Of a sample. */
  readonly shape: readonly number[];
  /** Of real ones from picture files. */
  readonly lossy?: LossyFiles;
  /** Of made ones: how their latent vectors are drawn. */
  readonly latent?: LatentDraw;
  /** Of made ones whose true counterparts are known: the shape of what they are made from. */
  readonly input?: readonly number[];
  /** The samples from number `start` on, with the classes or attributes that they have or were asked to have, where there are any. */
  read(start: number, count: number): Promise<SampleBatch>;
}

/** Samples [n, ...shape], and what is known of them. */
export type SampleBatch = Pick<Batch, "attributes"> &
  Pick<Observed, "values" | "labels" | "inputs" | "counterparts" | "told">;

/** Where samples of an endless set are taken from: beyond those that a training of any length reaches. */
const ENDLESS_FROM = 10_000_000;

/** Which of a set's samples stand for it: `count` different ones, drawn by the seed. A finite set has an order, of which `skip` are left out. */
export interface Drawn {
  readonly seed: number;
  readonly count: number;
  readonly skip?: number;
  /** Of an endless set, the samples that a training begins with, in the place of those that it never reaches. */
  readonly seen?: boolean;
}

/** The indices of drawn samples. InputError, with the most there are, when the set has fewer. */
export function drawnFrom(
  { spec, kind, count: all }: Dataset,
  { seed, count, skip = 0, seen }: Drawn,
): (i: number) => number {
  if (all === Number.POSITIVE_INFINITY) return (i) => (seen ? 0 : ENDLESS_FROM) + skip + i;
  if (skip + count > all) {
    throw new InputError(`--count: ${spec} has ${all} ${kind}, got ${skip + count}. Pass --count ${all - skip}.`);
  }
  const order = stream(seed, "metric", "real").permutation(all);
  return (i) => order[skip + i];
}

export const indicesOf = (at: (i: number) => number, start: number, count: number) =>
  Array.from({ length: count }, (_, i) => at(start + i));

/** Which part of a sample the generator's samples stand beside: of pairs and domains b, unless it makes a of b. */
type Shown = "x" | "b";

/** What a sampler's samples are to look like. */
function shownBy({ inputs }: Sampler, { kind }: Dataset): Shown {
  if (kind !== "pairs" && kind !== "domains") return "x";
  return inputs.some(({ source }) => source.kind === "image" && source.side === "b") ? "x" : "b";
}

/** Real samples, of the kind that the sampler makes. */
export function realSamples(dataset: Dataset, sampler: Sampler, drawn: Drawn): Samples {
  const { count } = drawn;
  const shown = shownBy(sampler, dataset);
  const set = dataset.domains === undefined ? dataset : dataset.domains[shown === "x" ? "a" : "b"];
  const at = drawnFrom(set, drawn);
  return {
    count,
    shape: sampler.sample,
    ...(set.lossy && { lossy: set.lossy }),
    async read(start, n) {
      const { values, targets, labels, attributes } = await set.read(indicesOf(at, start, n));
      if (dataset.kind === "pairs") return { values: shown === "b" ? targets! : values };
      return { values, ...(dataset.classes.length > 0 && { labels }), ...(attributes && { attributes }) };
    },
  };
}

/**
 * Samples of a generator: of latent vectors by the seed; told what the real samples in the same places are told: their classes,
 * captions and inputs. A generator that changes a picture's labels is given those of the next. InputError where latent vectors cannot
 * be drawn so.
 */
export function madeSamples(
  sampler: Sampler,
  dataset: Dataset,
  drawn: Drawn,
  latent: LatentDraw = "independent",
): Samples {
  const { seed, count } = drawn;
  const form = formOf(dataset);
  const asked = (kind: string) => sampler.inputs.filter(({ source }) => source.kind === kind);
  const images = asked("image");
  const conditions = images.length + asked("labels").length + asked("text").length > 0;
  const side = images.some(({ source }) => source.kind === "image" && source.side === "b") ? "b" : "a";
  const set = dataset.domains?.[side] ?? dataset;
  const at = conditions ? drawnFrom(set, drawn) : (i: number) => i;
  const random =
    latent === "sobol"
      ? sobolLatent(sampler, seed)
      : (count: number, start: number) => sampler.latent(count, seed, start);
  /** The sample whose labels, or second picture, sample i is made with. */
  const other = (i: number) => (images.length > 0 ? (i + 1) % count : i);
  return {
    count,
    shape: sampler.sample,
    latent,
    async read(start, n) {
      const drawnAt = random(n, start);
      if (!conditions) return { values: await sampler.generate(drawnAt) };
      const batch = await set.read(indicesOf(at, start, n));
      const others = await set.read(indicesOf((i) => at(other(i)), start, n));
      const given: Record<string, Float32Array> = { ...drawnAt };
      const told: { labels?: Int32Array; attributes?: Float32Array } = {};
      if (asked("labels").length > 0) {
        if (form.classes.length > 0) told.labels = allLabelled(others.labels, start, form.classes.length);
        else told.attributes = others.attributes!;
        given.labels = fieldOf({ ...others, ...told }, "y", form);
      }
      if (asked("text").length > 0) given.text = fieldOf(batch, "t", form);
      for (const [k, { name }] of images.entries()) {
        const from = k === 0 ? batch : others;
        given[name] = side === "b" && dataset.kind === "pairs" ? from.targets! : from.values;
      }
      return { values: await sampler.generate(given as Givens), ...told };
    },
  };
}

/** Classes, with one of all in turn where a sample has none. */
function allLabelled(labels: Int32Array, start: number, classes: number): Int32Array {
  return labels.map((label, i) => (label >= 0 ? label : (start + i) % classes));
}
