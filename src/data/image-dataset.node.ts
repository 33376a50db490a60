// The Dataset over numbered pictures, wherever these lie.
import type { DataOptions, Dataset, LossyFiles, Problem, Split } from "./dataset.ts";
import { decode, type Picture } from "./decode.node.ts";
import { type Channels, chooseChannels, chooseSize } from "./image-options.ts";
import { createShelf, writeValues } from "./shelf.node.ts";

/** Numbered pictures: what a folder of images, an IDX file, a CIFAR batch and a parquet file have in common. */
export interface PictureSource {
  readonly count: number;
  readonly classes: readonly string[];
  /** Where there are no classes: the one folder that all pictures lie in. */
  readonly folder?: string;
  /** Whether its two classes are trainA and trainB. */
  readonly unpaired?: true;
  /** Names of what a picture may have or not. */
  readonly attributes?: readonly string[];
  /** Its own size and channels, used where none are asked for. */
  readonly size: number;
  readonly channels: Channels;
  /** Of those that are files. */
  readonly lossy?: LossyFiles;
  /** The part of the data that it is, where something tells. */
  readonly split?: Split;
  readonly fingerprint: string;
  /** What could not be listed. */
  readonly problems: readonly Problem[];
  name(index: number): string;
  label(index: number): number;
  /** [attributes.length] of 0 and 1. */
  attributesOf?(index: number): ArrayLike<number>;
  /** Fails with an Error giving a short reason when the picture cannot be had. */
  load(index: number): Promise<Picture>;
  close(): Promise<void>;
}

/** The sizes that pictures are brought to. */
export const SIZES = { min: 4, max: 1024 } as const;

/** Opens numbered pictures as a data set. InputError when the options do not fit it. */
export function imageDataset(spec: string, source: PictureSource, options: DataOptions): Dataset {
  const size = chooseSize(options, { spec, own: source.size, ...SIZES });
  const channels = chooseChannels(options, source.channels);
  const target = { size, channels, crop: options.crop ?? "center" } as const;
  const length = channels * size * size;
  const { count, classes, fingerprint, lossy, folder, attributes = [] } = source;
  const empty = emptyClasses(source);
  const shelf = createShelf({
    spec,
    noun: "images",
    count,
    length,
    cacheMiB: options.cacheMiB,
    problems: source.problems,
    name: source.name,
    async decode(index) {
      const picture = await source.load(index);
      const bytes = await decode(picture, target);
      return { bytes, held: "data" in picture && bytes === picture.data };
    },
  });
  return {
    spec,
    kind: "images",
    shape: [channels, size, size],
    count,
    classes,
    ...(attributes.length > 0 && { attributes }),
    fingerprint,
    ...(lossy && { lossy }),
    ...(empty.length > 0 && { empty }),
    ...(folder !== undefined && { folder }),
    get problems() {
      return shelf.problems;
    },
    async read(indices) {
      const values = new Float32Array(indices.length * length);
      const labels = new Int32Array(indices.length);
      const had = new Float32Array(indices.length * attributes.length);
      await shelf.read(indices, (place, bytes, index) => {
        writeValues(bytes, values, place * length);
        labels[place] = source.label(index);
        if (attributes.length > 0) had.set(source.attributesOf!(index), place * attributes.length);
      });
      return { values, labels, ...(attributes.length > 0 && { attributes: had }) };
    },
    close: () => source.close(),
  };
}

/** The classes that no picture is of. */
function emptyClasses({ count, classes, label }: PictureSource): string[] {
  const seen = new Set<number>();
  for (let index = 0; index < count && seen.size < classes.length; index++) {
    if (label(index) >= 0) seen.add(label(index));
  }
  return classes.filter((_, place) => !seen.has(place));
}

/** Some of a source's pictures as a source of their own, whatever else about them changes. */
export function picked(
  source: PictureSource,
  indices: readonly number[],
  changes: Partial<Omit<PictureSource, "count">> & { readonly fingerprint: string },
): PictureSource {
  const { attributesOf } = source;
  return {
    ...source,
    name: (index) => source.name(indices[index]),
    label: (index) => source.label(indices[index]),
    ...(attributesOf && { attributesOf: (index: number) => attributesOf(indices[index]) }),
    load: (index) => source.load(indices[index]),
    ...changes,
    count: indices.length,
  };
}
