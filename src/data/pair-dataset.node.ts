// The Dataset over numbered pairs of pictures, wherever these lie: both are decoded, cropped and kept as one item.
import type { DataOptions, Dataset, LossyFiles, Problem, Split } from "./dataset.ts";
import { decode, type Picture } from "./decode.node.ts";
import { SIZES } from "./image-dataset.node.ts";
import { type Channels, chooseChannels, chooseSize } from "./image-options.ts";
import { createShelf, writeValues } from "./shelf.node.ts";

/** Numbered pairs of pictures. */
export interface PairSource {
  readonly count: number;
  /** Their own size, used where none is asked for. */
  readonly size: number;
  /** Each side's own channels. */
  readonly channels: { readonly a: Channels; readonly b: Channels };
  readonly lossy?: LossyFiles;
  /** Whether they are of the same names in folders trainA and trainB. */
  readonly unpaired?: true;
  readonly split?: Split;
  readonly fingerprint: string;
  readonly problems: readonly Problem[];
  name(index: number): string;
  /** Fails with an Error giving a short reason when the pair cannot be had. */
  load(index: number): Promise<{ readonly a: Picture; readonly b: Picture }>;
  close(): Promise<void>;
}

/** Opens numbered pairs as a data set. InputError when the options do not fit it. */
export function pairDataset(spec: string, source: PairSource, options: DataOptions): Dataset {
  const size = chooseSize(options, { spec, own: source.size, ...SIZES });
  const crop = options.crop ?? "center";
  const [channelsA, channelsB] = [source.channels.a, source.channels.b].map((own) => chooseChannels(options, own));
  const [lengthA, lengthB] = [channelsA * size * size, channelsB * size * size];
  const { count, fingerprint, lossy, unpaired } = source;
  const shelf = createShelf({
    spec,
    noun: "pairs",
    count,
    length: lengthA + lengthB,
    cacheMiB: options.cacheMiB,
    problems: source.problems,
    name: source.name,
    async decode(index) {
      const { a, b } = await source.load(index);
      const bytes = new Uint8Array(lengthA + lengthB);
      bytes.set(await decode(a, { size, channels: channelsA, crop }));
      bytes.set(await decode(b, { size, channels: channelsB, crop }), lengthA);
      return { bytes, held: false };
    },
  });
  return {
    spec,
    kind: "pairs",
    shape: [channelsA, size, size],
    target: [channelsB, size, size],
    count,
    classes: [],
    fingerprint,
    ...(lossy && { lossy }),
    ...(unpaired && { unpaired }),
    get problems() {
      return shelf.problems;
    },
    async read(indices) {
      const values = new Float32Array(indices.length * lengthA);
      const targets = new Float32Array(indices.length * lengthB);
      await shelf.read(indices, (place, bytes) => {
        writeValues(bytes.subarray(0, lengthA), values, place * lengthA);
        writeValues(bytes.subarray(lengthA), targets, place * lengthB);
      });
      return { values, targets, labels: new Int32Array(indices.length).fill(-1) };
    },
    close: () => source.close(),
  };
}
