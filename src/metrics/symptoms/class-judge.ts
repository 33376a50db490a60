// A judge of classes that needs no training: a picture is of the class of the real one nearest to it, and clearly so if all real ones of
// other classes are farther away by a margin (the ratio test of Lowe 2004, "Distinctive image features from scale-invariant keypoints",
// §7.1). It tries itself on the real pictures, each held against all others, and says so where pixels do not tell their classes.

import { eachDistance, eachDistanceWithin } from "../pairs.ts";
import { Rows } from "../rows.ts";
import type { Samples } from "../samples.ts";
import type { ClassJudge, Tally } from "../symptom.ts";
import { coarse, type Vectors } from "./geometry.ts";

/** Real pictures to learn from. */
export interface Labelled extends Pick<Samples, "count" | "shape" | "read"> {
  readonly classes: readonly string[];
  /** Those of the classes that no sample is of. */
  readonly empty?: readonly string[] | undefined;
}

/** Of the distance to the nearest picture of any other class: what is nearer than that to one of its own is clear. */
const CLEAR = 0.9;
/** Of the real pictures at least so many are clear, and of those so many are what they are taken for. */
const TOLD = { clear: 0.5, right: 0.8 };
/** What a picture counts whose class is not clear. */
const UNCLEAR = 0.5;
/** Samples to be judged for each class: of fewer, one is missed by chance. */
const EACH = 4;
/** Pictures read together, and kept only in coarse. */
const CHUNK = 64;

/** A judge of so many samples at a time; else what it needs, as the end of a sentence that begins "it needs". */
export async function openClassJudge(labelled: Labelled, judged: number): Promise<ClassJudge | string> {
  const { classes: names, empty = [], shape } = labelled;
  const classes = names.length - empty.length;
  const most = Math.floor(judged / EACH);
  if (classes > most) return `at most ${most} classes for ${judged} samples, and there are ${classes}`;
  const { rows, labels } = await readAll(labelled);
  if (new Set(labels).size < 2) return "pictures of at least two classes";

  const nearest = nearestOf(rows.count, names.length);
  eachDistanceWithin(rows, (i, j, square) => {
    nearest.see(i, labels[j], square);
    nearest.see(j, labels[i], square);
  });
  const { clear, counts } = nearest.tally();
  const right = nearest.told().filter((told, i) => told.clear && told.place === labels[i]).length;
  if (clear < TOLD.clear * rows.count || right < TOLD.right * clear) {
    return `classes that pixels tell: of ${rows.count} real pictures ${clear} are clearly like one, and ${right} of these are of it`;
  }
  return {
    names,
    shares: counts.map((count) => count / sumOf(counts)),
    tally(pictures) {
      const { values, size } = contrasts(coarse(pictures, shape));
      const found = nearestOf(values.length / size, names.length);
      eachDistance(new Rows(size, [values]), rows, (i, j, square) => found.see(i, labels[j], square));
      return found.tally();
    },
  };
}

/** The pictures that have a class, as vectors, and their classes. */
async function readAll({ count, shape, read }: Labelled): Promise<{ readonly rows: Rows; readonly labels: number[] }> {
  let rows: Rows | undefined;
  const labels: number[] = [];
  for (let start = 0; start < count; start += CHUNK) {
    const batch = await read(start, Math.min(CHUNK, count - start));
    const { values, size } = contrasts(coarse(batch.values, shape));
    rows ??= new Rows(size);
    for (const [i, label] of batch.labels!.entries()) {
      if (label < 0) continue;
      rows.add(values.subarray(i * size, (i + 1) * size));
      labels.push(label);
    }
  }
  return { rows: rows!, labels };
}

/** Each less its mean, and of length 1: pale pictures are as near to their kind as strong ones. */
function contrasts({ values, size }: Vectors): Vectors {
  const unit = Float32Array.from(values);
  for (let from = 0; from < unit.length; from += size) {
    const one = unit.subarray(from, from + size);
    const mean = one.reduce((sum, value) => sum + value, 0) / size;
    const length = Math.sqrt(one.reduce((sum, value) => sum + (value - mean) ** 2, 0));
    for (let k = 0; k < size; k++) one[k] = length > 0 ? (one[k] - mean) / length : 0;
  }
  return { values: unit, size };
}

/** Remembers, of each of n pictures, the squared distance to the nearest of each class. */
function nearestOf(n: number, classes: number) {
  const squares = new Float64Array(n * classes).fill(Number.POSITIVE_INFINITY);
  /** The class of each picture by its place, and whether it is clear. */
  const told = () =>
    Array.from({ length: n }, (_, i) => {
      const row = squares.subarray(i * classes, (i + 1) * classes);
      const [place, next] = [...row.keys()].sort((a, b) => row[a] - row[b]);
      return { place, clear: row[place] < CLEAR ** 2 * row[next] };
    });
  return {
    see(i: number, label: number, square: number) {
      if (square < squares[i * classes + label]) squares[i * classes + label] = square;
    },
    told,
    tally(): Tally {
      const counts = new Array<number>(classes).fill(0);
      let clearly = 0;
      for (const { place, clear } of told()) {
        counts[place] += clear ? 1 : UNCLEAR;
        if (clear) clearly++;
      }
      return { counts, clear: clearly };
    },
  };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
