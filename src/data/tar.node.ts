// A tar archive, read in place: its headers are walked once, and entries are then read at their offsets. Formats: v7, ustar and
// pax (POSIX.1-2001, "pax Interchange Format") and GNU, for files; links and devices are passed over.
import { open } from "node:fs/promises";
import { InputError } from "../errors/index.ts";
import { type Container, type Entry, pathError, sortByName } from "./container.node.ts";
import { tarChecksum, tarNumber } from "./sniff.ts";

const BLOCK = 512;
/** The longest name or pax record set believed. */
const MAX_EXTENSION = 2 ** 20;

/** Reads `length` bytes at `offset`, fewer at the end. */
type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** The files in the tar archive at `path`. InputError when it is damaged or cut off. */
export async function openTar(path: string, where: string): Promise<Container> {
  const file = await open(path).catch((error) => {
    throw pathError(where, error);
  });
  const readAt: ReadAt = async (offset, length) => {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const entries = await listTar(readAt, (await file.stat()).size, where);
    return { entries, problems: [], close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The files in a tar archive held in memory, which is how a .tar.gz is read. InputError when it is damaged or cut off. */
export async function openTarBytes(bytes: Uint8Array, where: string): Promise<Container> {
  const readAt: ReadAt = async (offset, length) => bytes.subarray(offset, offset + length);
  return { entries: await listTar(readAt, bytes.length, where), problems: [], close: async () => {} };
}

async function listTar(readAt: ReadAt, total: number, where: string): Promise<Entry[]> {
  const fail = (problem: string): never => {
    throw new InputError(`${where} cannot be read as a tar archive: ${problem}. Download or make it again.`);
  };
  const entries: Entry[] = [];
  let extended: { name?: string; size?: number } = {}; // said about the next entry by pax or GNU blocks before it
  for (let offset = 0; offset < total; ) {
    const header = await readAt(offset, BLOCK);
    if (header.length < BLOCK) fail(`cut off in the header at byte ${offset}`);
    if (header.every((byte) => byte === 0)) break; // the end
    if (tarChecksum(header) !== tarNumber(header, 148, 8)) fail(`the header at byte ${offset} is damaged`);

    const type = String.fromCharCode(header[156]);
    const extension = type === "x" || type === "g" || type === "L" || type === "K";
    const size = (extension ? undefined : extended.size) ?? tarNumber(header, 124, 12);
    const name = extended.name ?? headerName(header);
    const start = offset + BLOCK;
    if (!Number.isSafeInteger(size)) fail(`${name} at byte ${offset} has no size`);
    if (start + size > total) fail(`cut off: ${name} ends at byte ${start + size}, the file at ${total}`);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;

    if (extension) {
      if (size > MAX_EXTENSION) fail(`a name of ${size} bytes at byte ${start}`);
      const content = Buffer.from(await readAt(start, size));
      if (type === "x") extended = { ...extended, ...paxRecords(content) };
      if (type === "L") extended = { ...extended, name: content.toString("utf8").replace(/\0.*$/s, "") };
      continue;
    }
    extended = {};
    if (type === "0" || type === "\0" || type === "7") {
      if (name.endsWith("/")) continue; // how v7 marks a folder
      entries.push({
        name: name.replace(/^\.\//, ""),
        size,
        checksum: "",
        read: () => readAt(start, size),
        head: (length) => readAt(start, Math.min(length, size)),
        slice: (from, to) => readAt(start + from, Math.min(to, size) - from),
      });
    }
  }
  return sortByName(entries);
}

/** ustar puts the front of a long path in a field of its own. */
function headerName(header: Uint8Array): string {
  const field = (at: number, length: number) =>
    Buffer.from(header.subarray(at, at + length))
      .toString("utf8")
      .replace(/\0.*$/s, "");
  const prefix = field(257, 6) === "ustar" ? field(345, 155) : "";
  return prefix === "" ? field(0, 100) : `${prefix}/${field(0, 100)}`;
}

/** The path and size among pax records, each "length key=value\n", the length counting the whole record in bytes. */
function paxRecords(bytes: Buffer): { name?: string; size?: number } {
  const found: { name?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const length = Number.parseInt(bytes.toString("latin1", at, at + 12), 10);
    if (!(length > 0)) break;
    const [, key, value] = /^\d+ ([^=]+)=(.*)\n$/s.exec(bytes.toString("utf8", at, at + length)) ?? [];
    if (key === "path") found.name = value;
    if (key === "size") found.size = Number(value);
    at += length;
  }
  return found;
}
