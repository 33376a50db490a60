// Embedded sets of pictures with their counterparts, drawn on demand: as pairs, or as two domains with the pairing hidden.
import type { RandomStream } from "../random/index.ts";
import type { DataOptions, Dataset, DatasetSource } from "./dataset.ts";
import { endlessDataset } from "./endless.ts";
import { chooseChannels, chooseSize } from "./image-options.ts";
import { type Canvas, develop } from "./painter.ts";
import { asDomains } from "./unpaired.ts";

/** The sizes that such sets are drawn at. */
export const SIZES = { own: 64, min: 32, max: 128 } as const;

/** A picture and its counterpart. */
export interface PicturePair {
  readonly a: Canvas;
  readonly b: Canvas;
}

interface PairParts extends Pick<DatasetSource, "name" | "about"> {
  /** What it opens as where the recipe does not want the other. */
  readonly kind: "pairs" | "domains";
  /** Raised when the same seed would draw other pictures than before. */
  readonly version: number;
  draw(random: RandomStream, size: number): PicturePair;
}

/** An endless set of pictures with their counterparts. Asked for domains, it hides which belong together; asked for pairs, it tells. */
export function pairSource({ name, about, kind, version, draw }: PairParts): DatasetSource {
  return {
    name,
    about,
    kind,
    classes: [],
    open(options: DataOptions): Dataset {
      const size = chooseSize(options, { spec: name, ...SIZES });
      const channels = chooseChannels(options, 3);
      const shape = [channels, size, size];
      const pairs = endlessDataset({
        spec: name,
        kind: "pairs",
        shape,
        target: shape,
        classes: [],
        seed: options.seed,
        version,
        draw(random, out, { target }) {
          const { a, b } = draw(random, size);
          develop(a, channels, out);
          develop(b, channels, target);
          return -1;
        },
      });
      const wanted = options.kinds?.find((each) => each === "pairs" || each === "domains") ?? kind;
      return wanted === "pairs" ? pairs : asDomains(pairs);
    },
  };
}
