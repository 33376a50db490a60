// What a published table is here: its cases, trained and measured anew, with the published figures beside ours.

import type { DataOptions, Dataset } from "../data/index.ts";
import type { JsonObject } from "../formats/index.ts";

/** One making of one case. */
export interface Trial {
  /** Decides everything random: the same seed gives the same figures. */
  readonly seed: number;
  readonly full: boolean;
  readonly threads: number;
  /** Opens a part of the table's set, or of the one given in its place; whoever opens it closes it. */
  open(options?: Omit<DataOptions, "seed">): Promise<Dataset>;
  /** Told how far each part of the work has come. */
  progress(what: string, done: number, all: number): void;
  /** Asked between steps; true gives the trial up. */
  shouldStop(): boolean;
}

export interface Outcome {
  /** One for each of the table's. */
  readonly figures: Readonly<Record<string, number>>;
  /** A PNG of what the case made. */
  readonly picture?: Uint8Array;
}

/** A row of the table. */
export interface TableCase {
  readonly name: string;
  /** The published figures by ours, as they stand in the source; empty where the source has no such row. */
  readonly published: Readonly<Record<string, string>>;
  /** All that decides the figures beside seed and data, as JSON: a result of another training does not count. */
  training(full: boolean): JsonObject;
  /** Trains and measures; undefined when it was given up. */
  run(trial: Trial): Promise<Outcome | undefined>;
}

export interface Table {
  /** As `ganforge reproduce` names it. */
  readonly name: string;
  readonly title: string;
  /** Where the figures were published. */
  readonly source: string;
  /** The source's protocol, and what ours does in its place: shortened, and in full. */
  readonly protocol: Readonly<Record<"published" | "shortened" | "full", string>>;
  /** The embedded set, and whether `--data` may give another in its place. */
  readonly data: { readonly set: string; readonly replaceable: boolean };
  /** What the figures are of: "2,500 samples". */
  readonly measuredOn: string;
  /** In the columns' order. */
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
  /** The set, where it was not the table's own. */
  readonly data?: string;
  /** How it was trained: of another training, a result does not count. */
  readonly training: JsonObject;
  readonly figures: Readonly<Record<string, number>>;
  readonly minutes: number;
}
