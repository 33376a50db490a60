// A run folder on disk. Writing: temporary file in the target's folder → fsync → read back → rename → fsync of the folder
// (the order that survives a crash at any point: Pillai et al. 2014, "All File Systems Are Not Created Equal").

import { createHash } from "node:crypto";
import promises, { type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Sha256 } from "./checkpoint-file.ts";
import { checkPath, isPath, type Store, StoreError } from "./store.ts";

/** The calls a store makes of the file system: those of node:fs/promises, unless a test passes others. */
export type FileSystem = Pick<typeof promises, "open" | "rename" | "unlink" | "mkdir" | "readdir" | "stat">;

/** SHA-256 in lower-case hexadecimal, by node:crypto. */
export const sha256: Sha256 = (parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

/** The store of a run that this process writes: makes the folder, and removes what killed processes left half-written in it. */
export async function openNodeStore(folder: string): Promise<NodeStore> {
  const store = new NodeStore(folder);
  await store.removeLeftovers();
  return store;
}

/** A folder as a store. The constructor touches nothing: enough to read a run; to write one, `openNodeStore`. */
export class NodeStore implements Store {
  readonly where: string;
  readonly #fs: FileSystem;
  /** Files appended to since their last fsync. */
  readonly #unsynced = new Set<string>();
  #temporaries = 0;

  constructor(folder: string, fs: FileSystem = promises) {
    this.where = folder;
    this.#fs = fs;
  }

  async read(path: string): Promise<Uint8Array> {
    const file = this.#file(path);
    return explained(path, 0, async () => {
      const handle = await this.#fs.open(file, "r");
      try {
        const bytes = new Uint8Array((await handle.stat()).size);
        return bytes.subarray(0, await fill(handle, bytes, 0));
      } finally {
        await handle.close();
      }
    });
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const file = this.#file(path);
    const folder = dirname(file);
    await explained(path, bytes.length, async () => {
      for (const appended of [...this.#unsynced]) await this.#syncFile(appended);
      await this.#makeFolder(folder);
      const [temporary, handle] = await this.#openTemporary(file);
      try {
        try {
          await writeAll(handle, bytes);
          await handle.sync(); // failing here is final: the kernel may drop the pages it could not write
        } finally {
          await handle.close();
        }
        await this.#verify(temporary, path, bytes);
        await this.#fs.rename(temporary, file);
      } catch (error) {
        await this.#fs.unlink(temporary).catch(() => undefined);
        throw error;
      }
      await this.#syncFolder(folder);
    });
  }

  async append(path: string, line: string): Promise<void> {
    if (line.includes("\n")) throw new Error(`append to ${path}: a line holds no line break`);
    const file = this.#file(path);
    const bytes = new Uint8Array(Buffer.from(`${line}\n`));
    await explained(path, bytes.length, async () => {
      await this.#makeFolder(dirname(file));
      const handle = await this.#fs.open(file, "a+");
      try {
        const end = await dropTornLine(handle);
        try {
          await writeAll(handle, bytes);
        } catch (error) {
          await handle.truncate(end).catch(() => undefined);
          throw error;
        }
      } finally {
        await handle.close();
      }
    });
    this.#unsynced.add(file);
  }

  async list(folder: string): Promise<string[]> {
    const path = folder === "" ? this.where : this.#file(folder);
    return explained(folder || this.where, 0, async () => {
      try {
        const entries = await this.#fs.readdir(path, { withFileTypes: true });
        // `isPath` leaves out temporary files, which begin with a dot, and whatever else is not a store's.
        const files = entries.filter((entry) => entry.isFile() && isPath(entry.name));
        return files.map((entry) => entry.name).sort();
      } catch (error) {
        if (codeOf(error) === "ENOENT") return [];
        throw error;
      }
    });
  }

  async remove(path: string): Promise<void> {
    const file = this.#file(path);
    this.#unsynced.delete(file);
    await explained(path, 0, () => this.#unlink(file));
  }

  async exists(path: string): Promise<boolean> {
    const file = this.#file(path);
    return explained(path, 0, async () => {
      try {
        return (await this.#fs.stat(file)).isFile();
      } catch (error) {
        if (codeOf(error) === "ENOENT") return false;
        throw error;
      }
    });
  }

  async size(path: string): Promise<number> {
    const file = this.#file(path);
    return explained(path, 0, async () => (await this.#fs.stat(file)).size);
  }

  /** Makes the folder where it is missing, and removes the temporary files in it whose process has ended. */
  async removeLeftovers(): Promise<void> {
    await explained(this.where, 0, async () => {
      await this.#makeFolder(resolve(this.where));
      for (const entry of await this.#fs.readdir(this.where, { recursive: true, withFileTypes: true })) {
        const pid = /^\..+\.(\d+)-\d+\.tmp$/.exec(entry.name)?.[1];
        const file = join(entry.parentPath, entry.name);
        if (pid !== undefined && (await this.#hasEnded(Number(pid), file))) await this.#unlink(file);
      }
    });
  }

  /** Whether the process that made `file` is gone. In containers the next process often has the same id: then it is older than this one. */
  async #hasEnded(pid: number, file: string): Promise<boolean> {
    if (pid === process.pid) {
      const started = Date.now() - 1000 * process.uptime();
      return (await this.#fs.stat(file)).mtimeMs < started;
    }
    try {
      process.kill(pid, 0); // signal 0 asks only whether there is such a process
      return false;
    } catch (error) {
      return codeOf(error) === "ESRCH";
    }
  }

  #file(path: string): string {
    checkPath(path);
    return join(this.where, path);
  }

  async #unlink(file: string): Promise<void> {
    try {
      await this.#fs.unlink(file);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }

  async #openTemporary(file: string): Promise<[path: string, handle: FileHandle]> {
    for (;;) {
      const path = join(dirname(file), `.${basename(file)}.${process.pid}-${this.#temporaries++}.tmp`);
      try {
        return [path, await this.#fs.open(path, "wx")];
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
    }
  }

  async #verify(file: string, path: string, expected: Uint8Array): Promise<void> {
    const handle = await this.#fs.open(file, "r");
    try {
      const block = new Uint8Array(2 ** 20);
      for (let at = 0; at <= expected.length; at += block.length) {
        const length = await fill(handle, block, at);
        if (Buffer.compare(block.subarray(0, length), expected.subarray(at, at + block.length)) !== 0) {
          throw new StoreError(`${path}: what was read back is not what was written`, "Check the disk");
        }
      }
    } finally {
      await handle.close();
    }
  }

  /** Makes a folder and those above it; each new name is made durable by an fsync of the folder it stands in. */
  async #makeFolder(folder: string): Promise<void> {
    const first = await this.#fs.mkdir(folder, { recursive: true });
    if (first === undefined) return;
    for (let made = resolve(folder); made.length >= resolve(first).length; made = dirname(made)) {
      await this.#syncFolder(dirname(made));
    }
  }

  async #syncFile(file: string): Promise<void> {
    this.#unsynced.delete(file);
    try {
      await this.#sync(file, "r+");
      await this.#syncFolder(dirname(file));
    } catch (error) {
      if (codeOf(error) === "ENOENT") return; // someone removed it: nothing to keep
      this.#unsynced.add(file);
      throw error;
    }
  }

  async #syncFolder(folder: string): Promise<void> {
    if (process.platform === "win32") return; // a folder cannot be opened there
    await this.#sync(folder, "r");
  }

  async #sync(path: string, flags: string): Promise<void> {
    const handle = await this.#fs.open(path, flags);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, Math.min(bytes.length - at, 2 ** 24));
    at += bytesWritten;
  }
}

/** Reads from `position` until `into` is full or the file ends; the number of bytes read. */
async function fill(handle: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let at = 0;
  while (at < into.length) {
    const { bytesRead } = await handle.read(into, at, Math.min(into.length - at, 2 ** 24), position + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** Cuts off what follows the last "\n"; the file's size then. */
async function dropTornLine(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const block = new Uint8Array(2 ** 12);
  let end = 0;
  for (let stop = size; stop > 0 && end === 0; stop -= block.length) {
    const start = Math.max(0, stop - block.length);
    const length = await fill(handle, block.subarray(0, stop - start), start);
    end = start + block.subarray(0, length).lastIndexOf(10) + 1;
    if (end === start) end = 0; // no "\n" in this block
  }
  if (end < size) await handle.truncate(end);
  return end;
}

/** What went wrong and what to do, by error code, where the user can do it. */
const PROBLEMS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOSPC: ["the disk is full", "Free space"],
  EDQUOT: ["your disk quota is used up", "Free space"],
  EROFS: ["the disk is read-only", "Make it writable"],
  EACCES: ["permission denied", "Allow it to this user"],
  EPERM: ["permission denied", "Allow it to this user"],
  EIO: ["the disk reports an error (EIO)", "Check the disk"],
  EFBIG: ["the file is too large for this disk", "Use another disk"],
  ENOENT: ["no such file", "Name a file of this run"],
  EISDIR: ["a folder stands in the file's place", "Move it away"],
  ENOTDIR: ["a file stands in the folder's place", "Move it away"],
  EEXIST: ["a file stands in the folder's place", "Move it away"],
};

/** `action`, its failures told as StoreErrors where the user can mend them. */
async function explained<T>(path: string, needs: number, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    const code = codeOf(cause) ?? "";
    if (!Object.hasOwn(PROBLEMS, code)) throw new Error(`${path}: the file system failed`, { cause });
    const [problem, remedy] = PROBLEMS[code];
    const full = code === "ENOSPC" || code === "EDQUOT";
    throw new StoreError(`${path}: ${problem}${full ? ` (needs ${megabytes(needs)})` : ""}`, remedy, { cause });
  }
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
