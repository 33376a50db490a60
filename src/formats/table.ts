// Tables as text: CSV (RFC 4180), also with semicolons, and TSV (tabs, nothing quoted), each with a header; and CelebA's list_attr_celeba.txt.

import { InputError } from "../errors/index.ts";

export interface Table {
  /** Names of the columns, from the header. */
  readonly columns: readonly string[];
  /** One string for each column. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * Reads a table. A header with a tab in it makes it TSV, else one with a semicolon and no comma makes semicolons the separator.
 * Empty lines are passed over. Throws InputError, naming `where` and the row, for rows of another length than the header's,
 * for columns of the same name and for a quote that does not end.
 *
 * @example parseTable('file,smile\\n"a,1.png",1\\n', "t.csv") // columns file, smile; rows [["a,1.png", "1"]]
 */
export function parseTable(text: string, where: string): Table {
  const content = text.replace(/^\uFEFF/, ""); // a byte order mark, as spreadsheets write it
  const header = content.slice(0, Math.max(0, content.search(/[\r\n]|$/)));
  const separator = header.includes("\t") ? "\t" : header.includes(";") && !header.includes(",") ? ";" : ",";
  const [columns, ...rows] = splitRows(`${content}\n`, separator, where);
  if (columns === undefined) throw new InputError(`${where}: an empty table. Its first line names the columns.`);
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError(`${where}: two columns are called "${twice}". Name them apart.`);
  const odd = rows.findIndex(({ length }) => length !== columns.length);
  if (odd >= 0) {
    throw new InputError(
      `${where}: row ${odd + 1} has ${rows[odd].length} fields, the header ${columns.length}. Give each row a field for each column.`,
    );
  }
  return { columns, rows };
}

/** The fields of each line that is not empty, the last one ended too. A quoted field may hold separators, line ends, and quotes written twice. */
function splitRows(text: string, separator: string, where: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const quotes = separator !== "\t";
  for (let at = 0; at < text.length; ) {
    let end: number;
    if (quotes && text[at] === '"') {
      end = at + 1;
      while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1;
      if (end >= text.length) {
        throw new InputError(
          `${where}: row ${rows.length}: a quote does not end. Close it, or double it to mean itself.`,
        );
      }
      row.push(text.slice(at + 1, end).replaceAll('""', '"'));
      end++;
    } else {
      end = at;
      while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r") end++;
      row.push(text.slice(at, end));
    }
    at = end + 1;
    if (text[end] === separator) continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}

/**
 * Reads CelebA's list: the number of images, the names of the attributes, then for each image its file and −1 or 1 for each
 * attribute. Gives the file names as a first column "file". Throws InputError, naming `where`, where it is not so.
 */
export function parseCelebaList(text: string, where: string): Table {
  const [first = "", second = "", ...lines] = text.split(/\r?\n/);
  const fields = (line: string) => line.trim().split(/\s+/);
  const columns = ["file", ...fields(second)];
  const rows = lines.filter((line) => line.trim() !== "").map(fields);
  if (Number(first) !== rows.length) {
    throw new InputError(`${where}: says ${first} images, holds ${rows.length}. Download the file again.`);
  }
  const odd = rows.findIndex(({ length }) => length !== columns.length);
  if (odd >= 0) {
    throw new InputError(
      `${where}: row ${odd + 1} has ${rows[odd].length - 1} values, there are ${columns.length - 1} attributes. Download the file again.`,
    );
  }
  return { columns, rows };
}
