// Pictures of a run, or two, before people: made first, then served; what is said of them is kept in the run as it comes.

import type { Dataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { openGenerator, trainedGenerator } from "../export/index.ts";
import { encodePng, gridFromBatch } from "../formats/index.ts";
import { madeSamples, realSamples, type Samples } from "../metrics/index.ts";
import { findRecipe } from "../recipes/index.ts";
import { type JudgementResult, judge, judgementText, readJudgements } from "../report/index.ts";
import { cpu } from "../runtime/index.node.ts";
import { type Exposure, openJudge } from "../server/index.node.ts";
import { checkData, readJsonLines, type Sampler } from "../train/index.ts";
import { dataOptionsOf } from "./data-options.ts";
import { openData } from "./opening.node.ts";
import { print, printJson } from "./output.node.ts";
import { loadCheckpoint, openRun, type Run } from "./run-folder.node.ts";
import { EXIT_CODES, hearSignals } from "./signals.node.ts";
import { formatTable } from "./text.ts";

const FILE = "judgements.jsonl";
/** Pictures made or read at a time. */
const CHUNK = 50;
/** Longest exposure that can be asked for. */
const MOST_MILLISECONDS = 60_000;

export interface JudgeRequest {
  /** One, or two. */
  readonly runs: readonly string[];
  /** Pictures to be judged one by one; with two runs, also pairs. */
  readonly count: number;
  /** "250,500,1000", "staircase" or "unlimited". */
  readonly milliseconds: string;
  readonly seed: number;
  readonly port: number;
  readonly make: string | undefined;
  readonly checkpoint: unknown;
  readonly ema: boolean;
  readonly json: boolean;
}

/** Serves the page until all is judged or a signal ends it, and prints the result; the exit code. */
export async function judgeRuns(request: JudgeRequest): Promise<number> {
  const { seed, port, json } = request;
  const say = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`);
  const exposure = parseExposure(request.milliseconds);
  const runs: Run[] = [];
  for (const folder of request.runs) runs.push(await openRun(folder));
  const [{ folder, store }, other] = runs;
  if (folder === other?.folder) throw new InputError(`judge: ${folder} is given twice. Name two runs, or one.`);
  const earlier = readJudgements(await readJsonLines(store, FILE));
  const sitting = 1 + earlier.reduce((most, judgement) => Math.max(most, judgement.sitting), 0);
  const pictures = await drawPictures(runs, request);
  const keep = (judgement: object) => store.append(FILE, JSON.stringify(judgement));
  const server = await openJudge({ ...pictures, exposure, sitting, seed, port, keep });
  const stopper = hearSignals();
  say(`Open this page in a browser on this machine: ${server.url}`);
  say("Answers are kept as they come. Ctrl-C ends the judging and shows the result so far.");
  try {
    await Promise.race([stopper.heard, server.finished]);
  } finally {
    stopper.release();
    await server.close();
  }
  const ended = stopper.signal;
  const result = judge(server.judgements, { staircase: exposure === "staircase" });
  const file = `${folder}/${FILE}`;
  if (json) printJson({ runs: runs.map((run) => run.folder), sitting, file, finished: ended === undefined, ...result });
  else print(describe(result, file));
  return ended === undefined ? 0 : EXIT_CODES[ended];
}

function parseExposure(text: string): Exposure {
  if (text === "staircase") return "staircase";
  if (text === "unlimited") return [null];
  const times = text.split(",").map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (times.every((time) => time >= 1 && time <= MOST_MILLISECONDS)) return times;
  throw new InputError(
    `--milliseconds: must be whole numbers from 1 to ${MOST_MILLISECONDS} between commas, staircase or unlimited, got ${JSON.stringify(text)}. The default is 250,500,1000.`,
  );
}

/** Real and made pictures, as many of the one as of the other, and pairs where there are two runs. */
async function drawPictures(runs: readonly Run[], request: JudgeRequest) {
  const { count, seed } = request;
  const [first] = runs;
  const reals = Math.ceil(count / 2);
  const ofEach = Math.floor(count / 2 / runs.length);
  const pairCount = runs.length > 1 ? count : 0;
  const dataset = await openData(first.config.data, dataOptionsOf(first.config, findRecipe(first.config.recipe)));
  try {
    await checkData(first.store, dataset);
    let real: Uint8Array[] = [];
    const made: Record<string, Uint8Array[]> = {};
    const pairs: Record<string, Uint8Array[]> = {};
    let shape: readonly number[] | undefined;
    for (const run of runs) {
      const sampler = await openRunSampler(run, request);
      try {
        if (shape !== undefined && shape.join() !== sampler.sample.join()) {
          throw new InputError(
            `judge: ${first.folder} makes pictures of ${shape.join("×")}, ${run.folder} of ${sampler.sample.join("×")}. Judge runs of one size.`,
          );
        }
        if (shape === undefined) real = await pngs(realSamples(dataset, sampler, { seed, count: reals }));
        shape = sampler.sample;
        const wanted = ofEach + pairCount;
        const drawn = { seed, count: wanted, skip: skipOf(dataset, reals, wanted) };
        const all = await pngs(madeSamples(sampler, dataset, drawn));
        made[run.folder] = all.slice(0, ofEach);
        if (pairCount > 0) pairs[run.folder] = all.slice(ofEach);
      } finally {
        await sampler.close();
      }
    }
    return { real, made, pairs };
  } finally {
    await dataset.close();
  }
}

/** What is made from samples of the data is made from others than those that are shown, where there are enough. */
const skipOf = ({ count }: Dataset, reals: number, wanted: number): number => (reals + wanted <= count ? reals : 0);

async function openRunSampler(run: Run, { make, checkpoint, ema }: JudgeRequest): Promise<Sampler> {
  if (run.data.kind === "points") {
    throw new InputError(
      `judge: ${run.folder} makes points, and people judge pictures. Measure it: ganforge evaluate ${run.folder}`,
    );
  }
  const generator = trainedGenerator(run, await loadCheckpoint(run, checkpoint), { ema, make });
  return openGenerator(generator, { backend: cpu, chunk: CHUNK });
}

/** Each sample as a PNG file. */
async function pngs({ count, shape, read }: Samples): Promise<Uint8Array[]> {
  const [channels, height, width] = shape;
  const size = channels * height * width;
  const files: Uint8Array[] = [];
  for (let start = 0; start < count; start += CHUNK) {
    const { values } = await read(start, Math.min(CHUNK, count - start));
    for (let at = 0; at < values.length; at += size) {
      files.push(encodePng(gridFromBatch(values.subarray(at, at + size), [1, ...shape], { padding: 0 })));
    }
  }
  return files;
}

function describe(result: JudgementResult, file: string): string {
  const { summary, tables, remarks } = judgementText(result);
  const kept = result.answers === 0 ? [] : [`Kept in ${file}`];
  return [summary, ...tables.map((table) => formatTable(table)), ...remarks, ...kept].join("\n");
}
