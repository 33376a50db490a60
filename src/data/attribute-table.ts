// A table of what each image has: read into files, parts and columns, and its columns into attributes or classes.

import { InputError, suggest } from "../errors/index.ts";
import { parseCelebaList, parseTable } from "../formats/index.ts";
import { type Part, partOf } from "./layout.ts";

export interface Column {
  readonly name: string;
  /** One for each row. */
  readonly values: readonly string[];
}

export interface AttributeTable {
  /** The file that each row is about. */
  readonly files: readonly string[];
  /** The part of the data that each row is of, where a column tells. */
  readonly parts?: readonly Part[];
  /** All other columns. */
  readonly columns: readonly Column[];
}

/** Names of the column that names files, the surest first; else it is the table's first. */
const FILE_COLUMNS = ["file", "filename", "file_name", "image_id", "image", "img", "path", "id", "name"];
const PART_COLUMNS = ["split", "partition"];

/** What columns of two values say, 0 and 1. */
const BINARY = [
  ["0", "1"],
  ["-1", "1"],
  ["no", "yes"],
  ["false", "true"],
];

/** The most values of a column whose values become attributes of their own. */
export const MOST_VALUES = 8;
/** The most classes that a column makes. */
const MOST_CLASSES = 1000;

/** Reads a table, by its content: CSV, TSV, or CelebA's list. InputError, naming `where`, when it is none. */
export function readAttributeTable(text: string, where: string): AttributeTable {
  const isCeleba = /^\s*\d+\s*\r?\n/.test(text);
  const { columns: names, rows } = isCeleba ? parseCelebaList(text, where) : parseTable(text, where);
  if (names.length < 2 || rows.length === 0) {
    throw new InputError(
      `${where}: ${rows.length} rows of ${names.length} columns. A table of images has a column of their file names, others that tell of them, and a row for each.`,
    );
  }
  if (isCeleba) requireSigns(names, rows, where);
  const place = (known: readonly string[]) =>
    known.map((name) => names.findIndex((each) => each.trim().toLowerCase() === name)).find((at) => at >= 0);
  const columns = names.map((name, at) => ({ name: name.trim(), values: rows.map((row) => row[at].trim()) }));
  const fileAt = place(FILE_COLUMNS) ?? 0;
  const partAt = place(PART_COLUMNS);
  const parts = partAt === undefined ? [] : columns[partAt].values.map((value) => partOf(value));
  const hasParts = partAt !== fileAt && parts.length > 0 && parts.every((part) => part !== undefined);
  return {
    files: columns[fileAt].values,
    ...(hasParts && { parts }),
    columns: columns.filter((_, at) => at !== fileAt && !(hasParts && at === partAt)),
  };
}

/** CelebA's list says of each attribute, in each row after the first two lines, whether the picture has it: 1 or −1. */
function requireSigns(names: readonly string[], rows: readonly (readonly string[])[], where: string): void {
  for (const [row, [, ...values]] of rows.entries()) {
    const at = values.findIndex((value) => value !== "1" && value !== "-1");
    if (at < 0) continue;
    throw new InputError(
      `${where}: line ${row + 3}: ${names[at + 1]} is ${JSON.stringify(values[at])}, and may be 1 or -1. Mend the line, or give a CSV file of any values.`,
    );
  }
}

/** Named properties that a row has or not, and the columns that make none, with the reason. */
export interface Attributes {
  readonly names: readonly string[];
  /** [rows, names.length] of 0 and 1. */
  readonly had: Uint8Array;
  readonly left: readonly { readonly column: string; readonly reason: string }[];
}

/**
 * Columns as attributes: of 0 and 1, −1 and 1, no and yes, false and true, the column itself; of two other values, the later of them by
 * alphabet ("hair=short"); of up to 8, or where some fields are empty, each value. A row with an empty field has none of them.
 *
 * @example attributesOf([{ name: "glasses", values: ["none", "round", "square"] }]) // glasses=none, glasses=round, glasses=square
 */
export function attributesOf(columns: readonly Column[]): Attributes {
  const found: { name: string; has: (value: string) => boolean; values: readonly string[] }[] = [];
  const left: { column: string; reason: string }[] = [];
  for (const { name, values } of columns) {
    const kinds = kindsOf(values);
    const words = kinds.map((kind) => kind.toLowerCase());
    const binary = BINARY.find((pair) => words.length > 0 && words.every((word) => pair.includes(word)));
    const whole = !values.includes("");
    if (kinds.length === 0 || (kinds.length === 1 && whole)) {
      left.push({ column: name, reason: `has the value ${JSON.stringify(kinds[0] ?? "")} alone` });
    } else if (binary) found.push({ name, values, has: (value) => value.toLowerCase() === binary[1] });
    else if (kinds.length > MOST_VALUES) {
      left.push({ column: name, reason: `has ${kinds.length} values, more than ${MOST_VALUES}` });
    } else {
      const own = kinds.length === 2 && whole ? kinds.slice(1) : kinds;
      for (const kind of own) found.push({ name: `${name}=${kind}`, values, has: (value) => value === kind });
    }
  }
  const rows = columns[0]?.values.length ?? 0;
  const had = new Uint8Array(rows * found.length);
  for (const [k, { values, has }] of found.entries()) {
    for (let row = 0; row < rows; row++) if (has(values[row])) had[row * found.length + k] = 1;
  }
  return { names: found.map(({ name }) => name), had, left };
}

/** A column as classes, each of its values being one; an empty field is no label. InputError when there are more than 1000. */
export function classesOf(
  { name, values }: Column,
  where: string,
): { readonly classes: readonly string[]; readonly labels: Int32Array } {
  const classes = kindsOf(values);
  if (classes.length > MOST_CLASSES) {
    throw new InputError(
      `--labels: the column "${name}" of ${where} has ${classes.length} values, classes are at most ${MOST_CLASSES}. Name another column.`,
    );
  }
  const labelOf = new Map(classes.map((kind, label) => [kind, label]));
  return { classes, labels: Int32Array.from(values, (value) => labelOf.get(value) ?? -1) };
}

/** The columns of these names, separated by commas. InputError, with a suggestion, where there is none. */
export function columnsOf(table: AttributeTable, names: string, where: string): Column[] {
  return names.split(",").map((each) => {
    const column = table.columns.find(({ name }) => name === each.trim());
    if (column) return column;
    const known = table.columns.map(({ name }) => name);
    throw new InputError(`--labels: ${where} has no column "${each.trim()}"; ${suggest(each.trim(), known)}`);
  });
}

/** The different values of a column, in the order of numbers where all are, else of character codes; an empty field is none. */
function kindsOf(values: readonly string[]): string[] {
  const kinds = [...new Set(values)].filter((value) => value !== "").sort();
  return kinds.every((kind) => Number.isFinite(Number(kind))) ? kinds.sort((a, b) => Number(a) - Number(b)) : kinds;
}
