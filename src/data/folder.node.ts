// A folder of files, sub-folders included, and a lone file.
import { open, readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Container, type Entry, pathError, reasonOf, sortByName } from "./container.node.ts";
import type { Problem } from "./dataset.ts";

/** Files looked at together while listing. */
const TOGETHER = 32;

/** Every file below `path`, links followed (each folder once). InputError when the folder itself cannot be read. */
export async function openFolder(path: string, where: string): Promise<Container> {
  const files: string[] = [];
  const problems: Problem[] = [];
  const visited = new Set<string>();
  const visit = async (folder: string): Promise<void> => {
    const real = await realpath(join(path, folder));
    if (visited.has(real)) return;
    visited.add(real);
    for (const item of await readdir(join(path, folder), { withFileTypes: true })) {
      const name = folder === "" ? item.name : `${folder}/${item.name}`;
      const target = item.isSymbolicLink() ? await stat(join(path, name)).catch(() => undefined) : item;
      if (target?.isFile()) files.push(name);
      if (target?.isDirectory()) {
        await visit(name).catch((error) => problems.push({ item: `${name}/`, reason: reasonOf(error) }));
      }
    }
  };
  await visit("").catch((error) => {
    throw pathError(where, error);
  });

  const entries: Entry[] = [];
  for (let start = 0; start < files.length; start += TOGETHER) {
    const part = files.slice(start, start + TOGETHER).map((name) => fileEntry(join(path, name), name));
    entries.push(...(await Promise.all(part)));
  }
  return { entries: sortByName(entries), problems, close: async () => {} };
}

/** A lone file, and beside it those whose names tell that they hold labels. InputError when it cannot be read. */
export async function openFile(path: string, where: string): Promise<Container> {
  try {
    const name = basename(path);
    const beside = await readdir(dirname(path)).catch(() => []);
    const names = [name, ...beside.filter((other) => other !== name && /label/i.test(other))];
    const entries = await Promise.all(names.map((entry) => fileEntry(join(dirname(path), entry), entry)));
    return { entries, problems: [], close: async () => {} };
  } catch (error) {
    throw pathError(where, error);
  }
}

async function fileEntry(path: string, name: string): Promise<Entry> {
  return {
    name,
    size: (await stat(path)).size,
    checksum: "",
    read: () => readFile(path),
    head: (length) => readSlice(path, 0, length),
    slice: (start, end) => readSlice(path, start, end),
  };
}

/** The first `length` bytes of a file, or all when it is shorter. */
export function readHead(path: string, length: number): Promise<Uint8Array> {
  return readSlice(path, 0, length);
}

async function readSlice(path: string, start: number, end: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = new Uint8Array(end - start);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = (await file.read(bytes, length, bytes.length - length, start + length)).bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}
