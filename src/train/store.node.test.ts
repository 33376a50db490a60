import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { Checkpoints } from "./checkpoint-file.ts";
import { type FileSystem, NodeStore, openNodeStore, sha256 } from "./store.node.ts";
import { StoreError } from "./store.ts";

const root = mkdtempSync(join(tmpdir(), "ganforge-store-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = () => {
  const folder = join(root, `${folders++}`);
  mkdirSync(folder);
  return folder;
};

const failure = (code: string) => Object.assign(new Error(`${code}: as the test wants`), { code });

/** What becomes of the file system's call number `call`, counted from 1: undefined lets it pass. */
type Fault = (call: number, name: string) => "fail" | "half" | undefined;

/** The file system with faults. "half" writes half the bytes before it fails. Also what was called. */
function faulty(fault: Fault, code = "EIO"): { fs: FileSystem; calls: string[] } {
  const calls: string[] = [];
  function wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get(_, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function" || typeof name !== "string") return member;
        return async (...args: unknown[]) => {
          calls.push(name);
          const fate = fault(calls.length, name);
          if (fate !== undefined && name !== "close") {
            if (fate === "half" && name === "write") {
              const [bytes, offset, length] = args as [Uint8Array, number, number];
              await Reflect.apply(member, target, [bytes, offset, length >> 1]);
            }
            throw failure(code);
          }
          const result: unknown = await Reflect.apply(member, target, args);
          if (fate !== undefined) throw failure(code); // a close that fails has closed all the same
          return typeof result === "object" && result !== null && "datasync" in result ? wrap(result) : result;
        };
      },
    });
  }
  return { fs: wrap(promises as FileSystem), calls };
}

const OLD = new Uint8Array(3000).fill(1);
const NEW = new Uint8Array(5000).fill(2);
const PATH = "checkpoints/step-00000001.safetensors";

/** A run with an old file and a line not yet synced, whose next calls go through faults. */
async function prepare(fault: Fault, code?: string) {
  const folder = newFolder();
  let armed = false;
  const { fs, calls } = faulty((call, name) => (armed ? fault(call, name) : undefined), code);
  const store = new NodeStore(folder, fs);
  await store.write(PATH, OLD);
  await store.append("metrics.jsonl", "{}");
  calls.length = 0;
  armed = true;
  return { folder, store, calls };
}

async function callsOfOneWrite(): Promise<string[]> {
  const { store, calls } = await prepare(() => undefined);
  await store.write(PATH, NEW);
  return calls;
}

describe("NodeStore.write", () => {
  test("syncs the file before the rename and the folder after it", async () => {
    const calls = (await callsOfOneWrite()).join(" ");
    const line = "open sync close open sync close"; // the appended line, and its folder
    expect(calls).toBe(`${line} mkdir open write sync close open read read close rename open sync close`);
  });

  test("leaves the old bytes or the new, whichever call fails, and no other file", async () => {
    const total = (await callsOfOneWrite()).length;
    for (const fate of ["fail", "half"] as const) {
      for (let i = 1; i <= total; i++) {
        const { folder, store, calls } = await prepare((call) => (call === i ? fate : undefined));
        const error = await store.write(PATH, NEW).catch((reason: unknown) => reason);
        const label = `${fate} at call ${i}, ${calls[i - 1]}`;
        expect(error, label).toBeInstanceOf(StoreError);
        const bytes = readFileSync(join(folder, PATH));
        const renamed = calls.lastIndexOf("rename");
        expect(bytes.equals(renamed >= 0 && renamed < i - 1 ? NEW : OLD), label).toBe(true);
        expect(readdirSync(join(folder, "checkpoints")), label).toEqual(["step-00000001.safetensors"]);

        // And when the trouble is over, all is well.
        await store.write(PATH, NEW);
        expect(readFileSync(join(folder, PATH)).equals(NEW), label).toBe(true);
      }
    }
  });

  test("leaves the old bytes or the new when the process dies at any call", async () => {
    const total = (await callsOfOneWrite()).length;
    for (const fate of ["fail", "half"] as const) {
      for (let i = 1; i <= total + 1; i++) {
        const { folder, store, calls } = await prepare((call) => (call >= i ? fate : undefined));
        const error = await store.write(PATH, NEW).catch((reason: unknown) => reason);
        expect(error instanceof Error).toBe(i <= total);

        const after = new NodeStore(folder);
        const bytes = await after.read(PATH);
        const label = `${fate} from call ${i}, ${calls[i - 1]}`;
        expect([OLD.length, NEW.length], label).toContain(bytes.length);
        expect(bytes, label).toEqual(bytes.length === OLD.length ? OLD : NEW);
        expect(await after.list("checkpoints"), label).toEqual(["step-00000001.safetensors"]);

        // What the dead process left is found and removed by the next one (here of the same id, so age tells them apart).
        const all = join(folder, "checkpoints");
        for (const name of readdirSync(all)) utimesSync(join(all, name), 1, 1);
        await openNodeStore(folder);
        expect(readdirSync(all), label).toEqual(["step-00000001.safetensors"]);
      }
    }
  });

  test("finds bytes that did not reach the disk as they were", async () => {
    const folder = newFolder();
    let opened = 0;
    const fs: FileSystem = {
      ...promises,
      open: async (path, flags, mode) => {
        // Between writing and reading back, the "disk" flips a bit.
        if (flags === "r" && opened++ === 0) writeFileSync(path as string, NEW.with(4999, 3));
        return promises.open(path, flags, mode);
      },
    };
    writeFileSync(join(folder, "file"), OLD);
    await expect(new NodeStore(folder, fs).write("file", NEW)).rejects.toThrow(
      "file: what was read back is not what was written",
    );
    expect(readFileSync(join(folder, "file")).equals(OLD)).toBe(true);
  });

  test("gives files the mode that the umask leaves", async () => {
    const folder = newFolder();
    const before = process.umask(0o027);
    await new NodeStore(folder).write("a", NEW);
    process.umask(before);
    expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o640);
  });

  test("works when two stores of one process write the same file at once", async () => {
    const folder = newFolder();
    const writes = [OLD, NEW].map((bytes) => new NodeStore(folder).write("a", bytes));
    await Promise.all(writes);
    expect([OLD.length, NEW.length]).toContain(readFileSync(join(folder, "a")).length);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test.each([
    ["ENOSPC", "the disk is full (needs 5000 bytes). Free space."],
    ["EDQUOT", "your disk quota is used up (needs 5000 bytes). Free space."],
    ["EROFS", "the disk is read-only. Make it writable."],
    ["EACCES", "permission denied. Allow it to this user."],
    ["EIO", "the disk reports an error (EIO). Check the disk."],
  ])("tells %s as something to mend", async (code, message) => {
    const { store } = await prepare((_, name) => (name === "write" ? "fail" : undefined), code);
    await expect(store.write(PATH, NEW)).rejects.toThrow(`${PATH}: ${message}`);
    await expect(store.write(PATH, NEW)).rejects.toThrow(InputError);
  });

  test("tells any other failure as a bug, with its cause", async () => {
    const { store } = await prepare((_, name) => (name === "write" ? "fail" : undefined), "EBADF");
    const error = await store.write(PATH, NEW).catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(InputError);
    expect(error).toMatchObject({ message: `${PATH}: the file system failed`, cause: { code: "EBADF" } });
  });

  test("says so when a file stands where a folder must, and the other way round", async () => {
    const store = new NodeStore(newFolder());
    await store.write("a", NEW);
    await expect(store.write("a/b", NEW)).rejects.toThrow("a/b: a file stands in the folder's place");
    await store.write("c/d", NEW);
    await expect(store.write("c", NEW)).rejects.toThrow("c: a folder stands in the file's place");
  });
});

describe("NodeStore.append", () => {
  test("leaves whole lines, whichever call fails, and goes on after", async () => {
    const { store: probe, calls: all } = await prepare(() => undefined);
    await probe.append("metrics.jsonl", '{"step":1}');
    for (let i = 1; i <= all.length; i++) {
      const { folder, store, calls } = await prepare((call) => (call === i ? "half" : undefined));
      await expect(store.append("metrics.jsonl", '{"step":1}')).rejects.toThrow(StoreError);
      const label = `call ${i}, ${calls[i - 1]}`;
      const text = readFileSync(join(folder, "metrics.jsonl"), "utf8");
      expect(["{}\n", '{}\n{"step":1}\n'], label).toContain(text);
      await store.append("metrics.jsonl", '{"step":2}');
      expect(readFileSync(join(folder, "metrics.jsonl"), "utf8"), label).toBe(`${text}{"step":2}\n`);
    }
  });
});

test("a log that someone removed does not stop what is written next", async () => {
  const folder = newFolder();
  const store = new NodeStore(folder);
  await store.append("metrics.jsonl", "{}");
  rmSync(join(folder, "metrics.jsonl"));
  await store.write("run.json", NEW);
  expect(readdirSync(folder)).toEqual(["run.json"]);
});

describe("openNodeStore", () => {
  test("removes what ended processes left half-written, and nothing else", async () => {
    const folder = newFolder();
    const ended = spawnSync(process.execPath, ["-e", ""]).pid;
    mkdirSync(join(folder, "checkpoints"));
    const put = (name: string) => writeFileSync(join(folder, name), "x");
    const ofEnded = [`.run.json.${ended}-0.tmp`, `checkpoints/.a.safetensors.${ended}-12.tmp`];
    const ofEarlierSelf = `checkpoints/.b.safetensors.${process.pid}-0.tmp`;
    const kept = [
      `.run.json.${process.ppid}-0.tmp`, // its process runs
      `checkpoints/.c.safetensors.${process.pid}-1.tmp`, // this process, just now
      ".notes.tmp",
      "run.json",
      "checkpoints/a.safetensors",
    ];
    for (const name of [...ofEnded, ofEarlierSelf, ...kept]) put(name);
    utimesSync(join(folder, ofEarlierSelf), 1, 1); // before this process began: one of the same id

    const store = await openNodeStore(folder);
    expect(await store.list("")).toEqual(["run.json"]);
    expect(await store.list("checkpoints")).toEqual(["a.safetensors"]);
    const left = readdirSync(folder, { recursive: true }).filter((name) => name !== "checkpoints");
    expect(left.sort()).toEqual(kept.sort());
  });

  test("makes the folder, and those above it", async () => {
    const folder = join(newFolder(), "a/b");
    await openNodeStore(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });
});

describe("a disk that is really full", () => {
  const mount = join(root, "full");
  mkdirSync(mount);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mount]).status === 0;
  afterAll(() => {
    if (mounted) execFileSync("umount", [mount]);
  });

  test.skipIf(!mounted)(
    "keeps the last checkpoint, says what to do, and goes on when there is space (skipped where tmpfs cannot be mounted)",
    async () => {
      const run = join(mount, "00012");
      const checkpoints = new Checkpoints(await openNodeStore(run), sha256);
      const weights = (value: number) =>
        new Map([["G.w", { shape: [100_000], data: new Float32Array(100_000).fill(value) }]]);
      await checkpoints.save({ step: 50, tensors: weights(50), state: {} });
      writeFileSync(join(mount, "ballast"), new Uint8Array(400_000));

      await expect(checkpoints.save({ step: 100, tensors: weights(100), state: {} })).rejects.toThrow(
        `checkpoints/step-00000100.safetensors: the disk is full (needs 0.4 MB); the last checkpoint step-00000050 is intact. Free space, then: ganforge resume ${run}.`,
      );
      expect(readdirSync(join(run, "checkpoints"))).toEqual(["step-00000050.safetensors"]);
      expect((await new Checkpoints(new NodeStore(run), sha256).latest())?.tensors).toEqual(weights(50));

      rmSync(join(mount, "ballast"));
      await checkpoints.save({ step: 100, tensors: weights(100), state: {} });
      expect((await checkpoints.latest())?.step).toBe(100);
    },
  );

  test.skipIf(!mounted)("leaves no torn line behind (skipped where tmpfs cannot be mounted)", async () => {
    const run = join(mount, "00013");
    const store = await openNodeStore(run);
    const line = JSON.stringify({ step: 1, note: "x".repeat(100_000) });
    const fill = async () => {
      for (;;) await store.append("metrics.jsonl", line);
    };
    await expect(fill()).rejects.toThrow("metrics.jsonl: the disk is full");
    const text = readFileSync(join(run, "metrics.jsonl"), "utf8");
    expect(
      text
        .split("\n")
        .slice(0, -1)
        .every((each) => each === line),
    ).toBe(true);
    expect(text.endsWith("\n")).toBe(true);
  });
});
