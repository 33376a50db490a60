#!/usr/bin/env node
// ganforge, the command: chooses what runs, and tells errors. Each command is loaded only when it is called.

import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { InputError, suggest } from "../errors/index.ts";
import { formatTable, indent } from "./text.ts";

interface CommandEntry {
  readonly usage: string;
  readonly about: string;
  readonly load: () => Promise<{ run(args: readonly string[]): Promise<number> }>;
}

const commands: Readonly<Record<string, CommandEntry>> = {
  train: { usage: "train <recipe>", about: "start a run", load: () => import("./commands/train.node.ts") },
  resume: { usage: "resume <run>", about: "go on with a run", load: () => import("./commands/resume.node.ts") },
  sample: { usage: "sample <run>", about: "make new pictures", load: () => import("./commands/sample.node.ts") },
  translate: {
    usage: "translate <run> <pictures…>",
    about: "make pictures from pictures",
    load: () => import("./commands/translate.node.ts"),
  },
  export: {
    usage: "export <run>",
    about: "write the generator as ONNX or safetensors",
    load: () => import("./commands/export.node.ts"),
  },
  evaluate: {
    usage: "evaluate <run>",
    about: "measure how good its samples are",
    load: () => import("./commands/evaluate.node.ts"),
  },
  "train-classifier": {
    usage: "train-classifier",
    about: "train what evaluate sees pictures with",
    load: () => import("./commands/train-classifier.node.ts"),
  },
  report: {
    usage: "report <run>",
    about: "write a run as one page: curves, pictures, measures",
    load: () => import("./commands/report.node.ts"),
  },
  judge: {
    usage: "judge <run> [run2]",
    about: "let people tell its pictures from real ones",
    load: () => import("./commands/judge.node.ts"),
  },
  compare: {
    usage: "compare <run> <run…>",
    about: "lay runs side by side, as a table and a page",
    load: () => import("./commands/compare.node.ts"),
  },
  reproduce: {
    usage: "reproduce <table>",
    about: "train and measure a published table anew",
    load: () => import("./commands/reproduce.node.ts"),
  },
  profile: {
    usage: "profile <run|recipe>",
    about: "show where the time of its training step goes",
    load: () => import("./commands/profile.node.ts"),
  },
  data: {
    usage: "data info|preview|get <data>",
    about: "look into a data set, or download one",
    load: () => import("./commands/data.node.ts"),
  },
  info: { usage: "info <run>", about: "show where a run stands", load: () => import("./commands/info.node.ts") },
  list: {
    usage: "list recipes|data|metrics|devices",
    about: "show what there is",
    load: () => import("./commands/list.node.ts"),
  },
  doctor: {
    usage: "doctor",
    about: "check this machine, and say what to do about failures",
    load: () => import("./commands/doctor.node.ts"),
  },
};

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h") return help();
  if (name === "--version" || name === "-V") return version();
  if (name === "help") return main([...args, "--help"]);
  if (!Object.hasOwn(commands, name)) {
    const known = suggest(name, Object.keys(commands));
    throw new InputError(`ganforge: there is no command "${name}" (see ganforge --help); ${known}`);
  }
  const { run } = await commands[name].load();
  return run(args);
}

function help(): number {
  const rows = Object.values(commands).map(({ usage, about }) => [usage, about]);
  process.stdout.write(`Usage: ganforge <command> [options]

Trains GANs, from one command to a generator you can use anywhere.

Commands:
${indent(formatTable(rows))}

Options:
  -h, --help     show help; of one command: ganforge train --help
  -V, --version  show the version

Examples:
  $ ganforge train dcgan --data glyphs --minutes 2
  $ ganforge sample runs/dcgan-glyphs-1 --count 64
`);
  return 0;
}

function version(): number {
  const file = new URL("../../package.json", import.meta.url);
  process.stdout.write(`${JSON.parse(readFileSync(file, "utf8")).version}\n`);
  return 0;
}

/** Errors a user can mend are one line and exit code 2; all others are bugs, and keep their stack. */
function fail(error: unknown): void {
  if (error instanceof InputError) {
    process.stderr.write(`${error.message.replace(/\s*\n\s*/g, " ")}\n`);
    process.exitCode = 2;
    return;
  }
  process.stderr.write(`${inspect(error)}\nThis is a bug in ganforge. Please report it, with the lines above.\n`);
  process.exitCode = 1;
}

// Whoever read our output may have left, as in `ganforge info … | head`: that ends the command, without a word.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  if (process.stdout.listenerCount("error") === 1) process.exit(141);
});

// onnxruntime (from 1.29) reports its use to its makers unless told not to, before it is loaded; whoever wants that can say so.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  fail(error);
}
