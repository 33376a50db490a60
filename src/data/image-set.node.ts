// Images in a folder or archive, one file each; sub-folders, where there are several, are classes.
import { createHash } from "node:crypto";
import { InputError } from "../errors/index.ts";
import { type Container, type Entry, reasonOf } from "./container.node.ts";
import { measure } from "./decode.node.ts";
import type { PictureSource } from "./image-dataset.node.ts";

/** The largest image file read. */
const MAX_FILE_BYTES = 2 ** 28;

/** Images looked at to tell whether a set is grey. */
const PROBES = 8;

/** Opens the images among a container's entries. InputError when none can be read. */
export async function openImages(
  container: Container,
  images: readonly Entry[],
  where: string,
): Promise<PictureSource> {
  const { entries, classes, labels } = labelled(images);
  const load = async (index: number) => {
    const entry = entries[index];
    if (entry.size > MAX_FILE_BYTES) throw new Error(`${entry.size} bytes, more than 256 MiB`);
    return entry.read();
  };
  const look = async (index: number) => measure(await load(index));

  // The set's own size is that of its first readable image; it is grey when all that are looked at are.
  const problems = [...container.problems];
  let first: Awaited<ReturnType<typeof look>> | undefined;
  for (let index = 0; index < entries.length && !first; index++) {
    first = await look(index).catch((error) => {
      problems.push({ item: entries[index].name, reason: reasonOf(error) });
      return undefined;
    });
  }
  if (!first) {
    const { item, reason } = problems[0];
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more like it)` : "";
    throw new InputError(
      `${where} has no image that can be read; ${item}: ${reason}${more}. Give PNG, JPEG, WebP or GIF images.`,
    );
  }
  let grey = first.grey;
  for (let probe = 1; probe < PROBES && grey; probe++) {
    const looked = await look(Math.floor((probe * entries.length) / PROBES)).catch(() => undefined);
    grey = looked?.grey ?? grey;
  }

  const identity = createHash("sha256");
  for (const { name, size, checksum } of entries) identity.update(`${name}\0${size}\0${checksum}\n`);
  return {
    count: entries.length,
    classes,
    size: Math.min(128, Math.max(16, 2 ** Math.floor(Math.log2(Math.min(first.width, first.height))))),
    channels: grey ? 1 : 3,
    fingerprint: `images ${entries.length} ${identity.digest("hex").slice(0, 16)}`,
    problems: container.problems,
    name: (index) => entries[index].name,
    label: (index) => labels[index],
    load,
    close: () => container.close(),
  };
}

/**
 * Classes from folders, as they are usually laid out: below the folder that all images share, the first folder is the class, where
 * every image lies in one and there are at least two. Where those folders are splits and one is "train", only that is used.
 */
function labelled(images: readonly Entry[]): { entries: readonly Entry[]; classes: string[]; labels: number[] } {
  const folders = images.map(({ name }) => name.split("/").slice(0, -1));
  let shared = 0;
  while (folders[0].length > shared && folders.every((folder) => folder[shared] === folders[0][shared])) shared++;
  const tops = folders.map((folder): string | undefined => folder[shared]);
  if (tops.includes(undefined)) return { entries: images, classes: [], labels: images.map(() => -1) };
  const classes = [...new Set(tops)].filter((top) => top !== undefined).sort();
  if (classes.includes("train") && classes.every((name) => SPLITS.has(name))) {
    return labelled(images.filter((_, i) => tops[i] === "train"));
  }
  const labelOf = new Map<string | undefined, number>(classes.map((name, label) => [name, label]));
  return { entries: images, classes, labels: tops.map((top) => labelOf.get(top)!) };
}

const SPLITS = new Set(["train", "test", "val", "valid", "validation", "dev"]);
