// Image files with a table of what each has: rows are told apart by file names, the table's parts and columns become the set's.
import { createHash } from "node:crypto";
import { InputError } from "../errors/index.ts";
import { decodeUtf8 } from "../formats/index.ts";
import { type AttributeTable, attributesOf, classesOf, columnsOf, readAttributeTable } from "./attribute-table.ts";
import { type Container, type Entry, readWhole } from "./container.node.ts";
import type { DataOptions } from "./dataset.ts";
import { openFile } from "./folder.node.ts";
import { type PictureSource, picked } from "./image-dataset.node.ts";
import { choosePart } from "./layout.ts";

/** Tables that are looked for among the files. */
const TABLE_NAME = /(^|\/)([^/]*attributes[^/]*\.(csv|tsv)|list_attr_celeba\.(txt|csv)|labels\.(csv|tsv))$/i;
/** Names told of those that do not match. */
const TOLD = 5;

/**
 * The source with the labels and attributes of the table that `options` name, or that lies among its files and is about them; the
 * source as it is where there is none. InputError when the table and the images do not match, or a column asked for is not there.
 */
export async function withTable(
  source: PictureSource,
  container: Container,
  options: DataOptions,
  where: string,
): Promise<PictureSource> {
  const found = await findTable(source, container, options, where);
  if (found === undefined) {
    if (options.labels === undefined) return source;
    throw new InputError(
      `--labels: no table lies among the files of ${where.replace(/^--[a-z-]+: /, "")}, to have the column "${options.labels}". Pass one with --attributes FILE.csv.`,
    );
  }
  const { table, name, bytes } = found;
  const rows = rowsOf(table, source, container, options, name);
  const indices = [...rows.keys()].filter((index) => rows[index] !== undefined);
  const checksum = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const part = table.parts?.[rows[indices[0]]!];
  const fingerprint = [source.fingerprint, `table ${checksum}`, part?.part, options.labels].filter(Boolean).join(" ");
  const told = { fingerprint, ...(part && { split: part.split }) };
  const columns = options.labels === undefined ? table.columns : columnsOf(table, options.labels, name);
  if (options.labels !== undefined && columns.length === 1) {
    const { classes, labels } = classesOf(columns[0], name);
    return picked(source, indices, { ...told, classes, label: (index) => labels[rows[indices[index]]!] });
  }
  const { names, had, left } = attributesOf(columns);
  if (options.labels !== undefined && left.length > 0) {
    const [{ column, reason }] = left;
    throw new InputError(`--labels: the column "${column}" of ${name} ${reason}. Name it alone, or leave it out.`);
  }
  const unused = left.map(({ column, reason }) => `${column} (${reason})`).join(", ");
  return picked(source, indices, {
    ...told,
    attributes: names,
    attributesOf: (index) => {
      const row = rows[indices[index]]!;
      return had.subarray(row * names.length, (row + 1) * names.length);
    },
    problems: [
      ...source.problems,
      ...(unused === "" ? [] : [{ item: name, reason: `these columns are no attributes: ${unused}` }]),
    ],
  });
}

async function findTable(
  source: PictureSource,
  container: Container,
  { attributes }: DataOptions,
  where: string,
): Promise<{ table: AttributeTable; name: string; bytes: Uint8Array } | undefined> {
  const read = async (entry: Entry, at: string) => {
    const bytes = await readWhole(entry, at);
    return { table: readAttributeTable(decodeUtf8(bytes, at), at), bytes };
  };
  if (attributes !== undefined) {
    const at = `--attributes: ${attributes}`;
    const { entries } = await openFile(attributes, at);
    return { ...(await read(entries[0], at)), name: attributes };
  }
  const tables = container.entries.filter(({ name }) => TABLE_NAME.test(name));
  if (tables.length !== 1) return undefined; // of several, none is taken unasked
  const [{ name }] = tables;
  const { table, bytes } = await read(tables[0], `${where}: ${name}`);
  const known = matcher(Array.from({ length: source.count }, (_, index) => source.name(index)));
  const isAbout = table.files.some((file) => known(file).length > 0);
  return isAbout ? { table, name, bytes } : undefined;
}

/** The row of each picture; none for those of other parts. */
function rowsOf(
  { files, parts }: AttributeTable,
  source: PictureSource,
  container: Container,
  options: DataOptions,
  table: string,
): (number | undefined)[] {
  const part = parts && choosePart(parts, options.split ?? source.split, table);
  const names = Array.from({ length: source.count }, (_, index) => source.name(index));
  const known = matcher(names);
  const others = matcher(container.entries.map(({ name }) => name)); // images of other parts by their folder
  const rows: (number | undefined)[] = names.map(() => undefined);
  const seen = new Uint8Array(names.length);
  const absent: string[] = [];
  for (const [row, file] of files.entries()) {
    const wanted = parts === undefined || parts[row].part === part;
    const places = known(file);
    if (places.length > 1 || seen[places[0]] === 1) {
      const reason = places.length > 1 ? `fits ${places.length} images, ${names[places[0]]} the first` : "comes twice";
      throw new InputError(`--attributes: ${table}: the file "${file}" ${reason}. Name each image once, by its path.`);
    }
    if (places.length === 0) {
      if (wanted && others(file).length === 0) absent.push(file);
      continue;
    }
    seen[places[0]] = 1;
    if (wanted) rows[places[0]] = row;
  }
  const without = names.filter((_, index) => seen[index] === 0);
  if (absent.length > 0 || without.length > 0) {
    const told = [
      ...(absent.length > 0 ? [`${absent.length} of its ${files.length} files are not there (${some(absent)})`] : []),
      ...(without.length > 0 ? [`${without.length} of ${names.length} images have no row (${some(without)})`] : []),
    ];
    throw new InputError(
      `--attributes: ${table} and the images do not match: ${told.join("; ")}. Give each image its row and each row its image.`,
    );
  }
  return rows;
}

/** The places among `names` of a file that a table names: by its path's end, with or without extension. */
export function matcher(names: readonly string[]): (file: string) => number[] {
  const byName = new Map<string, number[]>();
  const add = (key: string, place: number) => {
    const places = byName.get(key);
    if (places) places.push(place);
    else byName.set(key, [place]);
  };
  for (const [place, name] of names.entries()) {
    const last = name.slice(name.lastIndexOf("/") + 1);
    add(last, place);
    if (withoutExtension(last) !== last) add(withoutExtension(last), place);
  }
  return (file) => {
    const path = file.replaceAll("\\", "/").replace(/^(\.?\/)+/, "");
    const ends = (name: string) => name === path || name.endsWith(`/${path}`);
    const places = byName.get(path.slice(path.lastIndexOf("/") + 1)) ?? [];
    return places.filter((place) => ends(names[place]) || ends(withoutExtension(names[place])));
  };
}

const withoutExtension = (name: string) => name.replace(/\.\w+$/, "");

const some = (names: readonly string[]) => names.slice(0, TOLD).join(", ") + (names.length > TOLD ? ", …" : "");
