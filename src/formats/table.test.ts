import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { parseCelebaList, parseTable } from "./table.ts";

const rows = (text: string) => parseTable(text, "t").rows;

test("a table is CSV, with semicolons, or TSV, by its header, whatever ends its lines", () => {
  const expected = { columns: ["file", "smile"], rows: [["a.png", "1"], ["b.png", ""]] }; // biome-ignore format: a table
  expect(parseTable("file,smile\na.png,1\nb.png,\n", "t")).toEqual(expected);
  expect(parseTable("\uFEFFfile,smile\r\na.png,1\r\n\r\nb.png,", "t")).toEqual(expected);
  expect(parseTable("file;smile\na.png;1\nb.png;", "t")).toEqual(expected);
  expect(parseTable("file\tsmile\na.png\t1\nb.png\t\n", "t")).toEqual(expected);
  expect(parseTable("file;smile,x\na.png,1\nb.png,", "t").columns).toEqual(["file;smile", "x"]);
});

test("quoted fields hold separators, quotes and line ends; in TSV a quote is a quote", () => {
  expect(rows('a,b\n"x,1","say ""hi""\nthere"\n')).toEqual([["x,1", 'say "hi"\nthere']]);
  expect(rows('a,b\nplain "quote",2\n')).toEqual([['plain "quote"', "2"]]);
  expect(rows('a\tb\n"x\t2\n')).toEqual([['"x', "2"]]);
  expect(rows('a,b\n"","" \n'.replace(" ", ""))).toEqual([["", ""]]);
});

test("what is no table is refused with the row", () => {
  expect(() => parseTable("", "t")).toThrow(InputError);
  expect(() => parseTable("a,b\n1,2\n3\n", "t")).toThrow("t: row 2 has 1 fields, the header 2");
  expect(() => parseTable("a,a\n1,2\n", "t")).toThrow('two columns are called "a"');
  expect(() => parseTable('a,b\n"1,2\n', "t")).toThrow("row 1: a quote does not end");
});

test("CelebA's list is read by its own layout, and counted", () => {
  const text = "2\n5_o_Clock_Shadow Smiling \n000001.jpg -1  1\n000002.jpg  1 -1\n";
  expect(parseCelebaList(text, "t")).toEqual({
    columns: ["file", "5_o_Clock_Shadow", "Smiling"],
    rows: [
      ["000001.jpg", "-1", "1"],
      ["000002.jpg", "1", "-1"],
    ],
  });
  expect(() => parseCelebaList(text.replace("2\n", "3\n"), "t")).toThrow("t: says 3 images, holds 2");
  expect(() => parseCelebaList(text.replace("  1\n", "\n"), "t")).toThrow("row 1 has 1 values, there are 2 attributes");
});
