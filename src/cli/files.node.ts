// Files that a command writes or reads beside a run: whole or not at all, and with errors a user can act on.

import { mkdir, rename, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors/index.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a file stands where a folder is needed",
  EEXIST: "a file stands where a folder is needed",
  ENOSPC: "the disk is full",
  EDQUOT: "your disk quota is used up",
  EROFS: "the disk is read-only",
  ENAMETOOLONG: "the name is too long",
};

/** An error of the file system as an InputError where the user can mend it, itself otherwise. */
export function explainFileError(where: string, error: unknown, remedy: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!Object.hasOwn(REASONS, code)) return error;
  return new InputError(`${where}: ${REASONS[code]}. ${remedy}`, { cause: error });
}

/** Writes a file named by --out, and the folders above it: under another name first, which `check` may read and refuse. */
export async function writeOut(
  file: string,
  bytes: Uint8Array,
  check: (temporary: string) => Promise<void> = async () => {},
): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, bytes);
    await check(temporary);
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw explainFileError(`--out: ${file}`, error, "Choose another --out.");
  }
}
