// The embedded data sets: those that need no files.
import { colourSwapped } from "./colour-swapped.ts";
import type { DatasetSource } from "./dataset.ts";
import { edgesShapes } from "./edges-shapes.ts";
import { faces } from "./faces.ts";
import { glyphs } from "./glyphs.ts";
import { grid } from "./grid.ts";
import { moons } from "./moons.ts";
import { ring } from "./ring.ts";
import { rotated } from "./rotated.ts";
import { shapes } from "./shapes.ts";
import { stripesPlain } from "./stripes-plain.ts";
import { swissRoll } from "./swiss-roll.ts";

/** Every embedded data set, for `ganforge list data`. */
export function listDatasets(): readonly DatasetSource[] {
  return [glyphs, faces, ring, grid, swissRoll, moons, shapes, edgesShapes, stripesPlain, rotated, colourSwapped];
}

/** The embedded data set of this name, or undefined: the word may be a path. */
export function findDataset(name: string): DatasetSource | undefined {
  return listDatasets().find((source) => source.name === name);
}
