// CIFAR-10 and CIFAR-100, "binary version" (cs.toronto.edu/~kriz/cifar.html): one or more .bin files of 32×32 colour records.
import { crc32 } from "node:zlib";
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

/**
 * Opens the records of `entries` one after another; undefined when most of their labels show that they are something else. InputError,
 * with file, record and label, where one is out of range.
 */
export async function openCifar(
  container: Container,
  entries: readonly Entry[],
  where: string,
): Promise<PictureSource | undefined> {
  const parts: { images: Uint8Array; labels: Uint8Array }[] = [];
  const checksums: string[] = [];
  let hundred = false;
  for (const entry of entries) {
    const at = `${where}: ${entry.name}`;
    const bytes = await readWhole(entry, at);
    const classes = classesIn(bytes, TEN.test(entry.name));
    if (classes === undefined || (parts.length > 0 && hundred !== (classes === 100))) return undefined;
    hundred = classes === 100;
    if (hundred) {
      const { images, fine } = parseCifar100(bytes, at);
      parts.push({ images, labels: fine });
    } else parts.push(parseCifar10(bytes, at));
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

/** 10 or 100, by which the size and most of the labels fit; undefined where these show that it is something else. */
function classesIn(bytes: Uint8Array, isTen: boolean): 10 | 100 | undefined {
  const fits = (...most: readonly number[]) => {
    const record = most.length + PIXELS;
    const count = bytes.length / record;
    if (!Number.isInteger(count)) return false;
    let fitting = 0;
    for (let i = 0; i < count; i++) if (most.every((each, k) => bytes[i * record + k] < each)) fitting++;
    return fitting > count / 2;
  };
  if (isTen || fits(10)) return 10;
  return fits(20, 100) ? 100 : undefined;
}
