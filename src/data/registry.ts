// The embedded data sets: those that need no files.
import type { DatasetSource } from "./dataset.ts";
import { glyphs } from "./glyphs.ts";
import { grid } from "./grid.ts";
import { moons } from "./moons.ts";
import { ring } from "./ring.ts";
import { swissRoll } from "./swiss-roll.ts";

/** Every embedded data set, for `ganforge list data`. */
export function listDatasets(): readonly DatasetSource[] {
  return [glyphs, ring, grid, swissRoll, moons];
}

/** The embedded data set of this name, or undefined: the word may be a path. */
export function findDataset(name: string): DatasetSource | undefined {
  return listDatasets().find((source) => source.name === name);
}
