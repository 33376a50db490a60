// A zip archive, read in place by its central directory (through yauzl). Nothing an archive claims is believed: sizes are
// counted while unpacking, checksums compared, and what would unpack to absurd sizes is not touched.
import { crc32 } from "node:zlib";
import { getFileNameLowLevel, openPromise, type Entry as ZipEntry, type ZipFile } from "yauzl";
import { InputError } from "../errors/index.ts";
import { type Container, type Entry, MAX_BYTES, pathError, reasonOf, sortByName } from "./container.node.ts";
import type { Problem } from "./dataset.ts";

/** A bomb: past 16 MiB, no set of images or IDX file packs two hundredfold. */
const BOMB_BYTES = 2 ** 24;
const BOMB_RATIO = 200;

/** The files in the zip archive at `path`. InputError when it is no whole archive. */
export async function openZip(path: string, where: string): Promise<Container> {
  let zip: ZipFile | undefined;
  try {
    // Names stay bytes and sizes unchecked here: one odd entry must not make the others unreadable.
    zip = await openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: false });
    const entries: Entry[] = [];
    const problems: Problem[] = [];
    for await (const entry of zip.eachEntry()) {
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (name.endsWith("/")) continue; // a folder
      const reason = refusal(entry);
      if (reason) problems.push({ item: name, reason });
      else entries.push(entryOf(zip, entry, name));
    }
    const opened = zip;
    return { entries: sortByName(entries), problems, close: async () => opened.close() };
  } catch (error) {
    zip?.close();
    const known = pathError(where, error);
    if (known !== error) throw known;
    throw new InputError(`${where} cannot be read as a zip archive: ${reasonOf(error)}. Download or make it again.`, {
      cause: error,
    });
  }
}

/** Why an entry is not read, or undefined. */
function refusal(entry: ZipEntry): string | undefined {
  const { uncompressedSize: size, compressedSize: packed, compressionMethod: method } = entry;
  if (entry.isEncrypted()) return "encrypted";
  if (method !== 0 && method !== 8) return `packed by method ${method}, and only 0 (stored) and 8 (deflated) are read`;
  if (size > MAX_BYTES) return `${size} bytes when unpacked, more than 2 GiB`;
  if (size > BOMB_BYTES && size > BOMB_RATIO * packed)
    return `would unpack from ${packed} to ${size} bytes, as a zip bomb does`;
  return undefined;
}

function entryOf(zip: ZipFile, entry: ZipEntry, name: string): Entry {
  const size = entry.uncompressedSize;
  return {
    name,
    size,
    checksum: entry.crc32.toString(16).padStart(8, "0"),
    async read() {
      const bytes = await unpack(zip, entry, size + 1); // one more than declared shows a lie
      if (bytes.length !== size) {
        throw new Error(`unpacks to ${bytes.length > size ? "more" : "less"} than the ${size} bytes it declares`);
      }
      if (crc32(bytes) !== entry.crc32) throw new Error("damaged: its checksum differs");
      return bytes;
    },
    head: (length) => unpack(zip, entry, length),
  };
}

/** The first `limit` bytes of an entry, or all when it is shorter; unpacks no more than it needs. */
async function unpack(zip: ZipFile, entry: ZipEntry, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= limit) break; // closes the stream
  }
  return Buffer.concat(chunks, Math.min(length, limit));
}
