// The Store contract as a suite: every implementer passes it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../src/errors/index.ts";
import { openNodeStore } from "../src/train/store.node.ts";
import type { Store } from "../src/train/store.ts";
import { MemoryStore } from "../src/train/store-memory.ts";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const textOf = async (store: Store, path: string) => Buffer.from(await store.read(path)).toString();

function testStore(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    test("reads what was written, in folders that need not exist", async () => {
      const store = await open();
      for (const path of ["run.json", "samples/step-00000001.png", "exports/a/b/c.onnx"]) {
        await store.write(path, bytesOf(path));
        expect(await textOf(store, path)).toBe(path);
        expect(await store.exists(path)).toBe(true);
        expect(await store.size(path)).toBe(path.length);
      }
    });

    test("replaces a file as a whole, longer by shorter and by nothing", async () => {
      const store = await open();
      for (const text of ["long ".repeat(100_000), "short", "", "again"]) {
        await store.write("run.json", bytesOf(text));
        expect(await textOf(store, "run.json")).toBe(text);
        expect(await store.size("run.json")).toBe(text.length);
      }
    });

    test("shares no bytes with its callers", async () => {
      const store = await open();
      const bytes = bytesOf("before");
      await store.write("a", bytes);
      bytes.fill(0);
      (await store.read("a")).fill(0);
      expect(await textOf(store, "a")).toBe("before");
    });

    test("appends lines, each ended", async () => {
      const store = await open();
      for (const line of ['{"step":1}', '{"note":"naïve → \u{1f600}"}', ""]) await store.append("metrics.jsonl", line);
      expect(await textOf(store, "metrics.jsonl")).toBe('{"step":1}\n{"note":"naïve → \u{1f600}"}\n\n');
      expect(await store.size("metrics.jsonl")).toBe(bytesOf(await textOf(store, "metrics.jsonl")).length);
      await expect(store.append("metrics.jsonl", "a\nb")).rejects.toThrow("a line holds no line break");
    });

    test.each([
      ["", ""],
      ["torn", ""],
      ["one\ntwo\nto", "one\ntwo\n"],
      [`one\n${"torn ".repeat(10_000)}`, "one\n"],
      [`${"x".repeat(10_000)}\ntorn`, `${"x".repeat(10_000)}\n`],
    ])("drops a torn last line before it appends (%#)", async (before, whole) => {
      const store = await open();
      await store.write("metrics.jsonl", bytesOf(before));
      await store.append("metrics.jsonl", "next");
      expect(await textOf(store, "metrics.jsonl")).toBe(`${whole}next\n`);
    });

    test("goes on appending to a file that was written or removed between", async () => {
      const store = await open();
      await store.append("metrics.jsonl", "1");
      await store.write("metrics.jsonl", bytesOf("0\n"));
      await store.append("metrics.jsonl", "2");
      expect(await textOf(store, "metrics.jsonl")).toBe("0\n2\n");
      await store.remove("metrics.jsonl");
      await store.append("metrics.jsonl", "3");
      await store.write("run.json", bytesOf("{}"));
      expect(await textOf(store, "metrics.jsonl")).toBe("3\n");
    });

    test("lists a folder's own files, sorted, and none for a folder that is not there", async () => {
      const store = await open();
      for (const path of ["checkpoints/b", "checkpoints/a", "checkpoints/deep/c", "run.json", "checkpoints-old/d"]) {
        await store.write(path, bytesOf("x"));
      }
      expect(await store.list("checkpoints")).toEqual(["a", "b"]);
      expect(await store.list("checkpoints/deep")).toEqual(["c"]);
      expect(await store.list("")).toEqual(["run.json"]);
      expect(await store.list("nothing")).toEqual([]);
    });

    test("removes files, also those that are not there", async () => {
      const store = await open();
      await store.write("samples/a.png", bytesOf("x"));
      await store.remove("samples/a.png");
      await store.remove("samples/a.png");
      await store.remove("nothing/at-all");
      expect(await store.exists("samples/a.png")).toBe(false);
      expect(await store.list("samples")).toEqual([]);
    });

    test("says which file is missing", async () => {
      const store = await open();
      for (const ask of [store.read("samples/x.png"), store.size("samples/x.png")]) {
        await expect(ask).rejects.toThrow(InputError);
        await expect(ask).rejects.toThrow("samples/x.png: no such file");
      }
      expect(await store.exists("samples/x.png")).toBe(false);
    });

    test.each([
      "",
      ".",
      "..",
      "../x",
      "a/../../x",
      "/etc/passwd",
      "a//b",
      "a/",
      "a\\b",
      "C:x",
      ".hidden",
      "a/.b",
      "a\0b",
      "a b",
      "a\n",
      "é",
    ])("refuses the path %j everywhere", async (path) => {
      const store = await open();
      const asks = [
        () => store.read(path),
        () => store.write(path, bytesOf("x")),
        () => store.append(path, "x"),
        () => store.remove(path),
        () => store.exists(path),
        () => store.size(path),
        ...(path === "" ? [] : [() => store.list(path)]),
      ];
      for (const ask of asks) {
        await expect(ask()).rejects.toThrow(InputError);
        await expect(ask()).rejects.toThrow(`${JSON.stringify(path)} is no path in a run folder`);
      }
      expect(await store.list("")).toEqual([]);
    });
  });
}

testStore("MemoryStore", async () => new MemoryStore());

const root = mkdtempSync(join(tmpdir(), "ganforge-stores-"));
afterAll(() => rmSync(root, { recursive: true }));
let runs = 0;
testStore("NodeStore", () => openNodeStore(join(root, `runs/${runs++}`)));
