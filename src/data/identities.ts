// Quadruples from a set with classes: x, two others of its class, and one of another class (Joo, Kim & Kim 2018, §3).

import { InputError } from "../errors/index.ts";
import { stream } from "../random/index.ts";
import { readToLearn } from "./cut.ts";
import type { Dataset } from "./dataset.ts";
import { type Loader, type LoaderOptions, prefetched } from "./loader.ts";
import { sampleOrder } from "./order.ts";

/** Each [n, ...shape]. */
export interface Identities {
  readonly x: Float32Array;
  /** Of x's class. */
  readonly xHat: Float32Array;
  /** Of x's class. */
  readonly same: Float32Array;
  /** Of another class. */
  readonly other: Float32Array;
}

/** Samples of an endless set that are looked at. */
const ENDLESS = 2000;
/** Samples read together to learn their labels. */
const CHUNK = 200;

/**
 * A loader of such quadruples; a pure function of the set, the seed and the position. Reads the set once to learn its labels.
 * InputError when fewer than two classes have samples.
 */
export async function createIdentities(
  dataset: Dataset,
  { batch, seed, position: first = 0, ahead = 2 }: Omit<LoaderOptions, "flip" | "name">,
): Promise<Loader<Identities>> {
  const count = Math.min(dataset.count, Number.isFinite(dataset.count) ? dataset.count : ENDLESS);
  const members: number[][] = dataset.classes.map(() => []);
  const labels = new Int32Array(count);
  for (let start = 0; start < count; start += CHUNK) {
    const indices = Array.from({ length: Math.min(CHUNK, count - start) }, (_, i) => start + i);
    const read = await dataset.read(indices);
    labels.set(read.labels, start);
    read.labels.forEach((label, i) => {
      if (label >= 0) members[label].push(start + i);
    });
  }
  const present = members.filter(({ length }) => length > 0);
  if (present.length < 2) {
    throw new InputError(
      `--data: ${dataset.spec} has ${present.length} class${present.length === 1 ? "" : "es"} with samples, two are needed. Give a set of several classes.`,
    );
  }
  const order = sampleOrder({ ...dataset, count }, { batch, seed, name: "identities" });
  const load = async (at: number): Promise<Identities> => {
    const random = stream(seed, "identities", at);
    const pick = <T>(from: readonly T[]) => from[random.integer(from.length)];
    const indices = order.indices(at);
    const alike = (index: number) => pick(members[labels[index]] ?? [index]);
    const unlike = (index: number) => pick(pick(present.filter((group) => group !== members[labels[index]])));
    const quadruples = [indices, indices.map(alike), indices.map(alike), indices.map(unlike)];
    const { values } = await readToLearn(dataset, quadruples.flat(), () => stream(seed, "cut", "identities", at));
    const size = values.length / 4;
    const [x, xHat, same, other] = [0, 1, 2, 3].map((k) => values.slice(k * size, (k + 1) * size));
    return { x, xHat, same, other };
  };
  return prefetched(load, { order, first, ahead });
}
