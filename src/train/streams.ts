// The data of a run as the streams that its iterations draw from, each in an order of its own and resumed by its position alone.

import {
  createIdentities,
  createLoader,
  type Dataset,
  type Field,
  fieldOf,
  formOf,
  type Identities,
  type Loader,
} from "../data/index.ts";
import type { DataStream, Fields } from "./feeds.ts";

export interface StreamOptions {
  readonly batch: number;
  readonly seed: number;
  readonly flip: boolean;
  /** Batches that each stream wanted gave before. */
  readonly positions: ReadonlyMap<DataStream, number>;
  /** Batches to prepare beyond the one in use (default: the loader's). */
  readonly ahead?: number;
}

export interface Streams {
  next(stream: DataStream): Promise<Fields>;
  /** The epoch of the next batch of the run's main stream. */
  readonly epoch: number;
  close(): Promise<void>;
}

/** Opens the streams that `positions` names, its first being the main one. InputError when the set cannot fill a batch. */
export async function openStreams(dataset: Dataset, options: StreamOptions): Promise<Streams> {
  const loaders = new Map<DataStream, Loader<Fields>>();
  for (const [name, position] of options.positions)
    loaders.set(name, await openStream(dataset, name, position, options));
  const main = [...loaders.values()][0];
  return {
    next: (stream) => loaders.get(stream)!.next(),
    get epoch() {
      return main.epoch;
    },
    async close() {
      for (const loader of loaders.values()) await loader.close();
    },
  };
}

async function openStream(
  dataset: Dataset,
  name: DataStream,
  position: number,
  { positions: _, ...options }: StreamOptions,
): Promise<Loader<Fields>> {
  const at = { ...options, position };
  switch (name) {
    case "all":
      return asFields(dataset, createLoader(dataset, at));
    case "labelled": {
      const labelled = tiled(dataset.labelled ?? dataset, options.batch);
      return asFields(labelled, createLoader(labelled, { ...at, name }));
    }
    case "a":
    case "b": {
      const domain = dataset.domains![name];
      return asFields(domain, createLoader(domain, { ...at, name }));
    }
    case "identities":
      return createIdentities(dataset, at) satisfies Promise<Loader<Identities>>;
  }
}

/** The loader's batches as the fields of a graph. */
function asFields(dataset: Dataset, loader: Loader): Loader<Fields> {
  const form = formOf(dataset);
  const fields: Field[] = ["x"];
  if (form.classes.length > 0 || form.attributes !== undefined) fields.push("y");
  if (form.target !== undefined && form.kind === "pairs") fields.push("b");
  if (form.text !== undefined) fields.push("t");
  return {
    get position() {
      return loader.position;
    },
    get epoch() {
      return loader.epoch;
    },
    async next() {
      const batch = await loader.next();
      return Object.fromEntries(fields.map((field) => [field, fieldOf(batch, field, form)]));
    },
    close: () => loader.close(),
  };
}

/** A set that is smaller than a batch, gone through several times in each epoch. */
function tiled(dataset: Dataset, batch: number): Dataset {
  if (dataset.count >= batch || dataset.count === 0) return dataset;
  const { count } = dataset;
  return {
    ...dataset,
    count: count * Math.ceil(batch / count),
    ...(dataset.larger && { larger: tiled(dataset.larger, batch) }),
    read: (indices) => dataset.read(Array.from(indices, (index) => index % count)),
  };
}
