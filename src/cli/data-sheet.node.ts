// What a data set holds, in words and as a sheet of samples.

import {
  contactSheet,
  type DataKind,
  type Dataset,
  findDataset,
  inspectDataset,
  inspectionRows,
} from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { dataExtras } from "./data-options.ts";
import { writeOut } from "./files.node.ts";
import { openData } from "./opening.node.ts";
import { print, printJson } from "./output.node.ts";
import { dataNameOf } from "./run-folder.node.ts";
import type { Settings } from "./settings.ts";
import { formatTable } from "./text.ts";

type Look = Settings & { readonly as?: string };

/** What files may be taken for unasked; two folders are domains only where these are called trainA and trainB. */
const FILE_KINDS: readonly DataKind[] = ["captions", "pairs", "domains", "images"];

export async function printInspection(spec: string, look: Look, { json }: { readonly json: boolean }): Promise<void> {
  await opened(spec, look, async (dataset) => {
    const inspection = await inspectDataset(dataset);
    if (json) printJson(inspection);
    else print(formatTable(inspectionRows(inspection)));
  });
}

export async function writeSheet(
  spec: string,
  look: Look,
  { count, out: path, json }: { readonly count: number; readonly out: string | undefined; readonly json: boolean },
): Promise<void> {
  const out = path ?? `${dataNameOf(spec)}-preview.png`;
  if (!/\.png$/i.test(out)) throw new InputError(`--out: must end in .png, got ${out}. Pass --out ${out}.png`);
  await opened(spec, look, async (dataset) => {
    await writeOut(out, await contactSheet(dataset, count));
    if (json) printJson({ data: spec, kind: dataset.kind, out, problems: dataset.problems });
    else print(`${dataset.kind} of ${spec}: ${out}`);
  });
}

async function opened(spec: string, look: Look, use: (dataset: Dataset) => Promise<void>): Promise<void> {
  const { as, seed = 1, size, channels, crop } = look;
  const kinds = as !== undefined ? [as as DataKind] : findDataset(spec) ? undefined : FILE_KINDS;
  const dataset = await openData(spec, { seed, size, channels, crop, ...(kinds && { kinds }), ...dataExtras(look) });
  try {
    await use(dataset);
  } finally {
    await dataset.close();
  }
}
