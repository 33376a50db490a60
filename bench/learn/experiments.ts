// Every experiment, in the report's order. What is learnt from points is a table of its own: `ganforge reproduce ring` and `grid`.

import { attributes } from "./attributes.ts";
import { captions } from "./captions.ts";
import { classes, few } from "./classes.ts";
import { domains } from "./domains.ts";
import type { Experiment } from "./experiment.ts";
import { pairs } from "./pairs.ts";

export const experiments: readonly Experiment[] = [classes, few, pairs, domains, attributes, captions];
