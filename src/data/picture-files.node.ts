// The pictures in files of any layout, as one numbered source.
import { InputError } from "../errors/index.ts";
import { openCifar } from "./cifar-set.node.ts";
import type { Entry } from "./container.node.ts";
import type { DataOptions, Split } from "./dataset.ts";
import { type Files, KNOWN, openFiles } from "./files.node.ts";
import { gunzippedHead } from "./gzip.node.ts";
import { openIdx } from "./idx-set.node.ts";
import type { PictureSource } from "./image-dataset.node.ts";
import { openImages } from "./image-set.node.ts";
import { withTable } from "./labelled-images.node.ts";
import { partOf } from "./layout.ts";
import { openLmdb } from "./lmdb-set.node.ts";
import { SNIFF_BYTES } from "./sniff.ts";

/**
 * Opens the pictures at a path: those of one part, with the labels and attributes that a table among them or named tells.
 * InputError, naming `where`, when there are none, and when an option does not fit them.
 */
export async function openPictureFiles(spec: string, where: string, options: DataOptions): Promise<PictureSource> {
  const files = await openFiles(spec, where, options.split);
  try {
    const source = await openSource(files, where, options);
    if (options.split === "test" && (source.split ?? partOfPath(spec)) !== "test") {
      throw new InputError(
        `--split: ${spec} has no test part: no folder test, no column of a table that tells. Give the test data by its own path, without --split.`,
      );
    }
    return source;
  } catch (error) {
    await files.container.close();
    throw error;
  }
}

/** The part that the name of a file or folder tells of: test.zip, test_batch.bin, t10k-images-idx3-ubyte. */
function partOfPath(path: string): Split | undefined {
  const name = path.replace(/\/+$/, "").split("/").at(-1)!;
  return /^t10k/.test(name) ? "test" : partOf(name.replace(/[-_.].*$/, ""))?.split;
}

/** IDX before CIFAR before image files, since a set of the first two may have a picture beside it. */
async function openSource(files: Files, where: string, options: DataOptions): Promise<PictureSource> {
  const { container, lone, sorted } = files;
  const { idx, cifar, image, parquet, lmdb, archive } = sorted;
  const { split } = options;
  /** What is not of image files, which alone a table tells of. */
  const untabled = (source: PictureSource, name: string, unused: "labels" | "attributes" = "labels"): PictureSource => {
    const part = source.split ?? partOfPath(name);
    const flag = options.attributes === undefined ? unused : "attributes";
    if (options[flag] === undefined) return part === undefined ? source : { ...source, split: part };
    throw new InputError(
      `--${flag}: is for image files, of which a table tells by name, and ${name} is none. Leave it out.`,
    );
  };
  if (parquet.length > 0) {
    const { openParquet } = await import("./parquet-set.node.ts"); // its codecs take long to load
    return untabled(await openParquet(container, parquet, where, options), parquet[0].name, "attributes");
  }
  if (lmdb.length > 0) return untabled(await openLmdb(container, lmdb, where, split), lmdb[0].name);
  if (idx.length > 0) {
    const entry = lone ?? (await chooseIdx(idx, where, split));
    return untabled(await openIdx(container, entry, lone ? where : `${where}: ${entry.name}`), entry.name);
  }
  if (cifar.length > 0) {
    const isTest = ({ name }: Entry) => /test/i.test(name);
    const part = cifar.filter((entry) => isTest(entry) === (split === "test"));
    const source = await openCifar(container, part.length > 0 ? part : cifar, where);
    if (source) return untabled(source, part.some(isTest) ? "test" : cifar[0].name);
  }
  if (lone && image.length > 0) {
    throw new InputError(
      `${where} is one image, and a data set needs many. Give the folder or archive that holds them.`,
    );
  }
  if (lone) {
    const start = String.fromCharCode(...(await lone.head(8)));
    throw new InputError(`${where} is of no known format (it begins ${JSON.stringify(start)}). Known: ${KNOWN}.`);
  }
  if (image.length > 0) return withTable(await openImages(container, image, where, split), container, options, where);
  if (archive.length > 0) {
    const names = archive.slice(0, 5).map(({ name }) => name);
    throw new InputError(`${where} holds no images but archives: ${names.join(", ")}. Give one of them.`);
  }
  const { entries, problems } = container;
  const [problem] = problems;
  const nothing = entries.length === 0 ? " is empty" : ` holds no images among its ${entries.length} files`;
  throw new InputError(`${where}${problem ? `: ${problem.item}: ${problem.reason}` : nothing}. Give one of: ${KNOWN}.`);
}

/** The IDX images to take of a folder or archive: the only ones, or the only ones of the part wanted. */
async function chooseIdx(entries: readonly Entry[], where: string, split: Split = "train"): Promise<Entry> {
  const images = new Map<string, Entry>(); // by name without .gz, as both are often there
  for (const entry of entries) {
    const [, , , rank] = gunzippedHead(await entry.head(SNIFF_BYTES));
    if (rank !== 1) images.set(entry.name.replace(/\.gz$/, ""), entry);
  }
  const names = [...images.keys()];
  const part = names.filter((name) => (split === "train" ? /train/i : /test|t10k/i).test(name));
  const [chosen] = names.length === 1 ? names : part;
  if (names.length === 0) {
    throw new InputError(`${where} holds IDX labels but no IDX images. Add the file …-images-idx3-ubyte.`);
  }
  if (names.length > 1 && part.length !== 1) {
    const some = names.slice(0, 5).join(", ");
    throw new InputError(`${where} holds ${names.length} IDX files of images: ${some}. Give one of them.`);
  }
  return images.get(chosen)!;
}
