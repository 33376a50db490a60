// What a learning experiment is: cases that train on data whose truth is known, each measured over several seeds.

import type { Dataset } from "../../src/data/index.ts";
import { openGenerator, trainedGenerator } from "../../src/export/index.ts";
import type { OptionValue } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { type InMemoryRun, type Sampler, trainInMemory } from "../../src/train/index.node.ts";

/** One configuration, trained anew for each seed. */
export interface Case {
  readonly name: string;
  /** The options that differ from the recipe's defaults, as flags, for the table. */
  readonly flags: string;
  /** Trains and measures; figures by name. */
  run(seed: number, log: (line: string) => void): Promise<Readonly<Record<string, number>>>;
}

export interface Experiment {
  readonly name: string;
  /** What is measured, on what, and what is to be seen: a paragraph of the report. */
  readonly about: string;
  readonly cases: readonly Case[];
  /** What must hold of the means, by case and figure, each a line of the report. */
  readonly claims: readonly Claim[];
}

export interface Claim {
  readonly text: string;
  holds(mean: (name: string, figure: string) => number): boolean;
}

export interface Training {
  readonly recipe: string;
  readonly options?: Readonly<Record<string, OptionValue>>;
  readonly steps: number;
  readonly batch?: number;
  readonly ema?: number;
  readonly flip?: boolean;
}

/** The flags that a training differs by. */
export function flagsOf({ options = {}, steps, batch, ema, flip }: Training): string {
  const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const given = { ...options, steps, ...(batch && { batch }), ...(ema && { ema }), ...(flip && { flip }) };
  return Object.entries(given)
    .map(([key, value]) => `--${kebab(key)} ${Array.isArray(value) ? value.join(",") : value}`)
    .join(" ");
}

/** Trains on one thread, so that several cases can be trained side by side. */
export async function trained(
  { recipe, ...settings }: Training,
  dataset: Dataset,
  seed: number,
  log: (line: string) => void,
): Promise<InMemoryRun> {
  let told = 0;
  return trainInMemory(recipe, dataset, {
    ...settings,
    seed,
    threads: 1,
    emit(event) {
      if (event.type !== "step" || event.step - told < settings.steps / 10) return;
      told = event.step;
      log(`step ${event.step} of ${settings.steps}`);
    },
  });
}

/** A sampler of what the run makes. */
export async function samplerOf(run: InMemoryRun, make?: string, chunk = 64): Promise<Sampler> {
  return openGenerator(trainedGenerator(run, run.checkpoint, { make }), { backend: cpu, threads: 1, chunk });
}
