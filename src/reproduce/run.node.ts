// One case of a table: trained from a seed, measured, and put on record.

import { basename } from "node:path";
import { findDataset, openDataset } from "../data/index.node.ts";
import { InputError } from "../errors/index.ts";
import type { Reproduced, Table, TableCase, Trial } from "./table.ts";

export interface CaseOptions extends Pick<Trial, "seed" | "full" | "threads"> {
  /** In the place of the table's own set: as `--data` names it. InputError where the table takes no other. */
  readonly data?: string | undefined;
  readonly progress?: Trial["progress"];
  readonly shouldStop?: Trial["shouldStop"];
}

/** What a table calls the set given in the place of its own. */
export const shortName = (data: string): string => basename(data);

/** Another seed's samples stand for the test part of a set that is drawn without end. */
const TEST_SEED = 1_000_000;

/** Trains and measures a case; undefined when it was given up. The same seed gives the same figures. */
export async function runCase(
  { name: table, data: own }: Table,
  { name, training, run }: TableCase,
  { seed, full, threads, data, progress = () => {}, shouldStop = () => false }: CaseOptions,
): Promise<{ readonly result: Reproduced; readonly picture?: Uint8Array } | undefined> {
  if (data !== undefined && !own.replaceable) {
    throw new InputError(`--data: ${table} is about the set ${own.set} alone. Leave it out.`);
  }
  const set = data ?? own.set;
  const endless = findDataset(set) !== undefined;
  const begun = performance.now();
  const outcome = await run({
    ...{ seed, full, threads, progress, shouldStop },
    open: ({ split, ...options } = {}) =>
      endless
        ? openDataset(set, { ...options, seed: split === "test" ? TEST_SEED + seed : seed })
        : openDataset(set, { ...options, split, seed }),
  });
  if (outcome === undefined) return undefined;
  const { figures, picture } = outcome;
  return {
    result: {
      ...{ table, case: name, seed, full, ...(data !== undefined && { data: shortName(data) }) },
      ...{ training: training(full), figures, minutes: (performance.now() - begun) / 60_000 },
    },
    ...(picture && { picture }),
  };
}
