// What samples are made from, laid out for pictures: labels that go through all choices, the same latent vector several times.

import type { SampleForm } from "../data/index.ts";

/** Each class, one-hot; or no attribute, and each attribute alone. */
export function choicesOf({ classes, attributes = [] }: SampleForm): Float32Array[] {
  const one = (length: number, place: number) => {
    const row = new Float32Array(length);
    if (place >= 0) row[place] = 1;
    return row;
  };
  if (classes.length > 0) return classes.map((_, i) => one(classes.length, i));
  return [-1, ...attributes.keys()].map((i) => one(attributes.length, i));
}

/** Labels [count, K] that go through all choices, each `run` times before the next. */
export function labelRows(
  form: SampleForm,
  count: number,
  run: number,
  choices = choicesOf(form).length,
): Float32Array {
  const rows = choicesOf(form);
  const size = rows[0].length;
  const all = new Float32Array(count * size);
  for (let i = 0; i < count; i++) all.set(rows[Math.floor(i / run) % choices], i * size);
  return all;
}

/** The same row `times` times. */
export function repeated(row: Float32Array, times: number): Float32Array {
  const all = new Float32Array(row.length * times);
  for (let i = 0; i < times; i++) all.set(row, i * row.length);
  return all;
}

/** Each of the `count` samples `times` times, one copy after another. */
export function repeatEach(
  given: Readonly<Record<string, Float32Array>>,
  count: number,
  times: number,
): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(given).map(([name, values]) => {
      const size = values.length / count;
      const all = new Float32Array(values.length * times);
      for (let i = 0; i < count * times; i++) {
        const from = Math.floor(i / times) * size;
        all.set(values.subarray(from, from + size), i * size);
      }
      return [name, all];
    }),
  );
}
