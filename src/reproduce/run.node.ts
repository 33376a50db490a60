// One case of a table: trained from a seed and measured.

import { findDataset } from "../data/index.ts";
import { openGenerator, trainedGenerator } from "../export/index.ts";
import { madeSamples, measure, parseMetrics, realSamples } from "../metrics/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { trainInMemory } from "../train/index.node.ts";
import type { Reproduced, Table, TableCase } from "./table.ts";

export interface CaseOptions {
  readonly seed: number;
  readonly full: boolean;
  readonly threads: number;
  readonly progress?: (step: number, steps: number) => void;
  /** Asked after every step; true gives the case up. */
  readonly shouldStop?: () => boolean;
}

/** Trains and measures a case; undefined when it was given up. The same seed gives the same figures. */
export async function runCase(
  { name: table, metrics, count, figures }: Table,
  { name, data, training }: TableCase,
  { seed, full, threads, progress, shouldStop }: CaseOptions,
): Promise<Reproduced | undefined> {
  const source = findDataset(data);
  if (source === undefined) throw new Error(`reproduce: ${table} wants the set ${data}, which is not embedded`);
  const settings = training(full);
  const { recipe, ...rest } = settings;
  const dataset = source.open({ seed });
  const run = await trainInMemory(recipe, dataset, {
    ...{ ...rest, seed, threads },
    emit: (event) => event.type === "step" && progress?.(event.step, settings.steps),
    ...(shouldStop && { shouldStop }),
  });
  if (run.result.reason === "stopped") return undefined;
  const sampler = await openGenerator(trainedGenerator(run, run.checkpoint), { backend: cpu, threads, chunk: count });
  try {
    const drawn = { seed: 1000 + seed, count };
    const measured = await measure({
      ...{ metrics: parseMetrics(metrics), seed, kind: "points", labels: dataset.classes },
      ...{ real: realSamples(dataset, sampler, drawn), made: madeSamples(sampler, dataset, drawn) },
      ...(source.mixture && { modes: source.mixture }),
    });
    const wanted = figures.map((figure) => [figure.name, measured.find((each) => each.figure === figure.name)!.value]);
    return {
      ...{ table, case: name, seed, full, training: settings, figures: Object.fromEntries(wanted) },
      minutes: run.result.seconds / 60,
    };
  } finally {
    await sampler.close();
    await dataset.close();
  }
}
