// LMDB, read only: where each value of a data.mdb lies (lmdb.tech, the structures of mdb.c, version 0.9, little-endian, 64 bits).
// A file is pages. The first two are meta pages, of which the one with the later transaction counts: it names the root of a B+tree
// of branch pages (keys and pages) and leaf pages (keys and values); a value too large for a leaf lies on overflow pages in a row.

import { InputError } from "../errors/index.ts";

/** Reads `length` bytes at `offset`, fewer at the end. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** Where values lie in the file, in the order of their keys. */
export interface LmdbValues {
  readonly offsets: Float64Array;
  readonly sizes: Uint32Array;
}

const MAGIC = 0xbeefc0de;
const HEADER = 16;
const META = 152;
const NODE = 8;
/** Kinds of page. */
const [BRANCH, LEAF] = [1, 2];
/** Flags of a node: its value lies on overflow pages; it is a database of its own; it is many values of one key. */
const [BIG, SUB_DATABASE, DUPLICATES] = [1, 2, 4];

/**
 * Lists the values of the main database in a file of `size` bytes. InputError, naming `where`, when it is damaged, or holds named
 * databases or several values of a key.
 */
export async function listLmdb(readAt: ReadAt, size: number, where: string): Promise<LmdbValues> {
  const fail = (problem: string): never => {
    throw new InputError(`${where} cannot be read as LMDB: ${problem}. Download or make it again.`);
  };
  const { root, entries, pageSize, lastPage } = await readMeta(readAt, fail);
  if ((lastPage + 1) * pageSize > size)
    fail(`cut off: ${lastPage + 1} pages need ${(lastPage + 1) * pageSize} bytes, it has ${size}`);
  if (entries * NODE > size) fail(`it says that it has ${entries} values in ${size} bytes`);
  let visits = 0;
  const page = async (number: number): Promise<DataView> => {
    if (!(number >= 2 && number <= lastPage)) fail(`page ${number} of ${lastPage} is pointed to`);
    if (++visits > lastPage) fail("its pages point to one another in a circle");
    const view = viewOf(await readAt(number * pageSize, pageSize));
    if (view.byteLength < pageSize || Number(view.getBigUint64(0, true)) !== number) fail(`page ${number} is damaged`);
    return view;
  };
  const offsets = new Float64Array(entries);
  const sizes = new Uint32Array(entries);
  let count = 0;

  const visit = async (number: number): Promise<void> => {
    const view = await page(number);
    const kind = view.getUint16(10, true);
    if (kind !== BRANCH && kind !== LEAF) fail(`page ${number} is damaged`);
    const nodes = (view.getUint16(12, true) - HEADER) / 2;
    if (!Number.isInteger(nodes) || nodes < 0 || HEADER + 2 * nodes > pageSize) fail(`page ${number} is damaged`);
    for (let k = 0; k < nodes; k++) {
      const at = view.getUint16(HEADER + 2 * k, true);
      if (at + NODE > pageSize) fail(`page ${number} is damaged`);
      const low = view.getUint32(at, true);
      const flags = view.getUint16(at + 4, true);
      if (kind === BRANCH) {
        await visit(low + flags * 2 ** 32);
        continue;
      }
      if (flags & (SUB_DATABASE | DUPLICATES)) fail("it holds named databases, or several values of a key");
      if (count === entries) fail(`it has more than the ${entries} values it says`);
      const start = at + NODE + view.getUint16(at + 6, true);
      if (start + (flags & BIG ? 8 : low) > pageSize) fail(`page ${number} is damaged`);
      sizes[count] = low;
      offsets[count] = number * pageSize + start;
      if (flags & BIG) {
        const first = Number(view.getBigUint64(start, true));
        if (!(first >= 2 && first * pageSize + HEADER + low <= (lastPage + 1) * pageSize)) {
          fail(`a value on page ${first} of ${lastPage} is pointed to`);
        }
        offsets[count] = first * pageSize + HEADER;
      }
      count++;
    }
  };
  if (entries > 0) await visit(root);
  if (count !== entries) fail(`it says that it has ${entries} values, and holds ${count}`);
  return { offsets, sizes };
}

interface Meta {
  readonly root: number;
  readonly entries: number;
  readonly pageSize: number;
  readonly lastPage: number;
}

async function readMeta(readAt: ReadAt, fail: (problem: string) => never): Promise<Meta> {
  const first = viewOf(await readAt(0, META));
  if (first.byteLength < META || first.getUint32(16, true) !== MAGIC) fail("it does not begin with a meta page");
  const pageSize = first.getUint32(40, true); // where the database of free pages has no other use for it
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0)
    fail(`it has pages of ${pageSize} bytes`);
  const second = viewOf(await readAt(pageSize, META));
  const metas = [first, second].filter((view) => view.byteLength >= META && view.getUint32(16, true) === MAGIC);
  const transaction = (view: DataView) => view.getBigUint64(144, true);
  const [meta] = metas.toSorted((a, b) => (transaction(a) > transaction(b) ? -1 : 1));
  const version = meta.getUint32(20, true);
  if (version !== 1) fail(`it is of the format's version ${version}, and 1 is read`);
  return {
    entries: Number(meta.getBigUint64(120, true)),
    root: Number(meta.getBigUint64(128, true)),
    lastPage: Number(meta.getBigUint64(136, true)),
    pageSize,
  };
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
