import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { readJsonLines, truncateJsonLines } from "./metrics-file.ts";
import { MemoryStore } from "./store-memory.ts";

const PATH = "metrics.jsonl";

async function storeOf(text: string | Uint8Array) {
  const store = new MemoryStore();
  await store.write(PATH, new Uint8Array(Buffer.from(text)));
  return store;
}
const textOf = async (store: MemoryStore) => Buffer.from(await store.read(PATH)).toString();

describe("readJsonLines", () => {
  test("reads what was appended", async () => {
    const store = new MemoryStore();
    const lines = [{ step: 1, "loss/D": 0.5 }, { step: 2, note: "naïve → \u{1f600}" }, {}];
    for (const line of lines) await store.append(PATH, JSON.stringify(line));
    expect(await readJsonLines(store, PATH)).toEqual(lines);
  });

  test("gives none for a file that is missing or empty", async () => {
    expect(await readJsonLines(new MemoryStore(), PATH)).toEqual([]);
    expect(await readJsonLines(await storeOf(""), PATH)).toEqual([]);
  });

  test("leaves out a last line torn at any byte, even within a character", async () => {
    const whole = Buffer.from('{"step":1}\n{"step":2,"note":"→"}\n');
    for (let length = 0; length <= whole.length; length++) {
      const lines = await readJsonLines(await storeOf(whole.subarray(0, length)), PATH);
      expect(lines.map(({ step }) => step)).toEqual(length === whole.length ? [1, 2] : length >= 11 ? [1] : []);
    }
  });

  test.each(["{broken}", "[1]", "null", "7", ""])("names the line that is no object: %j", async (line) => {
    const store = await storeOf(`{"step":1}\n${line}\n{"step":3}\n`);
    await expect(readJsonLines(store, PATH)).rejects.toThrow(InputError);
    await expect(readJsonLines(store, PATH)).rejects.toThrow("metrics.jsonl: line 2 is no JSON object");
  });
});

describe("truncateJsonLines", () => {
  test("removes later steps and a torn line, and keeps the rest byte for byte", async () => {
    const kept = '{"step":1}\n{ "step" : 2.0 , "x":1e0}\n{"note":"no step"}\n';
    const store = await storeOf(`${kept}{"step":3}\n{"step":2,"again":true}\n{"step":4}\n{"st`);
    await truncateJsonLines(store, PATH, 2);
    expect(await textOf(store)).toBe(`${kept}{"step":2,"again":true}\n`);
  });

  test("makes each step stand once when a run is resumed", async () => {
    const store = new MemoryStore();
    const log = async (from: number, to: number) => {
      for (let step = from; step <= to; step++) await store.append(PATH, JSON.stringify({ step }));
    };
    await log(1, 7);
    await truncateJsonLines(store, PATH, 5);
    await log(6, 9);
    expect((await readJsonLines(store, PATH)).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await truncateJsonLines(store, PATH, 0);
    expect(await textOf(store)).toBe("");
  });

  test("makes no file, and writes none when nothing changes", async () => {
    const store = new MemoryStore();
    await truncateJsonLines(store, PATH, 5);
    expect(await store.exists(PATH)).toBe(false);
    await store.append(PATH, '{"step":5}');
    store.write = () => expect.fail("wrote");
    await truncateJsonLines(store, PATH, 5);
    expect(await textOf(store)).toBe('{"step":5}\n');
  });
});
