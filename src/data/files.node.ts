// The files at a path, whatever holds them, sorted by what they are.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError, suggest } from "../errors/index.ts";
import { isCifarSize } from "./cifar-set.node.ts";
import { type Container, type Entry, pathError, readWhole, sortByName } from "./container.node.ts";
import type { Split } from "./dataset.ts";
import { openFile, openFolder, readHead } from "./folder.node.ts";
import { gunzipped, gunzippedHead } from "./gzip.node.ts";
import { areSides, layOut, partOf } from "./layout.ts";
import { listDatasets } from "./registry.ts";
import { isImage, SNIFF_BYTES, sniff } from "./sniff.ts";
import { openTar, openTarBytes } from "./tar.node.ts";
import { openZip } from "./zip.node.ts";

export const KNOWN =
  "PNG, JPEG, WebP or GIF images in a folder, .zip, .tar or .tar.gz; IDX files (MNIST); CIFAR-10 or -100 binary files; parquet files with a column of images; an LMDB folder (LSUN)";

/** Files that are meant to be images, by name: whatever they hold, they count as such or as problems. */
const IMAGE_NAME = /\.(png|jpe?g|jfif|webp|gif|bmp|tiff?|avif|hei[cf])$/i;

/** Files that are none, by name, and are not looked into. */
const OTHER_NAME = /\.(txt|csv|tsv|json|jsonl|xml|html?|md|ya?ml|pdf|py|ipynb|m|mat|npy|npz|log|db|ini|sha256|md5)$/i;

/** Hidden files and folders, and what macOS and Windows leave in archives; not the parts "." and "..". */
const HIDDEN_NAME = /(^|\/)(\.(?!\.?(\/|$))|__MACOSX\/|Thumbs\.db$)/;

const ARCHIVE_NAME = /\.(zip|tar|tar\.gz|tgz)$/i;

/** The files of a container by what they hold. */
export type Sorted = Record<"idx" | "cifar" | "image" | "parquet" | "lmdb" | "archive", Entry[]>;

export interface Files {
  readonly container: Container;
  /** The file itself, where the path is that of one file; with it in the container are those that may hold its labels. */
  readonly lone?: Entry;
  readonly sorted: Sorted;
}

/**
 * The files at a path: those of a folder or archive, or a lone file. A folder without images that holds archives called train, test,
 * A, B, trainA and so on is read as if these were folders, those of the part wanted. InputError when there is nothing to read.
 */
export async function openFiles(spec: string, where: string, split?: Split): Promise<Files> {
  const { container, lone } = await openContainer(spec, where);
  try {
    const sorted = lone ? await classify([lone], false) : await classify(container.entries, true);
    const { archive, ...others } = sorted;
    const isFolder = lone === undefined && (await stat(spec)).isDirectory();
    if (!isFolder || Object.values(others).some(({ length }) => length > 0)) {
      return { container, ...(lone && { lone }), sorted };
    }
    const united = await unite(spec, archive, where, split);
    return united ? { container: united, sorted: await classify(united.entries, true) } : { container, sorted };
  } catch (error) {
    await container.close();
    throw error;
  }
}

async function openContainer(spec: string, where: string): Promise<Omit<Files, "sorted">> {
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
    slice: async (start, end) => bytes.subarray(start, end),
  };
  return { container: { ...container, entries: [unpacked, ...container.entries.slice(1)] }, lone: unpacked };
}

/** Sorts files by what they hold; `byName` lets names decide for the plain cases, and passes over what is hidden. */
async function classify(entries: readonly Entry[], byName: boolean): Promise<Sorted> {
  const found: Sorted = { idx: [], cifar: [], image: [], parquet: [], lmdb: [], archive: [] };
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
    else if (format === "idx" || format === "parquet" || format === "lmdb") found[format].push(entry);
    else if (format !== undefined || inside !== head) found.archive.push(entry);
    else if (isCifarSize(entry.size)) found.cifar.push(entry);
  }
  return found;
}

/** The archives of a folder as its sub-folders, where they are called like the parts or sides of a set; undefined where not. */
async function unite(
  folder: string,
  archives: readonly Entry[],
  where: string,
  split: Split | undefined,
): Promise<Container | undefined> {
  const named = archives
    .filter(({ name }) => ARCHIVE_NAME.test(name))
    .map((entry) => ({ path: entry.name, name: `${entry.name.replace(ARCHIVE_NAME, "")}/` }));
  const stems = named.map(({ name }) => name.split("/").at(-2)!);
  if (stems.length === 0 || !(stems.every((stem) => partOf(stem)) || areSides(stems.toSorted()))) return undefined;
  const { images: chosen } = layOut(named, split, where);
  const opened: { name: string; container: Container }[] = [];
  const close = async () => {
    for (const { container } of opened) await container.close();
  };
  try {
    for (const { path, name } of chosen) {
      const { container } = await openContainer(join(folder, path), `${where}/${path}`);
      opened.push({ name, container });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const entries = opened.flatMap(({ name, container }) =>
    container.entries.map((entry) => ({ ...entry, name: name + entry.name })),
  );
  const problems = opened.flatMap(({ name, container }) =>
    container.problems.map(({ item, reason }) => ({ item: name + item, reason })),
  );
  return { entries: sortByName(entries), problems, close };
}
