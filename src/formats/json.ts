// JSON (RFC 8259) from files not to be trusted: a repeated key is refused, where JSON.parse keeps the last one,
// and objects have no prototype, so that a key called __proto__ is a key like any other.

import { InputError } from "../errors/index.ts";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const MAX_DEPTH = 100;

/** The value that `text` says. Throws InputError, naming `where` and the place, for bad JSON, a repeated key or nesting past 100. */
export function parseJson(text: string, where: string): JsonValue {
  let at = 0;

  function fail(problem: string): never {
    throw new InputError(
      `${where}: not valid JSON: ${problem} at character ${at}. The file is damaged; make it again.`,
    );
  }

  /** Skips white space; the next character, or "" at the end. */
  function peek(): string {
    while (at < text.length && " \t\n\r".includes(text[at])) at++;
    return text[at] ?? "";
  }

  function expect(character: string): void {
    if (peek() !== character) fail(`expected ${character}, found ${text[at] ?? "the end"}`);
    at++;
  }

  function value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH}`);
    switch (peek()) {
      case "{":
        return object(depth);
      case "[":
        return array(depth);
      case '"':
        return string();
      case "t":
        return word("true", true);
      case "f":
        return word("false", false);
      case "n":
        return word("null", null);
      default:
        return number();
    }
  }

  function object(depth: number): JsonObject {
    const result: Record<string, JsonValue> = Object.create(null);
    expect("{");
    for (let first = true; peek() !== "}"; first = false) {
      if (!first) expect(",");
      if (peek() !== '"') fail("expected a key");
      const key = string();
      if (Object.hasOwn(result, key)) fail(`the key ${JSON.stringify(key)} stands twice`);
      expect(":");
      result[key] = value(depth + 1);
    }
    expect("}");
    return result;
  }

  function array(depth: number): JsonValue[] {
    const result: JsonValue[] = [];
    expect("[");
    for (let first = true; peek() !== "]"; first = false) {
      if (!first) expect(",");
      result.push(value(depth + 1));
    }
    expect("]");
    return result;
  }

  function string(): string {
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
    const literal = text.slice(at, end + 1);
    try {
      // A string literal alone: JSON.parse knows the escapes and has no keys to lose here.
      const result: string = JSON.parse(literal);
      at = end + 1;
      return result;
    } catch {
      return fail("a string that does not end or has a bad escape");
    }
  }

  function word<T>(name: string, result: T): T {
    if (!text.startsWith(name, at)) fail(`expected ${name}`);
    at += name.length;
    return result;
  }

  function number(): number {
    NUMBER.lastIndex = at;
    const match = NUMBER.exec(text);
    if (match === null) return fail(`unexpected ${text[at] ?? "end"}`);
    at += match[0].length;
    return Number(match[0]);
  }

  const result = value(0);
  if (peek() !== "") fail(`unexpected ${text[at]}`);
  return result;
}

/** Whether `value` is a JSON object: neither null nor an array. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
