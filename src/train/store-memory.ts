// A run folder in memory: for tests and the browser.

import { encodeUtf8 } from "../formats/index.ts";
import { checkPath, type Store, StoreError } from "./store.ts";

const NEWLINE = 10;

/** A store that lasts as long as the object. */
export class MemoryStore implements Store {
  readonly where = "memory";
  /** Path → the file's parts in order: what was written, then each line appended. */
  readonly #files = new Map<string, Uint8Array[]>();

  async read(path: string): Promise<Uint8Array> {
    return joined(this.#parts(path));
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    checkPath(path);
    this.#files.set(path, [bytes.slice()]);
  }

  async append(path: string, line: string): Promise<void> {
    checkPath(path);
    if (line.includes("\n")) throw new Error(`append to ${path}: a line holds no line break`);
    let parts = this.#files.get(path) ?? [];
    if (parts.at(-1)?.at(-1) !== NEWLINE) {
      const bytes = joined(parts);
      parts = [bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1)];
    }
    parts.push(encodeUtf8(`${line}\n`));
    this.#files.set(path, parts);
  }

  async list(folder: string): Promise<string[]> {
    if (folder !== "") checkPath(folder);
    const prefix = folder === "" ? "" : `${folder}/`;
    const inside = [...this.#files.keys()].filter((path) => path.startsWith(prefix));
    const names = inside.map((path) => path.slice(prefix.length));
    return names.filter((name) => !name.includes("/")).sort();
  }

  async remove(path: string): Promise<void> {
    checkPath(path);
    this.#files.delete(path);
  }

  async exists(path: string): Promise<boolean> {
    checkPath(path);
    return this.#files.has(path);
  }

  async size(path: string): Promise<number> {
    return this.#parts(path).reduce((sum, part) => sum + part.length, 0);
  }

  #parts(path: string): Uint8Array[] {
    checkPath(path);
    const parts = this.#files.get(path);
    if (parts === undefined) throw new StoreError(`${path}: no such file`, "Name a file of this run");
    return parts;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
