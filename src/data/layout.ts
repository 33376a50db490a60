// What the folders above image files say of them: to which part of the data each belongs, and what it shows.

import { InputError } from "../errors/index.ts";
import type { Split } from "./dataset.ts";

/** The images of one part. */
export interface Layout<T> {
  readonly images: readonly T[];
  /** The folder that tells what each image shows; undefined where they lie in none, or all in one. */
  readonly folders: readonly (string | undefined)[];
  /** The innermost folder that all images lie in, but for what tells the part: it might be meant as a class. */
  readonly folder?: string;
  /** Whether the folders A and B were trainA and trainB, which is how sets lie that nothing pairs (Zhu et al. 2017: CycleGAN's). */
  readonly unpaired?: true;
  /** The part they are, where folders tell. */
  readonly split?: Split;
}

/** What a name tells of the part of the data. */
export interface Part {
  readonly part: string;
  readonly split: Split;
  /** Of "trainA": A. */
  readonly side?: string;
}

const PART = /^(train|training|test|testing|val|valid|validation|dev|eval)(?:[-_ ]?([AB]))?$/i;
/** What parts are called, the surest first. */
const NAMES = {
  train: ["train", "training"],
  test: ["test", "testing", "val", "valid", "validation", "dev", "eval"],
} as const;

/** The part that a name tells of, if it does. */
export function partOf(name: string): Part | undefined {
  const [, part, side] = PART.exec(name) ?? [];
  if (part === undefined) return undefined;
  const split = part.toLowerCase().startsWith("train") ? "train" : "test";
  return { part: part.toLowerCase(), split, ...(side && { side: side.toUpperCase() }) };
}

/** Whether folders of these names are the two sides of pairs or domains. */
export function areSides(names: readonly string[]): boolean {
  return names.length === 2 && names[0].toUpperCase() === "A" && names[1].toUpperCase() === "B";
}

/**
 * Takes the images of one part (of none asked for: train). Below the folder that all images share, the first folder tells what an
 * image shows, if each lies in one. Parts are told by folders above that one (train/cats, or trainA and trainB, whose folders then
 * are A and B) or below it (cats/train). InputError when the part asked for is not there.
 *
 * @example layOut([{ name: "x/train/cats/1.png" }, { name: "x/test/cats/2.png" }], "test", "x") // 2.png
 */
export function layOut<T extends { readonly name: string }>(
  images: readonly T[],
  wanted: Split | undefined,
  where: string,
): Layout<T> {
  const paths = images.map(({ name }) => name.split("/").slice(0, -1));
  let shared = 0;
  while (paths[0].length > shared && paths.every((path) => path[shared] === paths[0][shared])) shared++;
  const above = paths[0]
    .slice(0, shared)
    .map((folder) => partOf(folder)?.split)
    .findLast((split) => split !== undefined);
  const folder = paths[0].slice(0, shared).findLast((each) => partOf(each) === undefined);
  const whole = {
    images,
    folders: images.map(() => undefined),
    ...(folder !== undefined && { folder }),
    ...(above && { split: above }),
  };

  const tops = paths.map((path): string | undefined => path[shared]);
  if (tops.includes(undefined)) return whole;
  const parts = tops.map((top) => partOf(top!));
  if (parts.every((part) => part !== undefined)) {
    const part = choosePart(parts, wanted, where);
    const chosen = images.filter((_, i) => parts[i].part === part);
    const sides = parts.filter((each) => each.part === part).map(({ side }) => side);
    const { split } = parts.find((each) => each.part === part)!;
    if (!sides.includes(undefined)) return { images: chosen, folders: sides, unpaired: true, split };
    return { ...layOut(chosen, undefined, where), split };
  }

  const below = paths
    .map((path) => (path.length > shared + 1 ? partOf(path[shared + 1]) : undefined))
    .filter((part): part is Part => part !== undefined && part.side === undefined);
  if (below.length === images.length) {
    const part = choosePart(below, wanted, where);
    const chosen = (_: unknown, i: number) => below[i].part === part;
    const { split } = below.find((each) => each.part === part)!;
    return { images: images.filter(chosen), folders: tops.filter(chosen), split };
  }
  return { ...whole, folders: tops };
}

/** The name of the part to take (of none asked for: train), of those there are. InputError when it is not there. */
export function choosePart(parts: Iterable<Part>, wanted: Split = "train", where: string): string {
  const there = new Set(Array.from(parts, ({ part }) => part));
  const found = NAMES[wanted].find((name) => there.has(name));
  if (found !== undefined) return found;
  const other = wanted === "train" ? "test" : "train";
  throw new InputError(
    `--split: ${where.replace(/^--[a-z-]+: /, "")} is divided into ${[...there].join(", ")} and has no ${wanted} part. Pass --split ${other}.`,
  );
}
