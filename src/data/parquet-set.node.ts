// Hugging Face style parquet files (huggingface.co/docs/datasets, "Image"): a column of encoded images, each its bytes or
// { bytes, path }, and one of labels, whose names are in the file's metadata; a set may lie in several files.
import { createHash } from "node:crypto";
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { InputError, suggest } from "../errors/index.ts";
import { isJsonObject, type JsonObject, parseJson } from "../formats/index.ts";
import { classesOf } from "./attribute-table.ts";
import { type Container, type Entry, readWhole, reasonOf } from "./container.node.ts";
import type { DataOptions } from "./dataset.ts";
import type { PictureSource } from "./image-dataset.node.ts";
import { choosePart, partOf } from "./layout.ts";
import { ownForm, probe } from "./probe.node.ts";

/** Encoded images kept in memory, as whole row groups: parquet cannot be read row by row. */
const KEPT_BYTES = 2 ** 30;

/** Columns taken for labels where the metadata names none. */
const LABEL_COLUMNS = ["label", "labels", "class", "fine_label"];

/** One parquet file. */
interface Shard {
  readonly name: string;
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  /** The number of its first row in the set. */
  readonly start: number;
  readonly rows: number;
}

/** Opens the images in parquet files, of one part where their names tell. InputError when they hold none, or are damaged. */
export async function openParquet(
  container: Container,
  entries: readonly Entry[],
  where: string,
  { split, labels: wanted }: DataOptions,
): Promise<PictureSource> {
  const parts = entries.map(({ name }) => partOfShard(name));
  const divided = parts.every((part) => part !== undefined);
  const part = divided ? choosePart(parts, split, where) : undefined;
  const chosen = divided ? entries.filter((_, i) => parts[i].part === part) : entries;
  const found = parts.find((each) => each !== undefined && each.part === part);

  const shards: Shard[] = [];
  const identity = createHash("sha256");
  for (const entry of chosen) {
    const start = shards.at(-1) ? shards.at(-1)!.start + shards.at(-1)!.rows : 0;
    const shard = await openShard(entry, `${where}: ${entry.name}`, start);
    const footer = await shard.file.slice(entry.size - 8 - shard.metadata.metadata_length, entry.size);
    identity.update(`${entry.name}\0${entry.size}\0`).update(new Uint8Array(footer));
    shards.push(shard);
  }
  const count = shards.reduce((sum, { rows }) => sum + rows, 0);
  if (count === 0) throw new InputError(`${where} has no rows. Give parquet files with a column of images.`);
  const features = featuresOf(shards[0].metadata);
  const image = imageColumn(shards[0].metadata, features, where);
  const { classes, labels } = await readLabels(shards, features, { where, image, wanted });
  const groups = groupCache(image);
  const load = async (index: number) => {
    const shard = shards.findLast(({ start }) => start <= index)!;
    const bytes = await groups(shard, index - shard.start);
    if (bytes === undefined) throw new Error("no image in this row");
    return bytes;
  };
  const name = (index: number) => {
    const shard = shards.findLast(({ start }) => start <= index)!;
    return `${shard.name} row ${index - shard.start}`;
  };
  const { looked, failed } = await probe(count, load);
  if (looked.length === 0) {
    throw new InputError(
      `${where} has no image that can be read; ${name(failed[0].index)}: ${failed[0].reason}. Give PNG, JPEG, WebP or GIF images.`,
    );
  }
  return {
    count,
    classes,
    ...ownForm(looked),
    ...(found && { split: found.split }),
    fingerprint: `parquet ${count} ${identity.digest("hex").slice(0, 16)}${wanted === undefined ? "" : ` ${wanted}`}`,
    problems: container.problems,
    name,
    label: (index) => labels?.[index] ?? -1,
    load,
    close: () => container.close(),
  };
}

/** The part a file's name tells of: data/train-00000-of-00002.parquet, test/0000.parquet. */
function partOfShard(name: string) {
  const path = name.split("/");
  return [path.at(-1)!.replace(/[-_.].*$/, ""), ...path.slice(0, -1).reverse()].map(partOf).find((part) => part);
}

async function openShard(entry: Entry, where: string, start: number): Promise<Shard> {
  const whole = entry.slice ? undefined : await readWhole(entry, where);
  const file: AsyncBuffer = {
    byteLength: entry.size,
    async slice(from, to = entry.size) {
      return new Uint8Array(whole ? whole.subarray(from, to) : await entry.slice!(from, to)).buffer; // a copy of its own
    },
  };
  const metadata = await parquetMetadataAsync(file).catch((error) => {
    throw new InputError(`${where} cannot be read as parquet: ${reasonOf(error)}. Download the file again.`, {
      cause: error,
    });
  });
  return { name: entry.name, file, metadata, start, rows: Number(metadata.num_rows) };
}

/** What Hugging Face's library wrote of the columns, by name. */
function featuresOf({ key_value_metadata = [] }: FileMetaData): Readonly<Record<string, JsonObject>> {
  const text = key_value_metadata.find(({ key }) => key === "huggingface")?.value;
  if (text === undefined) return {};
  const value = parseJson(text, "huggingface");
  const info = isJsonObject(value) ? value.info : undefined;
  const features = isJsonObject(info) ? info.features : undefined;
  if (!isJsonObject(features)) return {};
  return Object.fromEntries(
    Object.entries(features).flatMap(([name, feature]) => (isJsonObject(feature) ? [[name, feature]] : [])),
  );
}

interface Leaf {
  readonly column: string;
  readonly path: string;
  readonly isBytes: boolean;
}

/** The columns' leaves: of "image" that may be image.bytes and image.path. */
function leavesOf({ row_groups, schema }: FileMetaData): Leaf[] {
  return (row_groups[0]?.columns ?? []).flatMap(({ meta_data }) => {
    if (meta_data === undefined) return [];
    const path = meta_data.path_in_schema;
    const element = schema.find(({ name, type }) => name === path.at(-1) && type === meta_data.type);
    const isText = element?.converted_type !== undefined || element?.logical_type !== undefined;
    return [{ column: path[0], path: path.join("."), isBytes: meta_data.type === "BYTE_ARRAY" && !isText }];
  });
}

/** The column of images: what the metadata calls so, else the first that has bytes. */
function imageColumn(metadata: FileMetaData, features: Readonly<Record<string, JsonObject>>, where: string): string {
  const leaves = leavesOf(metadata);
  const named = Object.keys(features).find((name) => features[name]._type === "Image");
  const found =
    named ?? leaves.find(({ isBytes, path, column }) => isBytes && [column, `${column}.bytes`].includes(path))?.column;
  if (found !== undefined) return found;
  const columns = [...new Set(leaves.map(({ column }) => column))];
  throw new InputError(
    `${where} has no column of images among its columns: ${columns.join(", ")}. Give parquet files with encoded images (bytes).`,
  );
}

/** The labels of all rows: of the column asked for, else of the only one that is a class, or is called so. */
async function readLabels(
  shards: readonly Shard[],
  features: Readonly<Record<string, JsonObject>>,
  { where, image, wanted }: { where: string; image: string; wanted: string | undefined },
): Promise<{ classes: readonly string[]; labels?: Int32Array }> {
  const columns = [...new Set(leavesOf(shards[0].metadata).map(({ column }) => column))].filter((c) => c !== image);
  if (wanted !== undefined && !columns.includes(wanted)) {
    throw new InputError(
      `--labels: ${where.replace(/^--[a-z-]+: /, "")} has no column "${wanted}"; ${suggest(wanted, columns)}`,
    );
  }
  const named = columns.filter((column) => features[column]?._type === "ClassLabel");
  const column = wanted ?? (named.length === 1 ? named[0] : LABEL_COLUMNS.find((name) => columns.includes(name)));
  if (column === undefined) return { classes: [] };
  const values: string[] = [];
  for (const { file, metadata, name } of shards) {
    const rows = await parquetReadObjects({ file, metadata, columns: [column], compressors }).catch((error) => {
      throw damaged(where, name, error);
    });
    for (const row of rows) values.push(row[column] === null || row[column] === undefined ? "" : String(row[column]));
  }
  const names = features[column]?.names;
  if (!Array.isArray(names)) return classesOf({ name: column, values }, where);
  const labels = Int32Array.from(values, (value) => (value === "" ? -1 : Number(value))); // −1 stands for none there too
  const most = labels.reduce((max, label) => Math.max(max, label), -1);
  if (most >= names.length) {
    throw new InputError(
      `${where}: the column "${column}" has the label ${most}, and ${names.length} classes are named. Download the files again.`,
    );
  }
  return { classes: names.map(String), labels };
}

const damaged = (where: string, name: string, error: unknown) =>
  new InputError(`${where}: ${name} cannot be read: ${reasonOf(error)}. Download the file again.`, { cause: error });

/** Reads the image of a row with its whole row group; the groups last used are kept. */
function groupCache(column: string): (shard: Shard, row: number) => Promise<Uint8Array | undefined> {
  const kept = new Map<string, { images: Promise<(Uint8Array | undefined)[]>; bytes: number }>();
  let total = 0;
  return async (shard, row) => {
    let start = 0;
    const group = shard.metadata.row_groups.find(({ num_rows }) => {
      if (row < start + Number(num_rows)) return true;
      start += Number(num_rows);
      return false;
    })!;
    const key = `${shard.start + start}`;
    const found = kept.get(key) ?? {
      images: readImages(shard, column, start, start + Number(group.num_rows)),
      bytes: Number(group.total_byte_size),
    };
    if (kept.delete(key)) total -= found.bytes; // put back as the last used
    kept.set(key, found);
    total += found.bytes;
    for (const [old, { bytes }] of kept) {
      if (total <= KEPT_BYTES || old === key) break;
      kept.delete(old);
      total -= bytes;
    }
    return (await found.images)[row - start];
  };
}

async function readImages(
  { file, metadata }: Shard,
  column: string,
  rowStart: number,
  rowEnd: number,
): Promise<(Uint8Array | undefined)[]> {
  const rows = await parquetReadObjects({
    file,
    metadata,
    columns: [column],
    rowStart,
    rowEnd,
    compressors,
    utf8: false,
  });
  return rows.map((row) => {
    const value: unknown = row[column];
    const bytes = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null)?.bytes;
    return bytes instanceof Uint8Array && bytes.length > 0 ? bytes : undefined;
  });
}
