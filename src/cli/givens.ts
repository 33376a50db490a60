// The classes or attributes that a user names, as the numbers that a sampler takes.

import { labelCount, type SampleForm } from "../data/index.ts";
import { InputError, suggest } from "../errors/index.ts";
import { labelRows, repeated } from "../train/index.ts";

/** Labels for `count` samples: of the class named, or with the attributes named and no other; all in turn when nothing is named. */
export function labelsFor(form: SampleForm, named: string | undefined, count: number): Float32Array {
  if (named === undefined) return labelRows(form, count, 1);
  const { classes, attributes = [] } = form;
  const known = classes.length > 0 ? classes : attributes;
  const names = named.split(",").map((name) => name.trim());
  if (classes.length > 0 && names.length > 1) {
    throw new InputError(`--class: a picture is of one class, got ${names.length}: ${named}. Pass --class ${names[0]}`);
  }
  const row = new Float32Array(labelCount(form));
  for (const name of names.filter((each) => each !== "")) {
    const place = known.includes(name) ? known.indexOf(name) : /^\d+$/.test(name) ? Number(name) : -1;
    if (place < 0 || place >= known.length) {
      const what = classes.length > 0 ? "class" : "attribute";
      throw new InputError(`--class: this run knows no ${what} "${name}"; ${suggest(name, known)}`);
    }
    row[place] = 1;
  }
  return repeated(row, count);
}
