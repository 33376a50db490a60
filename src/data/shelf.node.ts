// Numbered items decoded on demand: what was decoded is kept while the budget lasts, and the place of a damaged item is filled by
// the next good one.
import { InputError } from "../errors/index.ts";
import { reasonOf } from "./container.node.ts";
import type { Problem } from "./dataset.ts";

export interface ShelfParts {
  readonly spec: string;
  /** What the items are called: "images". */
  readonly noun: string;
  readonly count: number;
  /** Bytes of an item, decoded. */
  readonly length: number;
  /** Memory to keep decoded items in (default 512). */
  readonly cacheMiB?: number | undefined;
  /** What could not be listed. */
  readonly problems: readonly Problem[];
  name(index: number): string;
  /** The bytes of an item, or the part of memory that they lie in for good. Fails with a short reason when it is damaged. */
  decode(index: number): Promise<{ bytes: Uint8Array; held: boolean }>;
}

export interface Shelf {
  readonly problems: readonly Problem[];
  /** Calls `use` for each of these items as it is there, in no order, with the index of the item that took its place. */
  read(indices: ArrayLike<number>, use: (place: number, bytes: Uint8Array, index: number) => void): Promise<void>;
}

/** Items decoded at a time: sharp's pool has four threads. */
const TOGETHER = 4;

/** Errors of the machine, not of the data: passing over a picture because of them would hide the trouble. */
const MACHINE_ERRORS = new Set(["EMFILE", "ENFILE", "ENOMEM", "EIO", "EBADF"]);

export function createShelf(parts: ShelfParts): Shelf {
  const { spec, noun, count, length, cacheMiB = 512, problems, name, decode } = parts;
  const damaged = new Map<number, Problem>();
  const cache = byteCache(count, length, cacheMiB);

  /** The bytes of one item, or undefined when it is damaged. */
  const bytesAt = async (index: number): Promise<Uint8Array | undefined> => {
    if (damaged.has(index)) return undefined;
    const kept = cache.get(index);
    if (kept) return kept;
    try {
      const { bytes, held } = await decode(index);
      if (!held) cache.set(index, bytes);
      return bytes;
    } catch (error) {
      if (error instanceof Error && "code" in error && MACHINE_ERRORS.has(`${error.code}`)) throw error;
      damaged.set(index, { item: name(index), reason: reasonOf(error) });
      return undefined;
    }
  };

  /** The item at `index`, or the next good one after it. */
  const nextGood = async (index: number): Promise<{ index: number; bytes: Uint8Array }> => {
    for (let step = 0; step < count; step++) {
      const at = (index + step) % count;
      const bytes = await bytesAt(at);
      if (bytes) return { index: at, bytes };
    }
    const { item, reason } = damaged.get(index)!;
    throw new InputError(
      `--data: none of the ${count} ${noun} in ${spec} can be read; ${item}: ${reason}. Give other files.`,
    );
  };

  return {
    get problems() {
      const inOrder = [...damaged].sort(([a], [b]) => a - b);
      return [...problems, ...inOrder.map(([, problem]) => problem)];
    },
    async read(indices, use) {
      let next = 0;
      const worker = async () => {
        while (next < indices.length) {
          const place = next++;
          const { index, bytes } = await nextGood(indices[place]);
          use(place, bytes, index);
        }
      };
      await Promise.all(Array.from({ length: TOGETHER }, worker));
    },
  };
}

/** Items by index, `length` bytes each: the first ones decoded stay, which for random order is as good as any choice. */
function byteCache(count: number, length: number, budgetMiB: number) {
  if (!(budgetMiB >= 0))
    throw new InputError(`--cacheMiB: must be a number of MiB from 0, got ${budgetMiB}. Pass --cacheMiB 512.`);
  const places = Math.min(count, Math.floor((budgetMiB * 2 ** 20) / length));
  const bytes = new Uint8Array(places * length); // untouched pages take no memory
  const placeOf = new Map<number, number>();
  return {
    get(index: number): Uint8Array | undefined {
      const place = placeOf.get(index);
      return place === undefined ? undefined : bytes.subarray(place * length, (place + 1) * length);
    },
    set(index: number, item: Uint8Array): void {
      if (placeOf.size === places || placeOf.has(index)) return;
      bytes.set(item, placeOf.size * length);
      placeOf.set(index, placeOf.size);
    },
  };
}

/** Byte → value in [−1, 1]. */
const VALUE_OF_BYTE = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);

/** Writes bytes to `out` from `start` on as values in [−1, 1]. */
export function writeValues(bytes: Uint8Array, out: Float32Array, start: number): void {
  for (let i = 0; i < bytes.length; i++) out[start + i] = VALUE_OF_BYTE[bytes[i]];
}
