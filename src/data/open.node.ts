// From what the user wrote after --data to a Dataset: an embedded set's name, or a path, whose format is told by its content.
import { stat } from "node:fs/promises";
import { InputError, suggest } from "../errors/index.ts";
import { isCifarSize, openCifar } from "./cifar-set.node.ts";
import { type Container, type Entry, pathError, readWhole } from "./container.node.ts";
import type { DataOptions, Dataset } from "./dataset.ts";
import { openFile, openFolder, readHead } from "./folder.node.ts";
import { gunzipped, gunzippedHead } from "./gzip.node.ts";
import { openIdx } from "./idx-set.node.ts";
import { imageDataset, type PictureSource } from "./image-dataset.node.ts";
import { openImages } from "./image-set.node.ts";
import { findDataset, listDatasets } from "./registry.ts";
import { isImage, SNIFF_BYTES, sniff } from "./sniff.ts";
import { openTar, openTarBytes } from "./tar.node.ts";
import { openZip } from "./zip.node.ts";

const KNOWN =
  "PNG, JPEG, WebP or GIF images in a folder, .zip, .tar or .tar.gz; IDX files (MNIST); CIFAR-10 or -100 binary files";

/** Files that are meant to be images, by name: whatever they hold, they count as such or as problems. */
const IMAGE_NAME = /\.(png|jpe?g|jfif|webp|gif|bmp|tiff?|avif|hei[cf])$/i;

/** Files that are none, by name, and are not looked into. */
const OTHER_NAME = /\.(txt|csv|tsv|json|jsonl|xml|html?|md|ya?ml|pdf|py|ipynb|m|mat|npy|npz|log|db|ini|sha256|md5)$/i;

/** Hidden files and folders, and what macOS and Windows leave in archives; not the parts "." and "..". */
const HIDDEN_NAME = /(^|\/)(\.(?!\.?(\/|$))|__MACOSX\/|Thumbs\.db$)/;

/**
 * Opens the data set that `spec` names: an embedded set, a folder, a zip, tar or gzipped tar archive, an IDX or a CIFAR file.
 *
 * InputError when there is none, when it is damaged or of no known format, and when the options do not fit it.
 *
 * @example const dataset = await openDataset("./flowers.zip", { seed: 1, size: 64 });
 */
export async function openDataset(spec: string, options: DataOptions): Promise<Dataset> {
  const embedded = findDataset(spec);
  if (embedded) return embedded.open(options);
  const where = `--data: ${spec}`;
  const { container, lone } = await openContainer(spec, where);
  try {
    return imageDataset(spec, await openLayout(container, lone, where), options);
  } catch (error) {
    await container.close();
    throw error;
  }
}

/** The files at a path: those of a folder or archive, or a lone file (with those beside it that may hold its labels). */
async function openContainer(spec: string, where: string): Promise<{ container: Container; lone?: Entry }> {
  const info = await stat(spec).catch((error) => {
    const missing = error.code === "ENOENT" && /^[\w-]+$/.test(spec);
    const names = listDatasets().map(({ name }) => name);
    throw missing
      ? new InputError(`${where} is neither an embedded set nor a path; ${suggest(spec, names)}`)
      : pathError(where, error);
  });
  if (info.isDirectory()) return { container: await openFolder(spec, where) };
  if (!info.isFile()) throw new InputError(`${where} is neither a file nor a folder. Give one of: ${KNOWN}.`);
  if (info.size === 0) throw new InputError(`${where} is empty (0 bytes). Give one of: ${KNOWN}.`);

  const head = await readHead(spec, SNIFF_BYTES).catch((error) => {
    throw pathError(where, error);
  });
  const format = sniff(head);
  if (format === "zip") return { container: await openZip(spec, where) };
  if (format === "tar") return { container: await openTar(spec, where) };
  const container = await openFile(spec, where);
  const lone = container.entries[0];
  if (format !== "gzip") return { container, lone };

  const bytes = await gunzipped(await readWhole(lone, where), where);
  if (sniff(bytes.subarray(0, SNIFF_BYTES)) === "tar") return { container: await openTarBytes(bytes, where) };
  const unpacked: Entry = {
    ...lone,
    size: bytes.length,
    read: async () => bytes,
    head: async (n) => bytes.subarray(0, n),
  };
  return { container: { ...container, entries: [unpacked, ...container.entries.slice(1)] }, lone: unpacked };
}

/** The pictures in a container: IDX before CIFAR before image files, since a set of the first two may have a picture beside it. */
async function openLayout(container: Container, lone: Entry | undefined, where: string): Promise<PictureSource> {
  const { idx, cifar, image, archive } = lone ? await classify([lone], false) : await classify(container.entries, true);
  if (idx.length > 0) {
    const entry = lone ?? (await chooseIdx(idx, where));
    return openIdx(container, entry, lone ? where : `${where}: ${entry.name}`);
  }
  if (cifar.length > 0) {
    const training = cifar.filter(({ name }) => !/test/i.test(name));
    const source = await openCifar(container, training.length > 0 ? training : cifar, where);
    if (source) return source;
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
  if (image.length > 0) return openImages(container, image, where);
  if (archive.length > 0) {
    const names = archive.slice(0, 5).map(({ name }) => name);
    throw new InputError(`${where} holds no images but archives: ${names.join(", ")}. Give one of them.`);
  }
  const { entries, problems } = container;
  const [problem] = problems;
  const nothing = entries.length === 0 ? " is empty" : ` holds no images among its ${entries.length} files`;
  throw new InputError(`${where}${problem ? `: ${problem.item}: ${problem.reason}` : nothing}. Give one of: ${KNOWN}.`);
}

/** Sorts files by what they hold; `byName` lets names decide for the plain cases, and passes over what is hidden. */
async function classify(
  entries: readonly Entry[],
  byName: boolean,
): Promise<Record<"idx" | "cifar" | "image" | "archive", Entry[]>> {
  const found = { idx: [] as Entry[], cifar: [] as Entry[], image: [] as Entry[], archive: [] as Entry[] };
  for (const entry of entries) {
    if (byName && (HIDDEN_NAME.test(entry.name) || OTHER_NAME.test(entry.name))) continue;
    if (byName && IMAGE_NAME.test(entry.name)) {
      found.image.push(entry);
      continue;
    }
    const head = await entry.head(SNIFF_BYTES).catch(() => new Uint8Array()); // told by what reads it, if anything does
    const inside = gunzippedHead(head);
    const format = sniff(inside);
    if (isImage(format)) found.image.push(entry);
    else if (format === "idx") found.idx.push(entry);
    else if (format !== undefined || inside !== head) found.archive.push(entry);
    else if (isCifarSize(entry.size)) found.cifar.push(entry);
  }
  return found;
}

/** The IDX images to take of a folder or archive: the only ones, or the only ones for training. */
async function chooseIdx(entries: readonly Entry[], where: string): Promise<Entry> {
  const images = new Map<string, Entry>(); // by name without .gz, as both are often there
  for (const entry of entries) {
    const [, , , rank] = gunzippedHead(await entry.head(SNIFF_BYTES));
    if (rank !== 1) images.set(entry.name.replace(/\.gz$/, ""), entry);
  }
  const names = [...images.keys()];
  const training = names.filter((name) => /train/i.test(name));
  const [chosen] = names.length === 1 ? names : training;
  if (names.length === 0) {
    throw new InputError(`${where} holds IDX labels but no IDX images. Add the file …-images-idx3-ubyte.`);
  }
  if (names.length > 1 && training.length !== 1) {
    const some = names.slice(0, 5).join(", ");
    throw new InputError(`${where} holds ${names.length} IDX files of images: ${some}. Give one of them.`);
  }
  return images.get(chosen)!;
}
