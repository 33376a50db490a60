// npm run torture: 200 real `kill -9` of `ganforge train` and `ganforge resume`, and bench/TORTURE.md with what came of them.
// Another number of kills: npm run torture -- 20 (then nothing is written).

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir, totalmem, type } from "node:os";
import { join } from "node:path";
import { type Kill, type KillReport, killAndResume, type Moment } from "./kills.ts";

const FULL = 200;
const STEPS = 150;
const CHECKPOINT_EVERY = 5;
const RECIPE = "vanilla";
// 1.2 million numbers of state make a checkpoint of 5 MB, long enough in the writing to be hit.
const FLAGS = [
  ...["--data", "ring", "--batch", "16", "--hidden-g", "400,400", "--hidden-d", "400,400", "--ema", "0.9"],
  ...["--sample-every", "10", "--device", "cpu", "--threads", "1"],
];

const moments: Readonly<Record<Moment, string>> = {
  saving: "inside a save, its temporary file half-written or not yet renamed",
  training: "between saves",
  start: "while starting, before the first step",
};

const kills = Number(process.argv[2] ?? FULL);
if (!Number.isInteger(kills) || kills < 1) {
  console.error(`torture: the number of kills must be a whole number of at least 1, got ${process.argv[2]}.`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "ganforge-torture-"));
try {
  const report = await killAndResume({
    command: join(process.cwd(), "dist/bin/main.node.js"),
    ...{ folder, recipe: RECIPE, flags: FLAGS, steps: STEPS, checkpointEvery: CHECKPOINT_EVERY, kills, seed: 1 },
    onKill: ({ moment, lostSteps }, count) =>
      console.log(`kill ${count}/${kills}: ${moment}, ${lostSteps} steps to make again`),
  });
  const text = describe(report);
  console.log(`\n${text}`);
  if (kills === FULL) writeFileSync("bench/TORTURE.md", text);
  process.exitCode = report.failures.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function describe({ kills, runs, unbroken, endings, failures }: KillReport): string {
  const count = (moment: Moment) => kills.filter((kill: Kill) => kill.moment === moment).length;
  const torn = failures.filter((failure) => failure.startsWith("torn")).length;
  const lost = failures.filter((failure) => failure.includes("was committed")).length;
  const equal = endings.filter((ending) => ending === unbroken).length;
  const rows = [
    ["kills (`SIGKILL`, the process alone)", `${kills.length}`],
    ...Object.entries(moments).map(([moment, words]) => [`– ${words}`, `${count(moment as Moment)}`]),
    ["runs that they were spread over, each to its end", `${runs}`],
    ["committed checkpoints lost", `${lost}`],
    ["files torn under their own name (checkpoints, pictures, run.json)", `${torn}`],
    [
      `most steps to make again (a checkpoint every ${CHECKPOINT_EVERY})`,
      `${Math.max(...kills.map((kill) => kill.lostSteps))}`,
    ],
    ["runs whose final tensors have the SHA-256 of the unbroken run", `${equal} of ${runs}`],
    ["other failures", `${failures.length - torn - lost}`],
  ];
  const [cpu] = cpus();
  const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json");
  return `# Torture: ${kills.length} kills

Made by \`npm run torture\` (bench/torture.ts). One run of \`ganforge train\` is left alone; others of the same settings are killed
with \`kill -9\` at random instants, two thirds of them aimed at the writing of a checkpoint, and resumed, again and again, to their end.
After each kill every file is read and verified; at the end of each run metrics.jsonl must have each step once, no temporary file may
be left, and all tensors (weights, moments, average) must have the bits of the unbroken run.

| | |
|---|---|
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}

SHA-256 of the final tensors, unbroken: \`${unbroken}\`

\`ganforge train ${RECIPE} ${FLAGS.join(" ")} --steps ${STEPS} --checkpoint-every ${CHECKPOINT_EVERY}\`

Machine: ${cpu.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()}; Node ${process.versions.node}, onnxruntime-node ${version}.
${failures.length > 0 ? `\n## Failures\n\n${failures.map((failure) => `- ${failure}`).join("\n")}\n` : ""}`;
}
