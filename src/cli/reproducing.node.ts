// A published table made anew: one line a trial in OUT/TABLE.jsonl as soon as it is done, and the table in OUT/TABLE.md.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError, suggest } from "../errors/index.ts";
import {
  findTable,
  pageName,
  pictureFile,
  type Reproduced,
  runCase,
  shortName,
  tablePage,
} from "../reproduce/index.node.ts";
import { openNodeStore, readJsonLines } from "../train/index.node.ts";
import { createBar } from "./bar.node.ts";
import { writeOut } from "./files.node.ts";
import { print, printJson } from "./output.node.ts";
import { EXIT_CODES, hearSignals } from "./signals.node.ts";

export interface ReproduceRequest {
  readonly table: string;
  /** Without, as many as the table has. */
  readonly seeds: number | undefined;
  readonly threads: number;
  readonly full: boolean;
  /** In the place of the table's own set. */
  readonly data: string | undefined;
  /** One case. */
  readonly only: string | undefined;
  readonly out: string;
  readonly json: boolean;
}

/** Makes what is not done yet, and prints the table; the exit code. */
export async function reproduceTable(request: ReproduceRequest): Promise<number> {
  const { seeds, threads, full, data, only, out, json } = request;
  const table = findTable(request.table);
  const names = table.cases.map(({ name }) => name);
  if (only !== undefined && !names.includes(only)) {
    throw new InputError(`--only: ${table.name} has no case "${only}"; ${suggest(only, names)}`);
  }
  const cases = table.cases.filter(({ name }) => only === undefined || name === only);
  const trials = Array.from({ length: seeds ?? table.seeds }, (_, i) => i + 1).flatMap((seed) =>
    cases.map((each) => ({ each, seed })),
  );
  const store = await openNodeStore(out);
  const file = `${table.name}.jsonl`;
  // A trial counts as done only where it was trained as it would be now.
  const asNow = ({ case: name, training, full: wasFull }: Reproduced) => {
    const now = table.cases.find((each) => each.name === name)?.training(wasFull);
    return JSON.stringify(now) === JSON.stringify(training);
  };
  const done = ((await readJsonLines(store, file)) as unknown as Reproduced[]).filter(
    (result) => result.full === full && result.data === (data && shortName(data)) && asNow(result),
  );
  const shown = { full, data: data && shortName(data) };
  const name = pageName(table, shown);
  const pictureOf = (of: string) => join(out, pictureFile(name, of));

  const stopper = hearSignals();
  const bar = createBar(process.stderr);
  try {
    for (const [i, { each, seed }] of trials.entries()) {
      if (stopper.signal !== undefined) break;
      if (done.some((result) => result.case === each.name && result.seed === seed)) continue;
      const what = `${each.name}, seed ${seed} (trial ${i + 1} of ${trials.length})`;
      const made = await runCase(table, each, {
        ...{ seed, full, threads, data },
        progress: (part, done, all) => bar.show(`${what}: ${part}`, done, all),
        shouldStop: () => stopper.signal !== undefined,
      });
      if (made === undefined) break;
      if (made.picture && seed === 1) await writeOut(pictureOf(each.name), made.picture);
      done.push(made.result);
      await store.append(file, JSON.stringify(made.result));
    }
  } finally {
    bar.clear();
    stopper.release();
  }
  const pictured = names.filter((each) => existsSync(pictureOf(each)));
  const page = tablePage(table, done, { ...shown, pictured });
  const path = join(out, `${name}.md`);
  await writeOut(path, new TextEncoder().encode(page));
  if (json) printJson({ table: table.name, full, results: done, out: path });
  else print(`${page}\n${path}`);
  if (stopper.signal === undefined) return 0;
  process.stderr.write("Stopped. What is done is kept; the same command goes on from there.\n");
  return EXIT_CODES[stopper.signal];
}
