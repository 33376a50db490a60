// What a run folder holds, read for people's pages.

import { join } from "node:path";
import { decodeUtf8, parseJson } from "../formats/index.ts";
import {
  type ComparedRun,
  chosenPictures,
  type Picture,
  type ReportedRun,
  readDiagnosis,
  readJudgements,
  readMeasures,
  runReport,
} from "../report/index.ts";
import { checkpointPath, readJsonLines } from "../train/index.ts";
import { writeOut } from "./files.node.ts";
import { print, printJson } from "./output.node.ts";
import { openRun, type Run } from "./run-folder.node.ts";
import { formatBytes } from "./text.ts";

/** Bytes of a picture, and pixels across, beyond which a page holds a smaller copy of it. */
const MOST_BYTES = 250_000;
const MOST_PIXELS = 900;

/** Writes the report of a run and prints where it is. */
export async function reportRun({
  run: folder,
  out,
  json,
}: {
  readonly run: string;
  readonly out: string | undefined;
  readonly json: boolean;
}): Promise<void> {
  const run = await openRun(folder);
  const file = out ?? join(run.folder, "report.html");
  const bytes = Buffer.from(runReport(await reportedRun(run)));
  await writeOut(file, bytes);
  if (json) printJson({ run: run.folder, out: file, bytes: bytes.length });
  else print(`${file}: ${formatBytes(bytes.length)}. Open it in any browser.`);
}

/** All that a report shows of a run. */
export async function reportedRun(run: Run): Promise<ReportedRun> {
  const { config, data, versions, folder, store, checkpoints } = run;
  const sizes = [];
  for (const step of await checkpoints.list()) sizes.push({ step, bytes: await store.size(checkpointPath(step)) });
  const samples = await samplesOf(run);
  const pictures = [];
  for (const { step, path } of chosenPictures(samples)) pictures.push({ step, picture: await readPicture(run, path) });
  const hasReal = await store.exists("samples/real.png");
  const diagnosis = (await store.exists("diagnosis.json"))
    ? parseJson(decodeUtf8(await store.read("diagnosis.json"), "diagnosis.json"), "diagnosis.json")
    : undefined;
  return {
    ...{ config, data, versions, name: folder, checkpoints: sizes, pictures, pictureCount: samples.length },
    metrics: await readJsonLines(store, "metrics.jsonl"),
    problems: await readJsonLines(store, "problems.jsonl"),
    measures: await measuresOf(run),
    judgements: readJudgements(await readJsonLines(store, "judgements.jsonl")),
    ...(hasReal && { real: await readPicture(run, "samples/real.png") }),
    ...(diagnosis !== undefined && { diagnosis: readDiagnosis(diagnosis) }),
  };
}

/** All that a comparison shows of a run. */
export async function comparedRun(run: Run): Promise<ComparedRun> {
  const { config, data, versions, folder } = run;
  const last = (await samplesOf(run)).at(-1);
  return {
    ...{ config, data, versions, name: folder, measures: await measuresOf(run) },
    ...(last && { samples: { step: last.step, picture: await readPicture(run, last.path) } }),
  };
}

const measuresOf = async ({ store }: Run) => readMeasures(await readJsonLines(store, "measures.jsonl"));

/** Pictures of what was made, by step. */
async function samplesOf({ store }: Run): Promise<{ readonly step: number; readonly path: string }[]> {
  const steps = (await store.list("samples")).flatMap((name) => {
    const [, digits] = /^step-(\d+)\.png$/.exec(name) ?? [];
    return digits === undefined ? [] : [{ step: Number(digits), path: `samples/${name}` }];
  });
  return steps.sort((a, b) => a.step - b.step);
}

/** A picture as a page holds it: a smaller copy of a large one, so that two dozen of them fit. */
async function readPicture({ store }: Run, path: string): Promise<Picture> {
  const bytes = await store.read(path);
  if (bytes.length <= MOST_BYTES) return { type: "image/png", bytes };
  const { default: sharp } = await import("sharp");
  const smaller = sharp(bytes).resize({ width: MOST_PIXELS, withoutEnlargement: true });
  return { type: "image/webp", bytes: await smaller.webp({ quality: 80 }).toBuffer() };
}
