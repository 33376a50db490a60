// The Sobol sequence: points that fill the unit cube more evenly than independent ones (Sobol' 1967; in Gray-code order by Antonov and
// Saleev 1979). Scrambled by a random lower-triangular matrix over the digits of each dimension and a random shift of them (Matoušek
// 1998, "On the L2-discrepancy for anchored boxes", §2): each point is then uniform on the cube, and together they are as even as before.

import { SOBOL_DIMENSIONS, sobolNumbers } from "./sobol-numbers.ts";
import type { RandomStream } from "./stream.ts";

const BITS = 32;

/** Point number `index`, from 0 to 2^32 − 1: writes its coordinates, multiples of 2^-32 in [0, 1), and gives `out` back. */
export type SobolPoints = (index: number, out: Float64Array) => Float64Array;

/**
 * The Sobol sequence in this many dimensions, 1 to 256; scrambled by the streams that `scramble` gives for each, as they are given.
 * Among its points a·2^k to (a + 1)·2^k − 1 every one of 2^k equal parts of [0, 1) holds one, in each dimension.
 *
 * @example sobol(2)(1, new Float64Array(2)); // [0.5, 0.5]
 * @example const points = sobol(100, (dimension) => stream(seed, "sobol", dimension));
 */
export function sobol(dimensions: number, scramble?: (dimension: number) => RandomStream): SobolPoints {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > SOBOL_DIMENSIONS) {
    throw new Error(`sobol: dimensions must be from 1 to ${SOBOL_DIMENSIONS}, got ${dimensions}`);
  }
  const columns = Array.from({ length: dimensions }, (_, dimension) => {
    const random = scramble?.(dimension);
    const directions = directionsOf(dimension);
    return random === undefined
      ? { directions, shift: 0 }
      : { directions: scrambled(directions, random), shift: random.uint32() };
  });
  return (index, out) => {
    const gray = (index ^ (index >>> 1)) >>> 0;
    for (const [dimension, { directions, shift }] of columns.entries()) {
      let word = shift;
      for (let bits = gray; bits !== 0; bits &= bits - 1) word ^= directions[31 - Math.clz32(bits & -bits)];
      out[dimension] = (word >>> 0) * 2 ** -BITS;
    }
    return out;
  };
}

/** vₖ of a dimension, k = 1 … 32, their digits from the highest bit on: mₖ / 2ᵏ, by its recurrence where the table ends. */
function directionsOf(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) return v.map((_, k) => 2 ** (BITS - 1 - k));
  const { polynomial, m } = sobolNumbers[dimension - 1];
  const degree = m.length;
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      v[k] = m[k] * 2 ** (BITS - 1 - k);
      continue;
    }
    // vₖ = a₁vₖ₋₁ ⊕ … ⊕ aₛ₋₁vₖ₋ₛ₊₁ ⊕ vₖ₋ₛ ⊕ vₖ₋ₛ/2ˢ, of xˢ + a₁xˢ⁻¹ + … + aₛ₋₁x + 1
    v[k] = v[k - degree] ^ (v[k - degree] >>> degree);
    for (let i = 1; i < degree; i++) if ((polynomial >>> (degree - i)) & 1) v[k] ^= v[k - i];
  }
  return v;
}

/** The numbers' digits times a random matrix: each digit becomes itself plus a random choice of those before it, mod 2. */
function scrambled(directions: Uint32Array, random: RandomStream): Uint32Array {
  const rows = Array.from({ length: BITS }, (_, digit) => {
    const own = 2 ** (BITS - 1 - digit);
    const before = digit === 0 ? 0 : -(2 * own); // every bit above its own, as 32-bit integers go
    return (random.uint32() & before) | own;
  });
  return directions.map((v) => rows.reduce((word, row, digit) => word | (odd(v & row) << (BITS - 1 - digit)), 0));
}

/** 1 where an odd number of bits is set. */
function odd(word: number): number {
  let bits = word;
  for (const half of [16, 8, 4, 2, 1]) bits ^= bits >>> half;
  return bits & 1;
}
