// What a set's samples are made of, and the fields of a batch as a graph takes them.

import { InputError } from "../errors/index.ts";
import type { Batch, Dataset, SampleForm } from "./dataset.ts";

/** A part of a sample: the picture or point x (of pairs and domains, a), its labels y, its counterpart b, its caption t. */
export type Field = "x" | "y" | "b" | "t";

/** What networks are built from. */
export function formOf({
  kind,
  shape,
  target,
  classes,
  attributes,
  text,
}: Pick<Dataset, "kind" | "shape" | "target" | "classes" | "attributes" | "text">): SampleForm {
  return {
    kind,
    sample: shape,
    ...(target !== undefined && { target }),
    classes,
    ...(attributes !== undefined && attributes.length > 0 && { attributes }),
    ...(text !== undefined && { text }),
  };
}

/** The shape of one sample's field. InputError where the samples have no such field. */
export function fieldShape(form: SampleForm, field: Field): readonly number[] {
  switch (field) {
    case "x":
      return form.sample;
    case "y":
      return [labelCount(form)];
    case "b":
      if (form.target === undefined) throw new InputError(`--data: ${form.kind} have no counterparts. Give pairs.`);
      return form.target;
    case "t":
      if (form.text === undefined) throw new InputError(`--data: ${form.kind} have no captions. Give captions.`);
      return [form.text.kind === "words" ? form.text.words : form.text.size];
  }
}

/** The size of y: the number of classes, or else of attributes. InputError where there is neither. */
export function labelCount({ classes, attributes = [], kind }: SampleForm): number {
  const count = classes.length > 0 ? classes.length : attributes.length;
  if (count > 0) return count;
  throw new InputError(
    `--data: these ${kind} have no labels. Put each class into a folder of its own, or give a set that has labels.`,
  );
}

/** A field of a batch, [n, ...fieldShape]: classes one-hot, a row of zeros where a sample has no label. */
export function fieldOf(batch: Batch, field: Field, form: SampleForm): Float32Array {
  switch (field) {
    case "x":
      return batch.values;
    case "y":
      return form.classes.length > 0 ? oneHotRows(batch.labels, form.classes.length) : given(batch.attributes, field);
    case "b":
      return given(batch.targets, field);
    case "t":
      return given(batch.texts, field);
  }
}

function given(values: Float32Array | undefined, field: Field): Float32Array {
  if (values === undefined) throw new Error(`the data set promised the field "${field}" and gave a batch without it`);
  return values;
}

/** Rows of 0 and 1: labels [n] → [n, classes]; −1 gives a row of zeros. */
export function oneHotRows(labels: ArrayLike<number>, classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) if (labels[i] >= 0) rows[i * classes + labels[i]] = 1;
  return rows;
}
