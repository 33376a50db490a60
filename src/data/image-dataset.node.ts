// The Dataset over numbered pictures, wherever these lie: decodes on demand, keeps what it decoded while the budget lasts, and
// fills the place of a damaged picture with the next good one.
import { InputError } from "../errors/index.ts";
import { reasonOf } from "./container.node.ts";
import type { DataOptions, Dataset, Problem } from "./dataset.ts";
import { decode, type Picture } from "./decode.node.ts";
import { type Channels, chooseChannels, chooseSize } from "./image-options.ts";

/** Numbered pictures: what a folder of images, an IDX file and a CIFAR batch have in common. */
export interface PictureSource {
  readonly count: number;
  readonly classes: readonly string[];
  /** Its own size and channels, used where none are asked for. */
  readonly size: number;
  readonly channels: Channels;
  readonly fingerprint: string;
  /** What could not be listed. */
  readonly problems: readonly Problem[];
  name(index: number): string;
  label(index: number): number;
  /** Fails with an Error giving a short reason when the picture cannot be had. */
  load(index: number): Promise<Picture>;
  close(): Promise<void>;
}

/** Pictures of one batch decoded at a time: sharp's pool has four threads. */
const TOGETHER = 4;

/** Byte → value in [−1, 1]. */
const VALUE_OF_BYTE = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);

/** Errors of the machine, not of the data: passing over a picture because of them would hide the trouble. */
const MACHINE_ERRORS = new Set(["EMFILE", "ENFILE", "ENOMEM", "EIO", "EBADF"]);

/** Opens numbered pictures as a data set. InputError when the options do not fit it. */
export function imageDataset(spec: string, source: PictureSource, options: DataOptions): Dataset {
  const size = chooseSize(options, { spec, own: source.size, min: 4, max: 1024 });
  const channels = chooseChannels(options, source.channels);
  const target = { size, channels, crop: options.crop ?? "center" } as const;
  const length = channels * size * size;
  const damaged = new Map<number, Problem>();
  const cache = pixelCache(source.count, length, options.cacheMiB ?? 512);

  /** The bytes of one picture, or undefined when it is damaged. */
  const pixelsOf = async (index: number): Promise<Uint8Array | undefined> => {
    if (damaged.has(index)) return undefined;
    const kept = cache.get(index);
    if (kept) return kept;
    try {
      const picture = await source.load(index);
      const pixels = await decode(picture, target);
      if (picture instanceof Uint8Array || pixels !== picture.data) cache.set(index, pixels); // else it is in memory already
      return pixels;
    } catch (error) {
      if (error instanceof Error && "code" in error && MACHINE_ERRORS.has(`${error.code}`)) throw error;
      damaged.set(index, { item: source.name(index), reason: reasonOf(error) });
      return undefined;
    }
  };

  /** The picture at `index`, or the next good one after it. */
  const nextGood = async (index: number): Promise<{ index: number; pixels: Uint8Array }> => {
    for (let step = 0; step < source.count; step++) {
      const at = (index + step) % source.count;
      const pixels = await pixelsOf(at);
      if (pixels) return { index: at, pixels };
    }
    const { item, reason } = damaged.get(index)!;
    throw new InputError(
      `--data: none of the ${source.count} images in ${spec} can be read; ${item}: ${reason}. Give other files.`,
    );
  };

  return {
    spec,
    kind: "images",
    shape: [channels, size, size],
    count: source.count,
    classes: source.classes,
    fingerprint: source.fingerprint,
    get problems() {
      const inOrder = [...damaged].sort(([a], [b]) => a - b);
      return [...source.problems, ...inOrder.map(([, problem]) => problem)];
    },
    async read(indices) {
      const values = new Float32Array(indices.length * length);
      const labels = new Int32Array(indices.length);
      let next = 0;
      const worker = async () => {
        while (next < indices.length) {
          const place = next++;
          const { index, pixels } = await nextGood(indices[place]);
          for (let i = 0; i < length; i++) values[place * length + i] = VALUE_OF_BYTE[pixels[i]];
          labels[place] = source.label(index);
        }
      };
      await Promise.all(Array.from({ length: TOGETHER }, worker));
      return { values, labels };
    },
    close: () => source.close(),
  };
}

/** Decoded pictures by index, `length` bytes each: the first ones decoded stay, which for random order is as good as any choice. */
function pixelCache(count: number, length: number, budgetMiB: number) {
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
    set(index: number, pixels: Uint8Array): void {
      if (placeOf.size === places || placeOf.has(index)) return;
      bytes.set(pixels, placeOf.size * length);
      placeOf.set(index, placeOf.size);
    },
  };
}
