// Images in a folder or archive, one file each; sub-folders, where there are several, are classes.
import { createHash } from "node:crypto";
import { InputError } from "../errors/index.ts";
import type { Container, Entry } from "./container.node.ts";
import type { Split } from "./dataset.ts";
import type { PictureSource } from "./image-dataset.node.ts";
import { layOut } from "./layout.ts";
import { ownForm, probe } from "./probe.node.ts";

/** The largest image file read. */
const MAX_FILE_BYTES = 2 ** 28;

/** Opens the images among a container's entries, of one part where they are divided. InputError when none can be read. */
export async function openImages(
  container: Container,
  images: readonly Entry[],
  where: string,
  wanted?: Split,
): Promise<PictureSource> {
  const { images: entries, folders, folder, unpaired, split } = layOut(images, wanted, where);
  const { classes, labels, only = folder } = classesOf(folders);
  const load = async (index: number) => {
    const entry = entries[index];
    if (entry.size > MAX_FILE_BYTES) throw new Error(`${entry.size} bytes, more than 256 MiB`);
    return entry.read();
  };

  const { looked, failed } = await probe(entries.length, load);
  if (looked.length === 0) {
    const problems = [
      ...container.problems,
      ...failed.map(({ index, reason }) => ({ item: entries[index].name, reason })),
    ];
    const [{ item, reason }] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more like it)` : "";
    throw new InputError(
      `${where} has no image that can be read; ${item}: ${reason}${more}. Give PNG, JPEG, WebP or GIF images.`,
    );
  }

  const identity = createHash("sha256");
  for (const { name, size, checksum } of entries) identity.update(`${name}\0${size}\0${checksum}\n`);
  return {
    count: entries.length,
    classes,
    ...ownForm(looked),
    ...(classes.length === 0 && only !== undefined && { folder: only }),
    ...(unpaired && { unpaired }),
    ...(split && { split }),
    fingerprint: `images ${entries.length} ${identity.digest("hex").slice(0, 16)}`,
    problems: container.problems,
    name: (index) => entries[index].name,
    label: (index) => labels[index],
    load,
    close: () => container.close(),
  };
}

/** Classes in sorted order, and each image's; none where there are fewer than two folders: the `only` one is no class. */
function classesOf(folders: readonly (string | undefined)[]): { classes: string[]; labels: number[]; only?: string } {
  const classes = [...new Set(folders)].filter((folder) => folder !== undefined).sort();
  if (classes.length < 2) {
    const [only] = classes;
    return { classes: [], labels: folders.map(() => -1), ...(only !== undefined && { only }) };
  }
  const labelOf = new Map<string | undefined, number>(classes.map((name, label) => [name, label]));
  return { classes, labels: folders.map((folder) => labelOf.get(folder)!) };
}
