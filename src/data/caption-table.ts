// Captions of image files as text says them: JSON lines, or a table (CSV, TSV) with a column that names files and columns of text.

import { InputError } from "../errors/index.ts";
import { isJsonObject, type JsonValue, parseJson, parseTable } from "../formats/index.ts";
import { type Part, partOf } from "./layout.ts";

/** The captions that one line tells of one image. */
export interface CaptionRow {
  readonly file: string;
  readonly captions: readonly string[];
  /** The part of the data that it is of, where the line tells. */
  readonly part?: Part;
}

/** Names of the field that names files, and of those that hold text, each field being captions of its own; the surest first. */
const FILE_FIELDS = ["file", "file_name", "filename", "image", "path"];
const TEXT_FIELDS = [
  "caption",
  "captions",
  "text",
  "texts",
  "description",
  "sentence",
  "prompt",
  "name",
  "names",
  "keywords",
  "tags",
];
const PART_FIELDS = ["split", "partition"];

const oneOf = (fields: readonly string[], names: readonly string[]): string | undefined =>
  fields.map((field) => names.find((name) => name.trim().toLowerCase() === field)).find((name) => name !== undefined);

const textFields = (names: readonly string[]): string[] =>
  TEXT_FIELDS.flatMap((field) => names.filter((name) => name.trim().toLowerCase() === field));

/** Whether the text looks like captions: its first line has a field for files and one for text. Never throws. */
export function looksLikeCaptions(text: string): boolean {
  try {
    const [first] = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1);
    const object = first.startsWith("{") ? parseJson(first, "first line") : undefined;
    const names = isJsonObject(object) ? Object.keys(object) : parseTable(first, "first line").columns;
    return oneOf(FILE_FIELDS, names) !== undefined && textFields(names).length > 0;
  } catch {
    return false;
  }
}

/**
 * Reads captions. JSON lines, told by a first character "{", hold strings or lists of them; a table's empty fields hold none. A field of
 * several words between bars, as keywords are written, is one caption: "cat | pet" becomes "cat, pet". InputError, naming `where` and
 * the line, where a line has no file or no text.
 *
 * @example readCaptions('{"file": "1.png", "captions": ["a cat", "a pet"]}', "captions.jsonl") // one row, two captions
 */
export function readCaptions(text: string, where: string): CaptionRow[] {
  const content = text.replace(/^\uFEFF/, "");
  const rows = content.trimStart().startsWith("{") ? fromLines(content, where) : fromTable(content, where);
  if (rows.length > 0) return rows;
  throw new InputError(`${where}: holds no captions. Give each image a line: its file and its caption.`);
}

function fromLines(content: string, where: string): CaptionRow[] {
  return content.split(/\r?\n/).flatMap((line, i): CaptionRow[] => {
    if (line.trim() === "") return [];
    const at = `${where}: line ${i + 1}`;
    const object = parseJson(line, at);
    if (!isJsonObject(object)) throw new InputError(`${at} is no object. Write {"file": "1.png", "caption": "a cat"}.`);
    const names = Object.keys(object);
    const fileField = oneOf(FILE_FIELDS, names);
    const file = fileField === undefined ? undefined : object[fileField];
    const fields = textFields(names);
    if (typeof file !== "string" || fields.length === 0) {
      throw new InputError(
        `${at} needs a file and a caption, has ${names.join(", ") || "nothing"}. Write {"file": "1.png", "caption": "a cat"}.`,
      );
    }
    const captions = fields.flatMap((field) => strings(object[field], `${at}: ${field}`));
    const partField = oneOf(PART_FIELDS, names);
    return [rowOf(file, captions, partField === undefined ? undefined : object[partField])];
  });
}

function strings(value: JsonValue | undefined, at: string): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.every((each) => typeof each === "string")) return list;
  throw new InputError(`${at} must be a text or a list of texts, got ${JSON.stringify(value)}. Put it in quotes.`);
}

function fromTable(content: string, where: string): CaptionRow[] {
  const { columns, rows } = parseTable(content, where);
  const [fileField, texts, partField] = [oneOf(FILE_FIELDS, columns), textFields(columns), oneOf(PART_FIELDS, columns)];
  if (fileField === undefined || texts.length === 0) {
    throw new InputError(
      `${where}: its columns are ${columns.join(", ")}. Call the column of file names "file" and that of the captions "caption".`,
    );
  }
  const at = (name: string) => columns.indexOf(name);
  return rows.map((row) =>
    rowOf(
      row[at(fileField)],
      texts.map((name) => row[at(name)]),
      partField === undefined ? undefined : row[at(partField)],
    ),
  );
}

function rowOf(file: string, captions: readonly string[], told: JsonValue | undefined): CaptionRow {
  const part = typeof told === "string" ? partOf(told.trim()) : undefined;
  const plain = captions.map((caption) => caption.replace(/\s*\|\s*/g, ", ").trim());
  return { file: file.trim(), captions: plain.filter((caption) => caption !== ""), ...(part && { part }) };
}
