import { expect, test } from "vitest";
import { attributesOf, classesOf, columnsOf, readAttributeTable } from "./attribute-table.ts";

/** Attributes by name, the rows that have each. */
const had = (name: string, values: string[]) => {
  const { names, had, left } = attributesOf([{ name, values }]);
  const rows = names.map((each, k) => [each, values.map((_, row) => had[row * names.length + k]).join("")]);
  return Object.fromEntries([...rows, ...left.map(({ reason }) => ["left", reason])]);
};

test("columns of two opposites are attributes by their own name", () => {
  expect(had("smile", ["0", "1", "1"])).toEqual({ smile: "011" });
  expect(had("smile", ["-1", "1", "-1"])).toEqual({ smile: "010" });
  expect(had("smile", ["Yes", "no", "YES", ""])).toEqual({ smile: "1010" });
  expect(had("smile", ["true", "False"])).toEqual({ smile: "10" });
});

test("of two other values the later is one, of up to eight each is one, and empty fields have none", () => {
  expect(had("hair", ["short", "long", "short"])).toEqual({ "hair=short": "101" });
  expect(had("hair", ["short", "long", ""])).toEqual({ "hair=long": "010", "hair=short": "100" });
  expect(had("n", ["2", "10", "1"])).toEqual({ "n=1": "001", "n=2": "100", "n=10": "010" });
  expect(Object.keys(had("n", ["a", "b", "c", "d", "e", "f", "g", "h"]))).toHaveLength(8);
});

test("columns that say nothing, or too much, are left out with the reason", () => {
  expect(had("n", ["a", "b", "c", "d", "e", "f", "g", "h", "i"])).toEqual({ left: "has 9 values, more than 8" });
  expect(had("n", ["1", "1"])).toEqual({ left: 'has the value "1" alone' });
  expect(had("n", ["", ""])).toEqual({ left: 'has the value "" alone' });
});

test("a table has its file column by name, else first, and its parts where all values are parts", () => {
  const text = "split,size,file_name\ntrain,1,a.png\nval,2,b.png\n";
  expect(readAttributeTable(text, "t")).toEqual({
    files: ["a.png", "b.png"],
    parts: [
      { part: "train", split: "train" },
      { part: "val", split: "test" },
    ],
    columns: [{ name: "size", values: ["1", "2"] }],
  });
  const other = readAttributeTable("picture,split\na.png,left\nb.png,right\n", "t");
  expect(other).toEqual({ files: ["a.png", "b.png"], columns: [{ name: "split", values: ["left", "right"] }] });
  expect(readAttributeTable("1\nSmiling Young\n1.jpg 1 -1\n", "t").columns).toHaveLength(2);
  expect(() => readAttributeTable("2\nSmiling Young\n1.jpg 1 -1\n2.jpg 1 2\n", "t")).toThrow(
    /^t: line 4: Young is "2", and may be 1 or -1/,
  );
  expect(() => readAttributeTable("file\na.png\n", "t")).toThrow("t: 1 rows of 1 columns");
});

test("a column makes classes, numbers in their order, an empty field no label", () => {
  const { classes, labels } = classesOf({ name: "n", values: ["10", "9", "", "9"] }, "t");
  expect([classes, [...labels]]).toEqual([
    ["9", "10"],
    [1, 0, -1, 0],
  ]);
  const many = Array.from({ length: 1001 }, (_, i) => `${i}`);
  expect(() => classesOf({ name: "n", values: many }, "t")).toThrow('the column "n" of t has 1001 values');
});

test("a column that is not there is refused with the nearest that is", () => {
  const table = readAttributeTable("file,action,direction\na,b,c\n", "t");
  expect(columnsOf(table, "direction, action", "t").map(({ name }) => name)).toEqual(["direction", "action"]);
  expect(() => columnsOf(table, "acton", "t")).toThrow('--labels: t has no column "acton"; did you mean "action"?');
});
