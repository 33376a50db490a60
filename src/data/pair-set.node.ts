// Pairs in files: two halves of one picture, or pictures of the same name on two sides. Where there are none, the reason is given
// in place of the pairs, for they may be wanted as something else.
import { InputError } from "../errors/index.ts";
import type { DataOptions, LossyFiles } from "./dataset.ts";
import { measure } from "./decode.node.ts";
import type { PictureSource } from "./image-dataset.node.ts";
import type { PairSource } from "./pair-dataset.node.ts";
import { ownForm, probe } from "./probe.node.ts";

/** How far the shape of a picture may be from what it should be: pictures are cut to whole pixels. */
const TOLERANCE = 0.02;
/** Names told of those that do not match. */
const TOLD = 5;

/**
 * The left half of each picture as a, the right one as b, when all looked at are twice as wide as high; why not, when none is.
 * InputError when some are and some are not.
 */
export async function halvesOf(source: PictureSource, where: string): Promise<PairSource | string> {
  const { looked } = await probe(source.count, source.load);
  const odd = looked.filter(({ width, height }) => !isDouble(width, height));
  if (odd.length > 0) {
    const [{ index, width, height }] = odd;
    const example = `${source.name(index)} is ${width}×${height}`;
    if (odd.length === looked.length) return `its pictures are single (${example}), not halves side by side (2:1)`;
    throw new InputError(
      `${where}: of ${looked.length} pictures looked at, ${odd.length} are not 2:1, as two halves side by side are: ${example}. Remove or cut what is no pair.`,
    );
  }
  const { size, channels, lossy } = ownForm(looked.map((each) => ({ ...each, width: each.width / 2 })));
  return {
    count: source.count,
    size,
    channels: { a: channels, b: channels },
    lossy,
    ...(source.split && { split: source.split }),
    fingerprint: `halves ${source.fingerprint}`,
    problems: source.problems,
    name: source.name,
    async load(index) {
      const whole = await source.load(index);
      if ("whole" in whole) throw new Error("is a half itself");
      const { width, height } = await measure(whole);
      if (!isDouble(width, height)) throw new Error(`${width}×${height}, not two halves side by side (2:1)`);
      return { a: { whole, side: "left" }, b: { whole, side: "right" } };
    },
    close: () => source.close(),
  };
}

const together = (a: LossyFiles, b: LossyFiles): LossyFiles => ({
  count: a.count + b.count,
  looked: a.looked + b.looked,
});

const isDouble = (width: number, height: number) => Math.abs(width / height - 2) <= 2 * TOLERANCE;

/**
 * The pictures of a and b that have the same name, folders above all of them and extensions apart; why not, when no name is on
 * both sides. InputError when some names are on one side only, with what is to be done, or twice on one.
 */
export function matched(
  a: PictureSource,
  b: PictureSource,
  { where, remedy, crop = "center" }: { where: string; remedy: string; crop?: DataOptions["crop"] },
): PairSource | string {
  const [namesA, namesB] = [keysOf(a, where), keysOf(b, where)];
  const [onlyA, onlyB] = [missing(namesA, namesB), missing(namesB, namesA)];
  const keys = [...namesA.keys()].filter((key) => namesB.has(key));
  if (keys.length === 0) {
    return `no picture of A (${some([...namesA.keys()])}) has a counterpart of the same name in B (${some([...namesB.keys()])})`;
  }
  if (onlyA.length > 0 || onlyB.length > 0) {
    const told = [
      ...(onlyA.length > 0 ? [`${onlyA.length} of ${a.count} in A lack a counterpart in B (${some(onlyA)})`] : []),
      ...(onlyB.length > 0 ? [`${onlyB.length} of ${b.count} in B lack one in A (${some(onlyB)})`] : []),
    ];
    throw new InputError(`${where}: the names do not match: ${told.join("; ")}. ${remedy}.`);
  }
  return {
    count: keys.length,
    size: Math.min(a.size, b.size),
    channels: { a: a.channels, b: b.channels },
    ...(a.lossy && b.lossy && { lossy: together(a.lossy, b.lossy) }),
    ...(a.split && { split: a.split }),
    fingerprint: `pairs ${a.fingerprint} ${b.fingerprint}`,
    problems: [...new Set([...a.problems, ...b.problems])],
    name: (index) => keys[index],
    async load(index) {
      const [pictureA, pictureB] = await Promise.all([
        a.load(namesA.get(keys[index])!),
        b.load(namesB.get(keys[index])!),
      ]);
      if (crop !== "none") {
        const [one, other] = [await measure(pictureA), await measure(pictureB)];
        const ratio = one.width / one.height / (other.width / other.height);
        if (Math.abs(Math.log(ratio)) > 2 * TOLERANCE) {
          throw new Error(
            `A is ${one.width}×${one.height}, B ${other.width}×${other.height}: cut to a square, they would not match`,
          );
        }
      }
      return { a: pictureA, b: pictureB };
    },
    async close() {
      await a.close();
      await b.close();
    },
  };
}

/** Each picture's index by its name, without the folders that all share and without extension. */
function keysOf(source: PictureSource, where: string): Map<string, number> {
  const paths = Array.from({ length: source.count }, (_, index) => source.name(index).split("/"));
  let shared = 0;
  while (paths[0].length > shared + 1 && paths.every((p) => p.length > shared + 1 && p[shared] === paths[0][shared])) {
    shared++;
  }
  const keys = new Map<string, number>();
  for (const [index, path] of paths.entries()) {
    const key = path
      .slice(shared)
      .join("/")
      .replace(/\.\w+$/, "");
    const before = keys.get(key);
    if (before !== undefined) {
      throw new InputError(
        `${where}: ${source.name(before)} and ${source.name(index)} have one name, and could both be the counterpart. Remove one.`,
      );
    }
    keys.set(key, index);
  }
  return keys;
}

const missing = (names: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>) =>
  [...names.keys()].filter((key) => !others.has(key));

const some = (names: readonly string[]) => names.slice(0, TOLD).join(", ") + (names.length > TOLD ? ", …" : "");
