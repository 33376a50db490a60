// Pictures named one by one, by folder or by archive, to be worked on rather than learned from: each keeps its name.

import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { InputError } from "../errors/index.ts";
import { type Container, type Entry, pathError, reasonOf } from "./container.node.ts";
import { decode, type Target } from "./decode.node.ts";
import { openFile, openFolder, readHead } from "./folder.node.ts";
import { isImage, SNIFF_BYTES, sniff } from "./sniff.ts";
import { openTar } from "./tar.node.ts";
import { openZip } from "./zip.node.ts";

/** A picture that can be read. */
export interface NamedPicture {
  /** Its file name without extension, with the folders above it inside what was named. */
  readonly name: string;
  /** [channels, size, size] in [−1, 1]. InputError, naming it, when it cannot be decoded. */
  read(target: Target): Promise<Float32Array>;
}

/** The pictures at these paths, in their order, those of a folder or archive by name; files that are no pictures are passed over in them. */
export async function openPictures(
  paths: readonly string[],
): Promise<{ readonly pictures: readonly NamedPicture[]; close(): Promise<void> }> {
  const containers: Container[] = [];
  const pictures: NamedPicture[] = [];
  const close = async () => {
    for (const container of containers) await container.close();
  };
  try {
    for (const path of paths) {
      const { container, isLone } = await open(path);
      containers.push(container);
      const found = isLone ? container.entries.slice(0, 1) : await imagesOf(container);
      if (found.length === 0) {
        throw new InputError(
          `${path} holds no picture. Name PNG, JPEG, WebP or GIF files, or a folder or archive of them.`,
        );
      }
      pictures.push(...found.map((entry) => named(entry, isLone ? path : `${path}: ${entry.name}`)));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { pictures, close };
}

async function open(path: string): Promise<{ container: Container; isLone: boolean }> {
  const info = await stat(path).catch((error) => {
    throw pathError(path, error);
  });
  if (info.isDirectory()) return { container: await openFolder(path, path), isLone: false };
  const format = sniff(await readHead(path, SNIFF_BYTES));
  if (format === "zip") return { container: await openZip(path, path), isLone: false };
  if (format === "tar") return { container: await openTar(path, path), isLone: false };
  return { container: await openFile(path, path), isLone: true };
}

async function imagesOf({ entries }: Container): Promise<Entry[]> {
  const images: Entry[] = [];
  for (const entry of entries) if (isImage(sniff(await entry.head(SNIFF_BYTES)))) images.push(entry);
  return images;
}

function named(entry: Entry, where: string): NamedPicture {
  const name = entry.name.slice(0, entry.name.length - extname(entry.name).length) || basename(entry.name);
  return {
    name,
    async read(target) {
      try {
        const bytes = await decode(await entry.read(), target);
        return Float32Array.from(bytes, (byte) => byte / 127.5 - 1);
      } catch (error) {
        throw new InputError(`${where}: ${reasonOf(error)}. Give PNG, JPEG, WebP or GIF pictures.`, { cause: error });
      }
    },
  };
}
