// What the tables of digits learn from and are tried on: both parts of the set in memory, read once.

import type { DataOptions, Dataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { heldOf } from "./held.ts";
import type { Trial } from "./table.ts";

/** How many digits of each part; all of it, where it has no more. */
export type DigitCounts = { readonly digits: number; readonly tests: number };

export interface Digits {
  readonly train: Dataset;
  readonly test: Dataset;
  close(): Promise<void>;
}

/** Both parts, their pictures `size` pixels wide; undefined when the trial was given up. InputError where they have no classes. */
export async function openDigits(
  trial: Trial,
  size: NonNullable<DataOptions["size"]>,
  { digits, tests }: DigitCounts,
): Promise<Digits | undefined> {
  const train = await heldOf(await trial.open({ size }), digits, trial);
  if (train === undefined) return undefined;
  if (train.classes.length === 0) {
    await train.close();
    throw new InputError(
      `--data: ${train.spec} has no classes. Put each class into a folder of its own, or give a set that has classes.`,
    );
  }
  const test = await heldOf(await trial.open({ size, split: "test" }), tests, trial);
  if (test === undefined) {
    await train.close();
    return undefined;
  }
  return {
    train,
    test,
    async close() {
      await train.close();
      await test.close();
    },
  };
}

/** The places of one block after another of `all` samples. */
export function* blocksOf(all: number, size: number): Generator<readonly number[]> {
  for (let start = 0; start < all; start += size) {
    yield Array.from({ length: Math.min(size, all - start) }, (_, i) => start + i);
  }
}
