// Every experiment, in the report's order. What is learnt from points is a table of its own: `ganforge reproduce ring` and `grid`.

import { captions } from "./captions.ts";
import { classes, few } from "./classes.ts";
import type { Experiment } from "./experiment.ts";
import { attributes, domains, pairs } from "./pictures.ts";

export const experiments: readonly Experiment[] = [classes, few, pairs, domains, attributes, captions];
