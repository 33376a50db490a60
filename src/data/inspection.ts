// What there is in a data set, as far as a look at some of its samples tells.
import type { Dataset, Problem, SampleForm } from "./dataset.ts";
import { formOf } from "./form.ts";

/** How many samples have a label or an attribute. */
export interface Tally {
  readonly name: string;
  readonly count: number;
}

/** What was found. */
export interface Inspection {
  readonly spec: string;
  readonly form: SampleForm;
  /** How many samples there are; of domains, in the larger one; null for a set drawn on demand. */
  readonly count: number | null;
  /** How many were looked at, evenly spread: what classes, unlabelled and attributes count. */
  readonly looked: number;
  readonly classes: readonly Tally[];
  /** Those without a label, in a set that has labels. */
  readonly unlabelled: number;
  /** Where only some samples keep their labels: how many of the whole set do. */
  readonly labelled?: number;
  readonly attributes: readonly Tally[];
  /** Of captions: those of the first few looked at. */
  readonly captions: readonly string[];
  /** Of domains: each by itself. */
  readonly domains?: { readonly a: Inspection; readonly b: Inspection };
  /** What could not be used, of what was looked at. */
  readonly problems: readonly Problem[];
}

/** Samples read at a time. */
const CHUNK = 50;
/** Captions and problems shown, and names of classes or attributes. */
const EXAMPLES = 5;
const MOST_NAMES = 40;

/**
 * Looks at up to `look` samples, or at all with Infinity (of a set without end, at 200), and tells what was found. InputError when
 * nothing in the set can be read.
 *
 * @example const { form, classes, problems } = await inspectDataset(dataset, { look: Infinity });
 */
export async function inspectDataset(dataset: Dataset, { look = 1000 }: { look?: number } = {}): Promise<Inspection> {
  const { spec, count, classes, attributes = [], domains } = dataset;
  const found = {
    spec,
    form: formOf(dataset),
    count: Number.isFinite(count) ? count : null,
    ...(dataset.labelled && { labelled: dataset.labelled.count }),
  };
  if (domains) {
    const [a, b] = [await inspectDataset(domains.a, { look }), await inspectDataset(domains.b, { look })];
    const none = { classes: [], unlabelled: 0, attributes: [], captions: [] };
    return { ...found, ...none, looked: a.looked + b.looked, domains: { a, b }, problems: dataset.problems };
  }
  const indices = sampleIndices(dataset, Number.isFinite(count) ? look : Math.min(look, 200));
  const ofClass = new Array<number>(classes.length).fill(0);
  const having = new Array<number>(attributes.length).fill(0);
  for (let start = 0; start < indices.length; start += CHUNK) {
    const batch = await dataset.read(indices.slice(start, start + CHUNK));
    for (const label of batch.labels) if (label >= 0) ofClass[label]++;
    batch.attributes?.forEach((has, i) => {
      having[i % attributes.length] += has;
    });
  }
  const withLabel = ofClass.reduce((sum, n) => sum + n, 0);
  return {
    ...found,
    looked: indices.length,
    classes: classes.map((name, label) => ({ name, count: ofClass[label] })),
    unlabelled: classes.length > 0 ? indices.length - withLabel : 0,
    attributes: attributes.map((name, i) => ({ name, count: having[i] })),
    captions: dataset.caption ? indices.slice(0, EXAMPLES).map((index) => dataset.caption!(index)) : [],
    problems: [...dataset.problems, ...emptiness(dataset)],
  };
}

/** Classes without samples, as a problem: a network learns to make nothing of them. */
function emptiness({ classes, empty = [] }: Dataset): Problem[] {
  if (empty.length === 0) return [];
  const some = empty.slice(0, EXAMPLES).join(", ") + (empty.length > EXAMPLES ? ", …" : "");
  return [{ item: "classes", reason: `${empty.length} of ${classes.length} have no picture (${some})` }];
}

/** The indices of `most` samples, evenly spread; of all when there are no more, of the first when there is no end. */
export function sampleIndices({ count }: Pick<Dataset, "count">, most: number): number[] {
  const step = Number.isFinite(count) ? Math.max(1, count / most) : 1;
  return Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor(i * step));
}

/** What was found, as rows of a label and a text. */
export function inspectionRows(inspection: Inspection): (readonly [label: string, text: string])[] {
  const { spec, form, count, looked, classes, unlabelled, labelled, attributes, captions, domains, problems } =
    inspection;
  const of = looked === count ? "" : ` (of the ${looked} looked at)`;
  const rows: (readonly [string, string])[] = [
    ["data", spec],
    ["kind", form.kind],
  ];
  if (domains) rows.push(["samples", `a: ${amount(domains.a.count)}; b: ${amount(domains.b.count)}`]);
  else rows.push(["samples", amount(count)]);
  rows.push(["size", form.target ? `a: ${sizeText(form.sample)}; b: ${sizeText(form.target)}` : sizeText(form.sample)]);
  if (classes.length > 0) rows.push(["classes", `${classes.length}: ${tallies(classes)}${of}`]);
  if (labelled !== undefined) rows.push(["labelled", `${labelled} of the whole set; the others lost their labels`]);
  else if (unlabelled > 0) rows.push(["unlabelled", `${unlabelled}${of}`]);
  if (attributes.length > 0) rows.push(["attributes", `${attributes.length}: ${tallies(attributes)}${of}`]);
  if (form.text?.kind === "words") {
    const { words, vocabulary } = form.text;
    rows.push(["captions", `${vocabulary.length} different words, up to ${words} to a caption`]);
  } else if (form.text) rows.push(["captions", `vectors of ${form.text.size} numbers`]);
  for (const caption of captions) rows.push(["", `"${caption}"`]);
  rows.push(["problems", problems.length === 0 ? "none" : `${problems.length}${of}`]);
  for (const { item, reason } of problems.slice(0, EXAMPLES)) rows.push(["", `${item}: ${reason}`]);
  return rows;
}

const amount = (count: number | null): string => (count === null ? "drawn without end" : `${count}`);

/** "cat (3), dog (2) and 98 more" */
function tallies(list: readonly Tally[]): string {
  const shown = list.slice(0, MOST_NAMES).map(({ name, count }) => `${name} (${count})`);
  return `${shown.join(", ")}${list.length > MOST_NAMES ? ` and ${list.length - MOST_NAMES} more` : ""}`;
}

function sizeText(shape: readonly number[]): string {
  const [channels, height, width] = shape;
  if (shape.length === 1) return `${channels} numbers`;
  const ink = { 1: "grey", 3: "RGB", 4: "RGB and alpha" }[channels] ?? `${channels} channels`;
  return `${width}×${height}, ${ink}`;
}
