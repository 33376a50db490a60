// LSUN (Yu et al. 2015): LMDB folders whose values are images in WebP, one folder for each class of scenes and part of the data.
import { createHash } from "node:crypto";
import { InputError } from "../errors/index.ts";
import { listLmdb } from "../formats/index.ts";
import { type Container, type Entry, readWhole } from "./container.node.ts";
import type { Split } from "./dataset.ts";
import type { PictureSource } from "./image-dataset.node.ts";
import { choosePart, partOf } from "./layout.ts";
import { ownForm, probe } from "./probe.node.ts";

/** "church_outdoor_train_lmdb" → church_outdoor, train */
const FOLDER = /^(.+?)[-_](train|val|test)(?:[-_]lmdb)?$/i;

/** Opens the images in data.mdb files, of one part where their folders tell; of several folders each is a class. */
export async function openLmdb(
  container: Container,
  entries: readonly Entry[],
  where: string,
  split?: Split,
): Promise<PictureSource> {
  const folders = entries.map(({ name }) => name.split("/").at(-2) ?? "");
  const parts = folders.map((folder) => partOf(FOLDER.exec(folder)?.[2] ?? ""));
  const divided = parts.every((part) => part !== undefined);
  const part = divided ? choosePart(parts, split, where) : undefined;
  const chosen = [...entries.keys()].filter((i) => parts[i]?.part === part || !divided);
  const names = chosen.map((i) => (divided ? FOLDER.exec(folders[i])![1] : folders[i]));
  const different = [...new Set(names)].sort();
  const classes = different.length > 1 ? different : [];

  const identity = createHash("sha256");
  const stores: {
    name: string;
    label: number;
    start: number;
    count: number;
    read(index: number): Promise<Uint8Array>;
  }[] = [];
  let count = 0;
  for (const [k, i] of chosen.entries()) {
    const entry = entries[i];
    const whole = entry.slice ? undefined : await readWhole(entry, `${where}: ${entry.name}`);
    const readAt = async (at: number, length: number) =>
      whole ? whole.subarray(at, at + length) : entry.slice!(at, Math.min(at + length, entry.size));
    const { offsets, sizes } = await listLmdb(readAt, entry.size, `${where}: ${entry.name}`);
    identity.update(`${entry.name}\0${entry.size}\0`).update(offsets).update(sizes);
    const read = (index: number) => readAt(offsets[index], sizes[index]);
    stores.push({ name: entry.name, label: classes.indexOf(names[k]), start: count, count: sizes.length, read });
    count += sizes.length;
  }
  const storeOf = (index: number) => stores.findLast(({ start, count }) => start <= index && count > 0)!;
  const name = (index: number) => `${storeOf(index).name} value ${index - storeOf(index).start}`;
  const load = (index: number) => storeOf(index).read(index - storeOf(index).start);
  const { looked, failed } = await probe(Math.min(count, 1000), load);
  if (looked.length === 0) {
    const reason = failed.length > 0 ? `; ${name(failed[0].index)}: ${failed[0].reason}` : "";
    throw new InputError(
      `${where} has no image that can be read among its ${count} values${reason}. Give LSUN's folders.`,
    );
  }
  const found = divided ? parts.find((each) => each.part === part) : undefined;
  return {
    count,
    classes,
    ...(different.length === 1 && different[0] !== "" && { folder: different[0] }),
    ...ownForm(looked),
    ...(found && { split: found.split }),
    fingerprint: `lmdb ${count} ${identity.digest("hex").slice(0, 16)}`,
    problems: container.problems,
    name,
    label: (index) => storeOf(index).label,
    load,
    close: () => container.close(),
  };
}
