// A step of DCGAN with its pictures in memory, from a folder of JPEGs kept in memory once decoded, and from one decoded anew each time.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { arrayDataset, type Dataset, findDataset, openDataset } from "../src/data/index.node.ts";
import { trainInMemory } from "../src/train/index.node.ts";
import { median, round } from "./measurement.ts";

export const sources = ["memory", "kept", "decoded"] as const;
export type Source = (typeof sources)[number];

export interface Fed {
  readonly minMs: number;
  readonly medianMs: number;
}

/** Pictures: as many as fill eight batches, in files twice as large as they are trained on. */
const BATCH = 64;
const PICTURES = 8 * BATCH;
/** Steps before those that are timed: all pictures have been seen once. */
const WARM_UP = PICTURES / BATCH + 2;

/** Times steps of dcgan at `size` pixels with its pictures from `source`. */
export async function timeFed(source: Source, size: number, threads: number, steps: number): Promise<Fed> {
  const folder = mkdtempSync(join(tmpdir(), "ganforge-feeding-"));
  try {
    const pictures = join(folder, "pictures");
    await writePictures(pictures, 2 * size);
    const files = await openDataset(pictures, { seed: 1, size, ...(source === "decoded" && { cacheMiB: 0 }) });
    const dataset = source === "memory" ? await inMemory(files) : files;
    const ends: number[] = [];
    await trainInMemory("dcgan", dataset, {
      ...{ steps: steps + WARM_UP, batch: BATCH, threads, seed: 1 },
      emit: ({ type }) => type === "step" && ends.push(performance.now()),
    });
    await files.close();
    const times = ends
      .slice(1)
      .map((end, i) => end - ends[i])
      .slice(WARM_UP - 1);
    return { minMs: round(Math.min(...times), 2), medianMs: round(median(times), 2) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Drawn faces as JPEGs. */
async function writePictures(folder: string, size: number): Promise<void> {
  mkdirSync(folder);
  const faces = findDataset("faces")!.open({ seed: 1, size });
  for (let i = 0; i < PICTURES; i++) {
    const { values } = await faces.read([i]);
    const pixels = new Uint8Array(values.length);
    for (let p = 0; p < size * size; p++) {
      for (let c = 0; c < 3; c++) pixels[3 * p + c] = Math.round((values[c * size * size + p] + 1) * 127.5);
    }
    await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
      .jpeg({ quality: 90 })
      .toFile(join(folder, `${i}.jpg`));
  }
}

async function inMemory(files: Dataset): Promise<Dataset> {
  const { values } = await files.read(Array.from({ length: files.count }, (_, i) => i));
  const length = values.length / files.count;
  const images = Array.from({ length: files.count }, (_, i) => values.slice(i * length, (i + 1) * length));
  return arrayDataset(images, files.shape);
}
