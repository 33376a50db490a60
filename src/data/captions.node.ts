// Images with captions: a folder or archive of images and a file of captions, among them, beside them or named. Each image with each
// of its captions is a sample.

import { join } from "node:path";
import { InputError } from "../errors/index.ts";
import {
  type Caption,
  type CaptionFile,
  findCaptions,
  type MatchedCaptions,
  matchCaptions,
} from "./caption-files.node.ts";
import type { DataOptions, Dataset, TextForm } from "./dataset.ts";
import { decode } from "./decode.node.ts";
import { openFiles } from "./files.node.ts";
import { type PictureSource, picked, SIZES } from "./image-dataset.node.ts";
import { chooseChannels, chooseSize } from "./image-options.ts";
import { openImages } from "./image-set.node.ts";
import { createShelf, writeValues } from "./shelf.node.ts";
import { encodeCaptions, wordForm } from "./text.ts";
import { readVectors } from "./vectors.node.ts";

/**
 * Opens the images at a path with their captions: those of one part, where the file of captions or the folders tell parts. A folder
 * that holds one archive and no images stands for the archive. Gives the reason, in one line, when no captions are there.
 *
 * InputError when captions and images do not match, and when an option does not fit them.
 */
export function openCaptions(spec: string, options: DataOptions): Promise<Dataset | string> {
  return openAt(spec, spec, options);
}

async function openAt(path: string, spec: string, options: DataOptions): Promise<Dataset | string> {
  const where = `--data: ${path}`;
  const { container, sorted, lone } = await openFiles(path, where, options.split);
  try {
    if (lone || sorted.image.length === 0) {
      await container.close();
      const [archive, ...more] = sorted.archive;
      if (!lone && archive && more.length === 0) return openAt(join(path, archive.name), spec, options);
      return `${where} holds no image files, which captions tell of by name.`;
    }
    const source = await openImages(container, sorted.image, where, options.split);
    const file = await findCaptions(path, container, source, options, where);
    if (file === undefined) {
      await container.close();
      return `${where} holds no captions. Put a captions.tsv with the columns file and caption among the images, or pass --captions FILE.`;
    }
    return await captionDataset(spec, source, file, matchCaptions(source, file, container, options), options);
  } catch (error) {
    await container.close();
    throw error;
  }
}

async function captionDataset(
  spec: string,
  all: PictureSource,
  file: CaptionFile,
  { captions, total, sentences, problems }: MatchedCaptions,
  options: DataOptions,
): Promise<Dataset> {
  // Only images that have captions, so that the one that takes a damaged one's place has one too.
  const used = [...new Set(captions.map(({ image }) => image))].sort((a, b) => a - b);
  const source = picked(all, used, { fingerprint: all.fingerprint, problems: [...all.problems, ...problems] });
  const placeOf = new Map(used.map((image, place) => [image, place]));
  const size = chooseSize(options, { spec, own: source.size, ...SIZES });
  const channels = chooseChannels(options, source.channels);
  const target = { size, channels, crop: options.crop ?? "center" } as const;
  const length = channels * size * size;
  const shelf = createShelf({
    spec,
    noun: "images",
    count: source.count,
    length,
    cacheMiB: options.cacheMiB,
    problems: source.problems,
    name: source.name,
    decode: async (index) => ({ bytes: await decode(await source.load(index), target), held: false }),
  });
  const { text, texts, checksum } =
    options.captionVectors === undefined
      ? asWords(captions, sentences)
      : await asVectors(captions, total, file.name, options.captionVectors);
  const width = texts.length / captions.length;

  const firstOf = new Map<number, number>(); // the first caption of each image
  for (const [index, { image }] of captions.entries()) {
    const place = placeOf.get(image)!;
    if (!firstOf.has(place)) firstOf.set(place, index);
  }
  /** Captions whose image is damaged, with the one shown in their place. */
  const replaced = new Map<number, number>();

  return {
    spec,
    kind: "captions",
    shape: [channels, size, size],
    count: captions.length,
    classes: [],
    text,
    ...(source.lossy && { lossy: source.lossy }),
    fingerprint: `${source.fingerprint} captions ${captions.length} ${file.checksum}${checksum}`,
    get problems() {
      return shelf.problems;
    },
    async read(indices) {
      const values = new Float32Array(indices.length * length);
      const given = new Float32Array(indices.length * width);
      const images = Array.from(indices, (index) => placeOf.get(captions[index].image)!);
      await shelf.read(images, (place, bytes, image) => {
        const index = image === images[place] ? indices[place] : firstOf.get(image)!;
        if (index !== indices[place]) replaced.set(indices[place], index);
        writeValues(bytes, values, place * length);
        given.set(texts.subarray(index * width, (index + 1) * width), place * width);
      });
      return { values, labels: new Int32Array(indices.length).fill(-1), texts: given };
    },
    caption: (index) => captions[replaced.get(index) ?? index].text,
    close: () => source.close(),
  };
}

interface Texts {
  readonly text: TextForm;
  /** [captions, words or size] */
  readonly texts: Float32Array;
  /** Of the file of vectors. */
  readonly checksum: string;
}

function asWords(captions: readonly Caption[], sentences: readonly string[]): Texts {
  const text = wordForm(sentences);
  if (text.vocabulary.length === 0) {
    throw new InputError("--captions: there is no word in any caption. Write what each picture shows.");
  }
  const all = captions.map((caption) => caption.text);
  return { text, texts: encodeCaptions(all, text), checksum: "" };
}

/** Vectors in the order of the captions, of all parts, in their file. */
async function asVectors(captions: readonly Caption[], total: number, name: string, path: string): Promise<Texts> {
  const { rows, size, data, checksum } = await readVectors(path, "--caption-vectors");
  if (rows !== total) {
    throw new InputError(
      `--caption-vectors: ${path} has the shape [${rows}, ${size}], and ${name} has ${total} captions. Give one row for each caption, in their order.`,
    );
  }
  const texts = new Float32Array(captions.length * size);
  for (const [i, { row }] of captions.entries()) texts.set(data.subarray(row * size, (row + 1) * size), i * size);
  return { text: { kind: "vectors", size }, texts, checksum: ` vectors ${checksum}` };
}
