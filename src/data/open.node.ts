// From what the user wrote after --data to a Dataset: an embedded set's name, or a path, whose format is told by its content, opened
// as the kind of data that is wanted.
import { InputError } from "../errors/index.ts";
import { openCaptions } from "./captions.node.ts";
import { cutFrom } from "./cut.ts";
import type { DataKind, DataOptions, Dataset, DatasetSource } from "./dataset.ts";
import { withDerived } from "./derived.ts";
import { withFewLabels } from "./few-labels.ts";
import { imageDataset } from "./image-dataset.node.ts";
import { openDomains, openPairs } from "./material.node.ts";
import { openPictureFiles } from "./picture-files.node.ts";
import { findDataset } from "./registry.ts";
import { withStacks } from "./stacks.ts";
import { asDomains } from "./unpaired.ts";

/** A set, and where labels can be known without reading it, what tells them. */
interface Opened {
  readonly dataset: Dataset;
  readonly labelOf?: (index: number) => number;
}

/**
 * Opens the data set that `spec` names: an embedded set, a folder, a zip, tar or gzipped tar archive, an IDX, CIFAR or parquet file.
 *
 * InputError when there is none, when it is damaged or of no known format, when it holds nothing of the kinds wanted, and when the
 * options do not fit it.
 *
 * @example const dataset = await openDataset("./flowers.zip", { seed: 1, size: 64 });
 * @example const pairs = await openDataset("./line-art.zip", { seed: 1, kinds: ["pairs"], dataB: "./painted.zip" });
 */
export async function openDataset(spec: string, { loadSize, ...options }: DataOptions): Promise<Dataset> {
  if (loadSize === undefined) return openWhole(spec, options);
  if (findDataset(spec)?.kind === "points") {
    throw new InputError(`--load-size: is for pictures, and ${spec} holds points. Leave it out.`);
  }
  const { size } = options;
  if (size === undefined || size > loadSize) {
    const given = size === undefined ? "is not given" : `is ${size}`;
    throw new InputError(
      `--load-size: images of ${loadSize} pixels are loaded, and --size, which is cut out of them, ${given}. Pass a smaller one: --size ${Math.floor((loadSize * 256) / 286)}.`,
    );
  }
  const larger = await openWhole(spec, { ...options, size: loadSize });
  return orClose(larger, () => cutFrom(larger, size));
}

async function openWhole(spec: string, options: DataOptions): Promise<Dataset> {
  const { labelsPerClass, seed, stack } = options;
  const { dataset, labelOf } = await (stack ? openStacks : openKind)(spec, options);
  if (labelsPerClass === undefined) return dataset;
  return orClose(dataset, () => withFewLabels(dataset, labelsPerClass, seed, labelOf));
}

async function openStacks(spec: string, { channels = 3, ...options }: DataOptions): Promise<Opened> {
  if (channels !== 3) throw new InputError(`--channels: stacks have 3, got ${channels}. Leave it out.`);
  const { dataset, labelOf } = await openKind(spec, options);
  return orClose(dataset, () => withStacks(dataset, options.seed, labelOf));
}

async function openKind(spec: string, options: DataOptions): Promise<Opened> {
  const { dataB, derive } = options;
  const kinds = kindsOf(options);
  const embedded = [spec, dataB].map((each) => each && findDataset(each)).find((source) => source);
  if (embedded && dataB !== undefined) {
    throw new InputError(
      `--data-b: joins two sets of files, and ${embedded.name} is an embedded set. Give the path of a folder or archive.`,
    );
  }
  const opened = embedded ? { dataset: openEmbedded(embedded, options) } : await openFiles(spec, options, kinds);
  if (derive === undefined) return opened;
  const { dataset: images } = opened;
  if (images.kind !== "images") {
    await images.close();
    throw new InputError(`--derive: makes pairs of pictures, and ${spec} holds ${images.kind}. Leave it out.`);
  }
  const pairs = withDerived(images, derive, options.channels);
  return kinds[0] === "pairs" ? { ...opened, dataset: pairs } : { dataset: asDomains(pairs, options.seed) };
}

/** The kinds to try in turn. InputError where an option is of no use to any of them. */
function kindsOf({ kinds, dataB, derive, captions, captionVectors, stack }: DataOptions): readonly DataKind[] {
  const uses: readonly { flag: string; given: unknown; by: readonly DataKind[] }[] = [
    { flag: "--data-b", given: dataB, by: ["pairs", "domains"] },
    { flag: "--derive", given: derive, by: ["pairs", "domains"] },
    { flag: "--captions", given: captions, by: ["captions"] },
    { flag: "--caption-vectors", given: captionVectors, by: ["captions"] },
    { flag: "--stack", given: stack || undefined, by: ["images"] },
  ];
  if (dataB !== undefined && derive !== undefined) {
    throw new InputError("--derive: makes what --data-b gives. Leave one of them out.");
  }
  let left = kinds;
  for (const { flag, given, by } of uses) {
    if (given === undefined) continue;
    const wanted: readonly DataKind[] = left ?? by;
    left = wanted.filter((kind) => by.includes(kind));
    if (left.length > 0) continue;
    throw new InputError(`${flag}: is for ${by.join(" and ")}, and ${wanted.join(" or ")} are wanted. Leave it out.`);
  }
  return left ?? ["images"];
}

function openEmbedded(source: DatasetSource, options: DataOptions): Dataset {
  const { name } = source;
  if (options.split === "test") {
    throw new InputError(
      `--split: ${name} is drawn without end and has no test part. Leave it out; another --seed gives other samples.`,
    );
  }
  const unused = (["attributes", "labels", "captions"] as const).find((option) => options[option] !== undefined);
  if (unused) throw new InputError(`--${unused}: is for files, and ${name} is an embedded set. Leave it out.`);
  return source.open(options.derive === undefined ? options : { ...options, kinds: ["images"] });
}

/** Opens files as the first of these kinds that they hold. */
async function openFiles(spec: string, options: DataOptions, kinds: readonly DataKind[]): Promise<Opened> {
  if (options.derive !== undefined) return openImages(spec, options);
  const reasons: string[] = [];
  for (const kind of kinds) {
    if (kind === "images") return openImages(spec, options);
    const found = await openAs[kind](spec, options);
    if (typeof found !== "string") return { dataset: found };
    reasons.push(found);
  }
  throw new InputError(reasons[0]);
}

async function openImages(spec: string, options: DataOptions): Promise<Opened> {
  const source = await openPictureFiles(spec, `--data: ${spec}`, options);
  return orClose(source, () => ({ dataset: imageDataset(spec, source, options), labelOf: source.label }));
}

/** Opens files as what they may not hold; the reason, in one line, where they do not. */
const openAs: Readonly<
  Record<Exclude<DataKind, "images">, (spec: string, options: DataOptions) => Promise<Dataset | string>>
> = {
  points: async (spec) =>
    `--data: ${spec} is a path, and points are wanted, which only embedded sets hold. Choose one: ganforge list data shows them.`,
  pairs: openPairs,
  domains: openDomains,
  captions: openCaptions,
};

/** The result; where there is an error, closes first. */
async function orClose<T>(opened: { close(): Promise<void> }, use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    await opened.close();
    throw error;
  }
}
