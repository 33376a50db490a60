// MNIST and its kin: an IDX file of images, and beside it one of labels with the same name but for "images" → "labels" and "idx3" → "idx1".
import { crc32 } from "node:zlib";
import { InputError } from "../errors/index.ts";
import { parseIdx } from "../formats/index.ts";
import { type Container, type Entry, readWhole } from "./container.node.ts";
import { gunzipped } from "./gzip.node.ts";
import type { PictureSource } from "./image-dataset.node.ts";

/** Of the labels up to the largest, how many may be absent where fewer occur: a set may be a few digits of ten. */
const MOST_ABSENT = 10;

/** Opens the IDX images in `entry`, with their labels where the container holds them. InputError when either is damaged or they do not match. */
export async function openIdx(container: Container, entry: Entry, where: string): Promise<PictureSource> {
  const bytes = await readIdx(entry, where);
  if (bytes[3] === 1) {
    throw new InputError(
      `${where} holds labels (IDX of rank 1), not images. Give the file of images (…-images-idx3-ubyte).`,
    );
  }
  const { shape, data } = parseIdx(bytes, where);
  const [count, height, width] = shape;
  if (count === 0 || height === 0 || width === 0) {
    throw new InputError(`${where} says [${shape}]: no pixels. Download the file again.`);
  }

  const labelsEntry = container.entries.find(
    (other) => other !== entry && labelsName(other.name) === labelsName(entry.name),
  );
  const labelsWhere = `${where}: its labels ${labelsEntry?.name}`;
  const labels = labelsEntry && parseIdx(await readIdx(labelsEntry, labelsWhere), labelsWhere);
  if (labels && (labels.shape.length !== 1 || labels.shape[0] !== count)) {
    throw new InputError(
      `${labelsWhere} are [${labels.shape}] where ${count} images need [${count}]. Download both files again.`,
    );
  }
  const classCount = labels ? labels.data.reduce((most, label) => Math.max(most, label), 0) + 1 : 0;
  const present = [...new Set(labels?.data)];
  if (labels && classCount - present.length > Math.max(MOST_ABSENT, present.length)) {
    const index = labels.data.indexOf(classCount - 1);
    throw new InputError(
      `${labelsWhere} say ${classCount - 1} of image ${index}, and only ${present.length} of the labels up to it occur. Correct the file, or number the classes from 0.`,
    );
  }
  const checksums = [data, labels?.data].map((part) => (part ? crc32(part).toString(16) : "none"));
  return {
    count,
    classes: Array.from({ length: classCount }, (_, label) => `${label}`),
    size: Math.min(height, width),
    channels: 1,
    fingerprint: `idx ${shape.join("x")} ${checksums.join(" ")}`,
    problems: [],
    name: (index) => `image ${index}`,
    label: (index) => (labels ? labels.data[index] : -1),
    async load(index) {
      const length = height * width;
      return { data: data.subarray(index * length, (index + 1) * length), channels: 1, height, width };
    },
    close: () => container.close(),
  };
}

/** What the labels of these images would be called, without ".gz"; a file of labels gives its own name. */
function labelsName(name: string): string {
  return name.toLowerCase().replace(/\.gz$/, "").replace("images", "labels").replace("idx3", "idx1");
}

async function readIdx(entry: Entry, where: string): Promise<Uint8Array> {
  return gunzipped(await readWhole(entry, where), where);
}
