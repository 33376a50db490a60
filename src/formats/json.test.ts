import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { isJsonObject, parseJson } from "./json.ts";

const VALID = [
  "null",
  " true ",
  "false",
  "0",
  "-0.5e+3",
  "1E2",
  '""',
  '"a\\n\\u00e9\\"\\\\ / \u{1f600}"',
  "[]",
  "[1,[2,[3]], {}]",
  '{"b":1,"a":{"c":[null]},"10":2}',
  "\t\r\n[ 1 , 2 ]",
];

const INVALID = [
  "",
  " ",
  "nul",
  "01",
  "+1",
  "1.",
  ".5",
  "1e",
  "NaN",
  "Infinity",
  "'a'",
  '"a',
  '"a\\',
  '"\\x41"',
  '"\n"',
  "[1,]",
  "[,1]",
  "[1 2]",
  "[1",
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  "{a:1}",
  '{"a":1 "b":2}',
  "1 2",
  "{} x",
  "\u00a01",
];

describe("parseJson", () => {
  test.each(VALID)("reads %j as JSON.parse does", (text) => {
    expect(parseJson(text, "x")).toEqual(JSON.parse(text));
  });

  test.each(INVALID)("refuses %j as JSON.parse does", (text) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(() => parseJson(text, "run.json")).toThrow(InputError);
    expect(() => parseJson(text, "run.json")).toThrow(/^run\.json: not valid JSON: .* at character \d+/);
  });

  test("refuses a key that stands twice, however it is spelt", () => {
    expect(() => parseJson('{"a":1,"\\u0061":2}', "x")).toThrow('the key "a" stands twice');
    expect(() => parseJson('{"o":{"a":1,"b":2,"a":3}}', "x")).toThrow('the key "a" stands twice');
    expect(parseJson('[{"a":1},{"a":2}]', "x")).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test("takes __proto__ and constructor as keys like any other", () => {
    const value = parseJson('{"__proto__":{"polluted":1},"constructor":2}', "x");
    if (!isJsonObject(value)) return expect.fail("no object");
    expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect("polluted" in value).toBe(false);
    expect("polluted" in {}).toBe(false);
    expect("toString" in value).toBe(false);
  });

  test("refuses nesting that would exhaust the stack", () => {
    expect(() => parseJson("[".repeat(1_000_000), "x")).toThrow("nested deeper than 100");
    expect(parseJson(`${"[".repeat(100)}${"]".repeat(100)}`, "x")).toHaveLength(1);
  });
});
