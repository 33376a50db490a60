// What a published table is here: its cases, trained and measured anew, with the published figures beside ours.

import type { OptionValue } from "../recipes/index.ts";

/** How a case is trained. */
export interface Training {
  readonly recipe: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly steps: number;
  readonly batch: number;
  readonly ema: number;
}

/** A row of the table. */
export interface TableCase {
  readonly name: string;
  /** An embedded set. */
  readonly data: string;
  /** The published figures by ours, as they stand in the source; empty where the source has no such row. */
  readonly published: Readonly<Record<string, string>>;
  training(full: boolean): Training;
}

export interface Table {
  /** As `ganforge reproduce` names it. */
  readonly name: string;
  readonly title: string;
  /** Where the figures were published. */
  readonly source: string;
  /** The source's protocol, and what ours does in its place: shortened, and in full. */
  readonly protocol: Readonly<Record<"published" | "shortened" | "full", string>>;
  /** Metrics in words, and how many samples of each side they take. */
  readonly metrics: string;
  readonly count: number;
  /** Figures of these metrics, in the columns' order. */
  readonly figures: readonly { readonly name: string; readonly title: string }[];
  readonly seeds: number;
  readonly cases: readonly TableCase[];
}

/** One case of one seed, measured. */
export interface Reproduced {
  readonly table: string;
  readonly case: string;
  readonly seed: number;
  readonly full: boolean;
  /** How it was trained: of another training, a result does not count. */
  readonly training: Training;
  readonly figures: Readonly<Record<string, number>>;
  readonly minutes: number;
}
