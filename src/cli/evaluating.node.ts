// ganforge evaluate: figures of a run's checkpoints, printed, kept in the run's measures.jsonl, and drawn over the checkpoints.

import { join } from "node:path";
import { InputError } from "../errors/index.ts";
import { openGenerator, trainedGenerator } from "../export/index.ts";
import { asChosen, bestOf, findFigure, metrics as known } from "../metrics/index.ts";
import { findRecipe } from "../recipes/index.ts";
import { measureChart } from "../report/index.ts";
import { cpu } from "../runtime/index.node.ts";
import {
  arraysOf,
  buildMaking,
  type Checkpoint,
  checkData,
  openSampler,
  readJsonLines,
  type Sampler,
} from "../train/index.ts";
import { createBar } from "./bar.node.ts";
import { dataOptionsOf, learnedFrom } from "./data-options.ts";
import { type Evaluated, type EvaluationRequest, MEASURES, openEvaluation, type Subject } from "./evaluation.node.ts";
import { writeOut } from "./files.node.ts";
import { openData } from "./opening.node.ts";
import { print, printJson } from "./output.node.ts";
import { loadCheckpoint, openRun, type Run } from "./run-folder.node.ts";
import { formatCount, formatFigure, formatTable, indent } from "./text.ts";
import { classifierOf } from "./truths.node.ts";

/** Images made in one run of the program. */
const CHUNK = 64;

export interface EvaluateRequest extends Omit<EvaluationRequest, "repeatedly" | "countFlag"> {
  readonly run: string;
  /** A step, "all" or "best". */
  readonly checkpoint: unknown;
  readonly make: string | undefined;
  readonly split: "train" | "test" | undefined;
  readonly ema: boolean;
  readonly threads: number;
  readonly json: boolean;
}

/** Measures and prints; the lines of measures.jsonl come one checkpoint at a time. */
export async function evaluateRun(request: EvaluateRequest): Promise<void> {
  const { json, split, seed, threads, ema } = request;
  const run = await openRun(request.run);
  const recipe = findRecipe(run.config.recipe);
  const steps = await chosenSteps(run, request.checkpoint);
  const options = { ...dataOptionsOf(run.config, recipe), ...(split && { split }) };
  const dataset = await openData(run.config.data, options);
  const { stack = false } = run.config;
  const learned = stack || split ? await openData(run.config.data, learnedFrom(run.config)) : undefined;
  const bar = createBar(process.stderr);
  const open: { close(): Promise<void> }[] = [dataset, ...(learned ? [learned] : [])];
  try {
    if (split === undefined) await checkData(run.store, dataset);
    const planned = { ...request, repeatedly: steps.length > 1, countFlag: "--count" } as const;
    const evaluation = await openEvaluation(planned, {
      ...{ dataset, learned, stacked: stack, backend: cpu, threads, config: run.config },
      tell: (line) => bar.line(line),
      progress: (what, done, all) => bar.show(what, done, all),
    });
    open.unshift(evaluation);
    const conditions = [
      ...(split === undefined ? [] : [`real ones of the ${split} part`]),
      ...(ema || run.config.ema === 0 ? [] : ["weights as trained, not averaged"]),
    ];
    const found: { step: number; measures: Evaluated[] }[] = [];
    for (const step of steps) {
      const checkpoint = await loadCheckpoint(run, step);
      const samplers: Sampler[] = [];
      try {
        const figures = await evaluation.measure(await subjectOf(run, checkpoint, request, samplers));
        const measures = figures.map((each) => ({ ...each, protocol: [each.protocol, ...conditions].join("; ") }));
        for (const measure of measures) {
          await run.store.append(MEASURES, JSON.stringify({ step: checkpoint.step, ...measure, seed }));
        }
        found.push({ step: checkpoint.step, measures });
        bar.clear();
        if (!json) print(described(checkpoint.step, evaluation.count, measures));
      } finally {
        for (const each of samplers) await each.close();
      }
    }
    const plots = found.length > 1 ? await writePlots(run, found) : [];
    if (json) printJson({ run: run.folder, count: evaluation.count, seed, evaluations: found, plots });
    else for (const path of plots) print(path);
  } finally {
    bar.clear();
    for (const each of open) await each.close();
  }
}

/** A checkpoint's samplers; what is opened is added to `opened`. */
async function subjectOf(
  run: Run,
  checkpoint: Checkpoint,
  { ema, make: asked, threads }: EvaluateRequest,
  opened: Sampler[],
): Promise<Subject> {
  const { config } = run;
  const makes = Object.keys(findRecipe(config.recipe).makes);
  const means = { backend: cpu, threads, chunk: CHUNK };
  const keep = (sampler: Sampler) => {
    opened.push(sampler);
    return sampler;
  };
  const open = async (make?: string) =>
    keep(await openGenerator(trainedGenerator(run, checkpoint, { ema, make }), means));
  return {
    sampler: await open(asked),
    ...(makes.length > 1 && {
      async ways() {
        const names = asked === undefined ? makes : [asked];
        return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await open(name)] as const)));
      },
    }),
    async classifier() {
      const maker = classifierOf(config, run.data)!;
      const where = `checkpoint of step ${checkpoint.step}`;
      const weights = arraysOf(buildMaking(maker, 1).arrays, checkpoint.tensors, where);
      return keep(await openSampler(maker, means, async () => weights));
    },
  };
}

/** The steps to measure: the newest, one, all, or the best of what was measured in training. */
async function chosenSteps(run: Run, asked: unknown): Promise<(number | undefined)[]> {
  if (asked === undefined) return [undefined];
  if (asked === "all") {
    const steps = await run.checkpoints.list();
    if (steps.length === 0)
      throw new InputError(`${run.folder}: no checkpoint yet. Let it train: ganforge resume ${run.folder}`);
    return steps;
  }
  if (asked !== "best") return [asked as number];
  const { keepBest } = run.config;
  if (keepBest === undefined) {
    throw new InputError(
      `--checkpoint: ${run.folder} was trained without --keep-best, so no step is known to be its best. Pass a step, or all.`,
    );
  }
  const figure = findFigure(keepBest, known.map(asChosen), "--checkpoint");
  const best = bestOf(await readJsonLines(run.store, "metrics.jsonl"), keepBest, figure);
  if (best === undefined)
    throw new InputError(`--checkpoint: ${run.folder} has not measured ${keepBest} yet. Pass a step, or all.`);
  return [best.step];
}

const BETTER = { lower: "lower is better", higher: "higher is better" } as const;

function described(step: number, count: number, measures: readonly Evaluated[]): string {
  const head = ["", "value", "95 %", "real against real", ""];
  const rows = measures.map(({ title, value, interval, floor, better, ideal }) => [
    ...[title, formatFigure(value), interval ? `${formatFigure(interval[0])} – ${formatFigure(interval[1])}` : ""],
    ...[floor === undefined ? "" : formatFigure(floor), better === "target" ? `best at ${ideal}` : BETTER[better]],
  ]);
  const protocols = measures.map(
    ({ metric, protocol, extractor }) => `${metric}: ${protocol}${extractor ? `; seen by ${extractor}` : ""}`,
  );
  const how = [...new Set(protocols)];
  return [
    `Step ${formatCount(step)}, ${formatCount(count)} samples`,
    indent(formatTable([head, ...rows], [1])),
    indent(how.join("\n")),
    "",
  ].join("\n");
}

/** A plot of each figure over the checkpoints, in the run's exports. */
async function writePlots(
  run: Run,
  found: readonly { step: number; measures: readonly Evaluated[] }[],
): Promise<string[]> {
  const nameOf = ({ figure, make }: Evaluated) => (make === undefined ? figure : `${figure}-${make}`);
  const figures = [...new Map(found.flatMap(({ measures }) => measures.map((each) => [nameOf(each), each.title])))];
  const paths: string[] = [];
  for (const [figure, title] of figures) {
    const measures = found.flatMap(({ step, measures }) =>
      measures.filter((each) => nameOf(each) === figure).map((each) => ({ step, ...each })),
    );
    const path = join(run.folder, "exports", `${figure}.svg`);
    const chart = measureChart([{ name: title, measures }], `${title} over checkpoints`);
    await writeOut(path, new TextEncoder().encode(chart));
    paths.push(path);
  }
  return paths;
}
