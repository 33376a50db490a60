// Every experiment, in the report's order.

import { captions } from "./captions.ts";
import { classes, few } from "./classes.ts";
import type { Experiment } from "./experiment.ts";
import { attributes, domains, pairs } from "./pictures.ts";
import { grid, ring } from "./points.ts";

export const experiments: readonly Experiment[] = [ring, grid, classes, few, pairs, domains, attributes, captions];
