// What a few of many pictures look like: their size, whether all are grey.
import { reasonOf } from "./container.node.ts";
import type { LossyFiles } from "./dataset.ts";
import { type Measures, measure, type Picture } from "./decode.node.ts";
import type { Channels } from "./image-options.ts";

/** Pictures looked at. */
const PROBES = 8;

/** A picture that was looked at. */
export interface Looked extends Measures {
  readonly index: number;
}

/** The first picture that can be read and seven more, evenly spread; and why none can, or what went before it cannot. */
export async function probe(
  count: number,
  load: (index: number) => Promise<Picture>,
): Promise<{ looked: Looked[]; failed: { index: number; reason: string }[] }> {
  const looked: Looked[] = [];
  const failed: { index: number; reason: string }[] = [];
  const look = async (index: number) => {
    try {
      looked.push({ index, ...(await measure(await load(index))) });
    } catch (error) {
      failed.push({ index, reason: reasonOf(error) });
    }
  };
  for (let index = 0; index < count && looked.length === 0; index++) await look(index);
  const [first] = looked;
  for (let k = 1; k < PROBES; k++) {
    const index = Math.floor((k * count) / PROBES);
    if (first && index > first.index && index !== looked.at(-1)?.index) await look(index);
  }
  return { looked, failed };
}

/** The size and channels that pictures suggest: the first one's, to a power of two from 16 to 128; grey when all are. And how many are lossy. */
export function ownForm(looked: readonly Looked[]): { size: number; channels: Channels; lossy: LossyFiles } {
  const [{ width, height }] = looked;
  return {
    size: Math.min(128, Math.max(16, 2 ** Math.floor(Math.log2(Math.min(width, height))))),
    channels: looked.every(({ grey }) => grey) ? 1 : 3,
    lossy: { count: looked.filter(({ lossy }) => lossy).length, looked: looked.length },
  };
}
