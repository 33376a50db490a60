import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { looksLikeCaptions, readCaptions } from "./caption-table.ts";

const read = (text: string) => readCaptions(text, "c");

describe("readCaptions", () => {
  test("reads JSON lines with one caption or several, by any of the usual names", () => {
    const lines = [
      '{"file": "1.png", "caption": "a cat"}',
      "",
      '{"file_name": "b/2.png", "captions": ["a dog", "a pet"], "size": 3}',
      '{"image": "3.png", "text": "a bird", "split": "test"}\r',
    ];
    expect(read(lines.join("\n"))).toEqual([
      { file: "1.png", captions: ["a cat"] },
      { file: "b/2.png", captions: ["a dog", "a pet"] },
      { file: "3.png", captions: ["a bird"], part: { part: "test", split: "test" } },
    ]);
  });

  test("reads tables, each column of text being a caption of its own, empty fields none", () => {
    const tsv =
      'file\tsplit\tname\tgroup\tkeywords\n1.png\ttrain\t"grin"\tfaces\tface | happy |smile\n2.png\ttest\tkeycap: #\tx\t\n';
    expect(read(tsv)).toEqual([
      { file: "1.png", captions: ['"grin"', "face, happy, smile"], part: { part: "train", split: "train" } },
      { file: "2.png", captions: ["keycap: #"], part: { part: "test", split: "test" } },
    ]);
    expect(read('\uFEFFFile,Caption\na.png,"red, round"\n')).toEqual([{ file: "a.png", captions: ["red, round"] }]);
  });

  test.each([
    [
      "a line without a file",
      '{"file": "1.png", "caption": "x"}\n{"caption": "x"}',
      "c: line 2 needs a file and a caption",
    ],
    ["a line without a caption", '{"file": "1.png"}', "c: line 1 needs a file and a caption, has file"],
    ["a caption that is a number", '{"file": "1.png", "caption": 7}', "c: line 1: caption must be a text or a list"],
    ["a list that is not all texts", '{"file": "1.png", "captions": ["a", null]}', "c: line 1: captions must be"],
    ["a line that is no object", '{"file": "1.png", "caption": "x"}\n[1]', "c: line 2 is no object"],
    ["a line that is damaged", '{"file": "1.png", "caption": "x"}\n{"file": ', "c: line 2"],
    ["a table without files", "caption,size\nx,2\n", "c: its columns are caption, size"],
    ["a table without text", "file,size\n1.png,2\n", "c: its columns are file, size"],
    ["a table without rows", "file,caption\n", "c: holds no captions"],
  ])("refuses %s, saying where", (_, text, problem) => {
    expect(() => read(text)).toThrow(InputError);
    expect(() => read(text)).toThrow(problem);
  });
});

describe("looksLikeCaptions", () => {
  test("tells captions from other tables by the first line", () => {
    expect(looksLikeCaptions("file\tcaption\n")).toBe(true);
    expect(looksLikeCaptions('{"file_name": "1.png", "text": "a"}\n{ damaged')).toBe(true);
    for (const other of ["file,glasses,smile\n", "caption\nx\n", "", '{"file": 1', "{}", '"a', "\0\0"]) {
      expect(looksLikeCaptions(other), JSON.stringify(other)).toBe(false);
    }
  });
});
