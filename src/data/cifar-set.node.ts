// CIFAR-10 and CIFAR-100, "binary version" (cs.toronto.edu/~kriz/cifar.html): one or more .bin files of 32×32 colour records.
import { crc32 } from "node:zlib";
import { InputError } from "../errors/index.ts";
import { decodeUtf8, parseCifar10, parseCifar100 } from "../formats/index.ts";
import { type Container, type Entry, readWhole } from "./container.node.ts";
import type { PictureSource } from "./image-dataset.node.ts";

const CIFAR10_CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
/** What CIFAR-10 calls its files. */
const TEN = /(?:^|\/)(?:data_batch_\d|test_batch)\.bin$/;
const PIXELS = 3 * 32 * 32;

/** Whether a file of this many bytes may hold CIFAR records, which have no mark of their own: 3073 bytes each, or 3074. */
export function isCifarSize(size: number): boolean {
  return size > 0 && (size % 3073 === 0 || size % 3074 === 0);
}

/** Opens the records of `entries` one after another; undefined when their labels show that they are something else. InputError for damaged ones that have CIFAR-10's names. */
export async function openCifar(
  container: Container,
  entries: readonly Entry[],
  where: string,
): Promise<PictureSource | undefined> {
  const parts: { images: Uint8Array; labels: Uint8Array }[] = [];
  const checksums: string[] = [];
  let hundred = false;
  for (const entry of entries) {
    const bytes = await readWhole(entry, `${where}: ${entry.name}`);
    const parse = () => parseCifar10(bytes, `${where}: ${entry.name}`);
    const ten = TEN.test(entry.name) ? parse() : attempt(parse);
    const fine = ten ?? attempt(() => parseCifar100(bytes, entry.name));
    if (fine === undefined || (parts.length > 0 && hundred !== !ten)) return undefined;
    hundred = !ten;
    parts.push({ images: fine.images, labels: "fine" in fine ? fine.fine : fine.labels });
    checksums.push(crc32(bytes).toString(16));
  }
  const starts = parts.map((_, k) => parts.slice(0, k).reduce((sum, part) => sum + part.labels.length, 0));
  const place = (index: number) => {
    const k = starts.findLastIndex((start) => start <= index);
    return { part: parts[k], at: index - starts[k] };
  };
  const count = parts.reduce((sum, part) => sum + part.labels.length, 0);
  return {
    count,
    classes: hundred ? await cifar100Classes(container) : CIFAR10_CLASSES,
    size: 32,
    channels: 3,
    fingerprint: `cifar ${count} ${checksums.join(" ")}`,
    problems: [],
    name: (index) => `record ${index}`,
    label(index) {
      const { part, at } = place(index);
      return part.labels[at];
    },
    async load(index) {
      const { part, at } = place(index);
      return { data: part.images.subarray(at * PIXELS, (at + 1) * PIXELS), channels: 3, height: 32, width: 32 };
    },
    close: () => container.close(),
  };
}

/** The names in fine_label_names.txt where it lies beside the records, else the numbers. */
async function cifar100Classes(container: Container): Promise<string[]> {
  const entry = container.entries.find((other) => other.name.endsWith("fine_label_names.txt"));
  const names =
    entry &&
    decodeUtf8(await entry.read())
      .split(/\s+/)
      .filter(Boolean);
  return names?.length === 100 ? names : Array.from({ length: 100 }, (_, label) => `${label}`);
}

/** The result, or undefined where the bytes are not of that format. */
function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
