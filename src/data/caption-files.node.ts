// The captions of image files: the file that holds them, found or named, and its lines brought together with the images.

import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors/index.ts";
import { decodeUtf8 } from "../formats/index.ts";
import { type CaptionRow, looksLikeCaptions, readCaptions } from "./caption-table.ts";
import { type Container, type Entry, readWhole } from "./container.node.ts";
import type { DataOptions, Problem } from "./dataset.ts";
import { openFile } from "./folder.node.ts";
import type { PictureSource } from "./image-dataset.node.ts";
import { matcher } from "./labelled-images.node.ts";
import { choosePart } from "./layout.ts";

/** Files that may hold captions, by name; beside the images only those that say so are looked into. */
const TABLE_NAME = /\.(jsonl|ndjson|tsv|csv)$/i;
const CAPTION_NAME = /caption|text|prompt|description|metadata/i;
/** The largest file of captions that is looked for, 256 MiB; a named one may be larger. */
const MAX_SOUGHT = 2 ** 28;
/** Bytes that a first line may take. */
const MAX_LINE = 2 ** 16;
/** Names told of those that do not match. */
const TOLD = 5;

/** A file of captions, read. */
export interface CaptionFile {
  readonly name: string;
  readonly rows: readonly CaptionRow[];
  readonly checksum: string;
}

/** One caption of one image. */
export interface Caption {
  /** The image's number. */
  readonly image: number;
  readonly text: string;
  /** The caption's number in its file, counted over all parts: its row in a file of vectors. */
  readonly row: number;
}

/** The captions named, else those among the files, else those beside them; undefined where there are none. */
export async function findCaptions(
  spec: string,
  container: Container,
  source: PictureSource,
  { captions }: DataOptions,
  where: string,
): Promise<CaptionFile | undefined> {
  if (captions !== undefined) {
    const at = `--captions: ${captions}`;
    const { entries } = await openFile(captions, at);
    return readFileOf(entries[0], captions, at);
  }
  const known = matcher(namesOf(source));
  const about = async (entries: readonly Entry[], place: string): Promise<CaptionFile[]> => {
    const found: CaptionFile[] = [];
    for (const entry of entries) {
      if (!TABLE_NAME.test(entry.name) || entry.size > MAX_SOUGHT) continue;
      if (!looksLikeCaptions(await firstLine(entry))) continue;
      const file = await readFileOf(entry, entry.name, `${place}/${entry.name}`);
      if (file.rows.some((row) => known(row.file).length > 0)) found.push(file);
    }
    return found;
  };
  let found = await about(container.entries, where);
  if (found.length === 0) {
    const folder = dirname(spec);
    const beside = (await readdir(folder).catch(() => [])).filter((name) => TABLE_NAME.test(name));
    const named = beside.filter((name) => CAPTION_NAME.test(name) || name.startsWith(`${stemOf(spec)}.`)).sort();
    const entries = await Promise.all(
      named.map(async (name) => (await openFile(join(folder, name), where)).entries[0]),
    );
    found = await about(entries, folder);
  }
  if (found.length < 2) return found[0];
  const names = found.map(({ name }) => name).join(", ");
  throw new InputError(
    `--captions: ${spec} has ${found.length} files of captions: ${names}. Pass --captions with one of them.`,
  );
}

/** The first line of a text, or "" where it is none. */
async function firstLine(entry: Entry): Promise<string> {
  try {
    const head = await entry.head(MAX_LINE);
    const end = head.indexOf(0x0a);
    return decodeUtf8(end < 0 ? head : head.subarray(0, end), entry.name);
  } catch {
    return "";
  }
}

const stemOf = (path: string) => basename(path).replace(/\..*$/, "");
const namesOf = (source: PictureSource) => Array.from({ length: source.count }, (_, index) => source.name(index));

async function readFileOf(entry: Entry, name: string, at: string): Promise<CaptionFile> {
  const bytes = await readWhole(entry, at);
  const checksum = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  return { name, rows: readCaptions(decodeUtf8(bytes, at), at), checksum };
}

export interface MatchedCaptions {
  readonly captions: readonly Caption[];
  /** Captions in the file, of all parts. */
  readonly total: number;
  /** Those to learn words from, whichever part is wanted: the training part's where lines tell of parts, else all. */
  readonly sentences: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * The captions of the part wanted with their images. Images without captions and captions without image are problems; where it is
 * most of them, InputError.
 */
export function matchCaptions(
  source: PictureSource,
  { rows, name }: CaptionFile,
  container: Container,
  options: DataOptions,
): MatchedCaptions {
  const parts = rows.flatMap(({ part }) => (part ? [part] : []));
  const hasParts = parts.length === rows.length;
  const part = hasParts ? choosePart(parts, options.split ?? source.split, name) : undefined;
  if (options.split === "test" && !hasParts && source.split !== "test") {
    throw new InputError(
      `--split: there is no test part: no folder test, no column "split" in ${name}. Give the test data by its own path, without --split.`,
    );
  }
  const names = namesOf(source);
  const known = matcher(names);
  const others = matcher(container.entries.map((entry) => entry.name)); // images of other parts by their folder
  const captioned = new Uint8Array(names.length);
  const captions: Caption[] = [];
  const absent = new Set<string>();
  let total = 0;
  let wanted = 0;
  for (const { file, captions: texts, part: own } of rows) {
    const isWanted = !hasParts || own!.part === part;
    const places = known(file);
    if (places.length > 1) {
      throw new InputError(
        `--captions: ${name}: the file "${file}" fits ${places.length} images, ${names[places[0]]} the first. Name each image by its path.`,
      );
    }
    wanted += isWanted ? 1 : 0;
    if (places.length === 0) {
      if (isWanted && others(file).length === 0) absent.add(file);
    } else {
      // An image of another part lacks nothing.
      captioned[places[0]] = Math.max(captioned[places[0]], isWanted && texts.length === 0 ? 0 : 1);
      if (isWanted) captions.push(...texts.map((text, k) => ({ image: places[0], text, row: total + k })));
    }
    total += texts.length;
  }
  const without = names.filter((_, index) => captioned[index] === 0);
  const told = [
    { count: absent.size, of: wanted, text: "files that it names are not there", some: [...absent] },
    { count: without.length, of: names.length, text: "images have no caption", some: without },
  ]
    .filter(({ count }) => count > 0)
    .map(({ text, some, ...rest }) => ({ ...rest, text: `${rest.count} of ${rest.of} ${text} (${listed(some)})` }));
  if (captions.length === 0 || told.some(({ count, of }) => count > of / 2)) {
    const reason = told.map(({ text }) => text).join("; ") || "it has no caption for any of them";
    throw new InputError(
      `--captions: ${name} and the images do not match: ${reason}. Give the captions of these images.`,
    );
  }
  const taught = rows.filter((row) => row.part?.split === "train");
  const sentences = (hasParts && taught.length > 0 ? taught : rows).flatMap((row) => row.captions);
  return { captions, total, sentences, problems: told.map(({ text }) => ({ item: name, reason: text })) };
}

const listed = (names: readonly string[]) => names.slice(0, TOLD).join(", ") + (names.length > TOLD ? ", …" : "");
