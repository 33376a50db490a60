// How right a picture is as an answer to a drawing of edges-shapes: the set's ground truth as two numbers.
import type { DataOptions } from "./dataset.ts";
import { edgesShapesAnswers } from "./edges-shapes.ts";

/** Phases of the stripes that are tried. */
const PHASES = 32;

export interface EdgesShapesMeasure {
  /** The mean absolute distance from the nearest right answer: about 0.001 for a right one, 0.04 for the mean of all. */
  readonly error: number;
  /** How strong the stripes are, wherever they lie: 1 in every right answer, 0 in the mean of all. */
  readonly stripes: number;
}

/**
 * Measures a picture [channels, size, size] as the answer to sample `index` of the set that `options` open.
 *
 * Over the phases k/K the answers are m + c·cos 2πk/K + s·sin 2πk/K + …, with the mean m and pictures c and s; the strength of
 * the stripes in p is that of its part along c and s, √(α² + β²) for the α and β that bring m + αc + βs nearest to p.
 */
export function measureEdgesShapes(options: DataOptions, index: number, picture: Float32Array): EdgesShapesMeasure {
  const answers = edgesShapesAnswers(options, index, PHASES);
  const length = answers.length / PHASES;
  if (picture.length !== length)
    throw new Error(`measureEdgesShapes: ${picture.length} numbers where ${length} are one picture`);
  const distances = new Float64Array(PHASES);
  let [cc, cs, ss, pc, ps] = [0, 0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    let [m, c, s] = [0, 0, 0];
    for (let k = 0; k < PHASES; k++) {
      const value = answers[k * length + i];
      distances[k] += Math.abs(picture[i] - value) / length;
      m += value / PHASES;
      c += (2 / PHASES) * COS[k] * value;
      s += (2 / PHASES) * SIN[k] * value;
    }
    cc += c * c;
    cs += c * s;
    ss += s * s;
    pc += (picture[i] - m) * c;
    ps += (picture[i] - m) * s;
  }
  // The normal equations of α and β.
  const determinant = cc * ss - cs * cs;
  const alpha = (pc * ss - ps * cs) / determinant;
  const beta = (ps * cc - pc * cs) / determinant;
  return { error: Math.min(...distances), stripes: Math.hypot(alpha, beta) };
}

const COS = Array.from({ length: PHASES }, (_, k) => Math.cos((2 * Math.PI * k) / PHASES));
const SIN = Array.from({ length: PHASES }, (_, k) => Math.sin((2 * Math.PI * k) / PHASES));
