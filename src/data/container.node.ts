// What a folder, a zip and a tar archive have in common: named entries that can be read one at a time, in place. Nothing is
// ever unpacked to disk, so the names inside an archive are labels and no more.
import { InputError } from "../errors/index.ts";
import type { Problem } from "./dataset.ts";

/** One file in a container. */
export interface Entry {
  /** Its path inside the container, parts joined by "/". */
  readonly name: string;
  /** Bytes, unpacked. */
  readonly size: number;
  /** What the container knows of the content beyond its size: a zip's CRC-32, or "". */
  readonly checksum: string;
  /** All its bytes. An Error giving a short reason when they are damaged or cannot be had. */
  read(): Promise<Uint8Array>;
  /** Its first `length` bytes, or all when it is shorter. */
  head(length: number): Promise<Uint8Array>;
  /** Its bytes from `start` to before `end`, where they can be had without the others. */
  slice?(start: number, end: number): Promise<Uint8Array>;
}

export interface Container {
  /** Sorted by name. */
  readonly entries: readonly Entry[];
  /** What could not be listed. */
  readonly problems: readonly Problem[];
  close(): Promise<void>;
}

/** The most bytes read as one piece, 2 GiB: what Node reads of a file at once. */
export const MAX_BYTES = 2 ** 31 - 1;

/** Sorts entries by name in the order of character codes, which no locale changes. */
export function sortByName(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The first line of an error's message. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}

/** The file system's refusal of a path as an InputError; any other error as it is. */
export function pathError(where: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new InputError(`${where} does not exist. Check the path.`);
    case "EACCES":
    case "EPERM":
      return new InputError(`${where} may not be read (${code}). Give yourself read permission, or another path.`);
    case "ERR_FS_FILE_TOO_LARGE":
      return new InputError(
        `${where} is larger than 2 GiB and must be read as one piece. Split it, or unpack it first.`,
      );
    default:
      return error;
  }
}

/** All bytes of an entry that nothing can replace; InputError, naming `where`, when they are damaged or cannot be had. */
export async function readWhole(entry: Entry, where: string): Promise<Uint8Array> {
  try {
    return await entry.read();
  } catch (error) {
    const known = pathError(where, error);
    if (known instanceof InputError) throw known;
    throw new InputError(`${where} cannot be read: ${reasonOf(error)}. Download the file again.`, { cause: error });
  }
}
