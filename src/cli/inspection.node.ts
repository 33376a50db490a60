// What a run is made from, where it stands, and whether its files are sound.

import { InputError } from "../errors/index.ts";
import { decodeUtf8, parseJson } from "../formats/index.ts";
import { flagOf, formatOption } from "../recipes/index.ts";
import { readDiagnosis } from "../report/index.ts";
import { sha256 } from "../train/index.node.ts";
import { checkpointPath, decodeCheckpoint, readJsonLines } from "../train/index.ts";
import { print, printJson } from "./output.node.ts";
import { openRun, type Run } from "./run-folder.node.ts";
import { formatBytes, formatCount, formatDuration, formatTable, indent } from "./text.ts";

export async function printInfo(run: string, { json }: { readonly json: boolean }): Promise<void> {
  const report = await inspectRun(await openRun(run));
  if (json) printJson(report);
  else print(describe(report));
}

type Report = Awaited<ReturnType<typeof inspectRun>>;

async function inspectRun({ folder, store, checkpoints, config, data, versions }: Run) {
  const states = [];
  for (const step of await checkpoints.list()) {
    const path = checkpointPath(step);
    const reason = await unsoundness(store, path);
    states.push({ step, path, bytes: await store.size(path), sound: reason === undefined, reason });
  }
  const metrics = (await readJsonLines(store, "metrics.jsonl")).at(-1);
  const problems = await readJsonLines(store, "problems.jsonl");
  const diagnosis = (await store.exists("diagnosis.json"))
    ? readDiagnosis(parseJson(decodeUtf8(await store.read("diagnosis.json"), "diagnosis.json"), "diagnosis.json"))
    : [];
  const pictures = (await store.list("samples")).map((name) => `samples/${name}`);
  const step = states.filter(({ sound }) => sound).at(-1)?.step ?? 0;
  return { run: folder, config, data, versions, step, metrics, checkpoints: states, problems, pictures, diagnosis };
}

/** Why a checkpoint cannot be used; undefined when it can. */
async function unsoundness(store: Run["store"], path: string): Promise<string | undefined> {
  try {
    await decodeCheckpoint(await store.read(path), path, sha256);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function describe({
  run,
  config,
  data,
  versions,
  step,
  metrics,
  checkpoints,
  problems,
  pictures,
  diagnosis,
}: Report): string {
  const { recipe, options, steps, epochs, minutes } = config;
  const budget = [
    ...(steps === undefined ? [] : [`${formatCount(steps)} steps`]),
    ...(epochs === undefined ? [] : [`${epochs} epochs`]),
    ...(minutes === undefined ? [] : [`${minutes} minutes`]),
  ].join(" or ");
  const count = data.count === null ? "drawn without end" : `${formatCount(data.count)} of them`;
  const settings = Object.entries(options).map(([key, value]) => `--${flagOf(key)} ${formatOption(value)}`);
  const damaged = checkpoints.filter(({ sound }) => !sound);
  const rows: string[][] = [
    ["run", run],
    ["recipe", recipe],
    ["options", settings.join(" ")],
    ["data", `${config.data}: ${data.kind} of ${data.sample.join("×")}, ${count}`],
    ["batch, seed, ema", `${config.batch}, ${config.seed}, ${config.ema}`],
    ["device", `${config.device}, ${config.threads} threads`],
    [
      "made by",
      Object.entries(versions)
        .map((pair) => pair.join(" "))
        .join(", "),
    ],
    ["progress", `step ${formatCount(step)} is saved, of ${budget}`],
  ];
  if (metrics !== undefined) {
    const { step: at, images, seconds, epoch: _, ...values } = metrics;
    const shown = Object.entries(values).filter(([name]) => !/^(symptom|samples)\//.test(name));
    const numbers = shown.map(([name, value]) => `${name} ${Number(value).toPrecision(4)}`);
    rows.push(
      ["last step", `${at}: ${formatCount(Number(images))} images, ${formatDuration(Number(seconds))}`],
      ["metrics", numbers.join(", ")],
    );
  }
  const sizes = checkpoints.map(({ step, bytes }) => `${step} (${formatBytes(bytes)})`);
  rows.push(
    ["checkpoints", sizes.length === 0 ? "none yet" : sizes.join(", ")],
    ["pictures", `${pictures.length} in ${run}/samples${pictures.length > 0 ? `, the last ${pictures.at(-1)}` : ""}`],
  );
  const lines = [formatTable(rows)];
  for (const { title, present, since, meaning, advice, needs } of diagnosis) {
    if (present) lines.push(`${title}, since step ${since}: ${meaning} Try: ${advice[0]}.`);
    else if (needs !== undefined) lines.push(`${title}: not looked for; it needs ${needs}.`);
  }
  if (damaged.length > 0) lines.push("Damaged checkpoints:", ...damaged.map(({ reason }) => indent(reason ?? "")));
  if (problems.length > 0) {
    const shown = problems.slice(0, 5).map(({ item, reason }) => indent(`${item}: ${reason}`));
    lines.push(`Skipped items of the data: ${problems.length}, in ${run}/problems.jsonl`, ...shown);
  }
  return lines.join("\n");
}
