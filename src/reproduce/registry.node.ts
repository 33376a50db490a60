// Every table that can be reproduced.

import { InputError, suggest } from "../errors/index.ts";
import { baselines } from "./baselines.node.ts";
import { linearProbe } from "./linear-probe.node.ts";
import { grid, ring } from "./mixtures.node.ts";
import { nearestNeighbour } from "./nearest-neighbour.node.ts";
import { semiSupervised } from "./semi-supervised.node.ts";
import { stacked } from "./stacked.node.ts";
import type { Table } from "./table.ts";

export const tables: readonly Table[] = [ring, grid, stacked, baselines, semiSupervised, nearestNeighbour, linearProbe];

/** The table of this name. InputError, with the nearest, when there is none. */
export function findTable(name: string): Table {
  const found = tables.find((table) => table.name === name);
  if (found) return found;
  throw new InputError(
    `reproduce: there is no table "${name}"; ${suggest(
      name,
      tables.map((table) => table.name),
    )}`,
  );
}
