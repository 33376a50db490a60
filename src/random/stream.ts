// Keyed streams of random numbers. A stream is named by a seed and a path, e.g. stream(seed, "noise", iteration, update), and
// holds no history: the same name gives the same numbers, in any order, on any machine, so resuming needs no saved generator.
// Integer arithmetic, + − ×, Math.sqrt and Math.log are all it uses.
import { InputError } from "../errors/index.ts";
import { philox, philoxPairs } from "./philox.ts";

/** One step of a stream's path: a name, or a whole number such as an iteration or a sample's index. */
export type KeyPart = string | number;

/** A buffer for `count` words or more, or for as many as the fill functions make at a time: 64 Philox blocks. */
const bufferFor = (count: number): Uint32Array => new Uint32Array(Math.min(256, Math.ceil(count / 4) * 4));

/**
 * The random stream called (seed, path): a pure function of both, unrelated to every other.
 *
 * `seed` is a whole number from 0 to 2^53 − 1 (InputError otherwise).
 *
 * @example stream(1, "z", iteration).fillNormal(new Float32Array(64 * 100))
 */
export function stream(seed: number, ...path: readonly KeyPart[]): RandomStream {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InputError(
      `--seed: must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${seed}. Pass --seed 1.`,
    );
  }
  return new RandomStream(hashPath([seed, ...path]));
}

/** Random numbers drawn one after another from one stream; made by `stream`. */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  /** [block low, block high, name, name]: 2^64 blocks of four words to each stream. */
  readonly #counter: Uint32Array;
  readonly #words = new Uint32Array(4);
  #used = 4;

  /** `name` is the 128-bit name of the stream: two words of key and the two upper words of the counter. */
  constructor(name: Uint32Array) {
    this.#key0 = name[0];
    this.#key1 = name[1];
    this.#counter = Uint32Array.of(0, 0, name[2], name[3]);
  }

  /** A whole number, uniform on [0, 2^32). */
  uint32(): number {
    if (this.#used === 4) {
      this.#block(this.#words, 0);
      this.#used = 0;
    }
    return this.#words[this.#used++];
  }

  /** A number uniform on [0, 1): a multiple of 2^-24, so a float32 holds it exactly. */
  uniform(): number {
    return (this.uint32() >>> 8) * 2 ** -24;
  }

  /** A whole number, uniform on [0, n) without bias; n from 1 to 2^32. */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new Error(`integer: n must be from 1 to 2^32, got ${n}`);
    const limit = 2 ** 32 - (2 ** 32 % n); // the largest multiple of n: words past it would favour small results
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % n;
  }

  /** A number from the standard normal distribution, rounded to float32; each call uses two words. */
  normal(): number {
    const pair = new Float32Array(2);
    boxMuller(this.uint32(), this.uint32(), pair, 0, 0, 1);
    return pair[0];
  }

  /** Fills `out` with numbers uniform on [low, high), rounded to float32, and returns it. */
  fillUniform(out: Float32Array, low = 0, high = 1): Float32Array {
    const scale = (high - low) * 2 ** -24;
    const words = bufferFor(out.length);
    for (let start = 0; start < out.length; start += words.length) {
      const count = Math.min(words.length, out.length - start);
      this.#next(words, count);
      for (let i = 0; i < count; i++) out[start + i] = (words[i] >>> 8) * scale + low;
    }
    return out;
  }

  /** Fills `out` with numbers from the normal distribution N(mean, std²), rounded to float32, and returns it. */
  fillNormal(out: Float32Array, mean = 0, std = 1): Float32Array {
    const length = out.length + (out.length % 2);
    const words = bufferFor(length);
    for (let start = 0; start < length; start += words.length) {
      const count = Math.min(words.length, length - start);
      this.#next(words, count);
      for (let i = 0; i < count; i += 2) boxMuller(words[i], words[i + 1], out, start + i, mean, std);
    }
    return out;
  }

  /** The numbers 0 … n − 1 in random order, every order equally likely (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const j = this.integer(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** Puts the next `count` words into `words`: those drawn and not yet used first, then whole blocks. */
  #next(words: Uint32Array, count: number): void {
    let filled = 0;
    if (this.#used === 4) {
      const pairs = count >> 3;
      philoxPairs(this.#counter, this.#key0, this.#key1, words, pairs);
      this.#count(2 * pairs);
      filled = 8 * pairs;
    }
    for (; filled < count; filled++) words[filled] = this.uint32();
  }

  #block(out: Uint32Array, at: number): void {
    philox(this.#counter, this.#key0, this.#key1, out, at);
    this.#count(1);
  }

  /** Goes on by so many blocks. */
  #count(blocks: number): void {
    const counter = this.#counter;
    counter[0] += blocks;
    if (counter[0] < blocks) counter[1]++;
  }
}

/**
 * Box and Muller (1958): two uniform words to two independent normals, r·cos θ and r·sin θ, at `out[at]` and `out[at + 1]`
 * (a place past the end is dropped). r = √(−2 ln u), u uniform on (0, 1], so |r| ≤ 6.66; θ = 2π·word/2^32.
 */
function boxMuller(word0: number, word1: number, out: Float32Array, at: number, mean: number, std: number): void {
  const r = Math.sqrt(-2 * Math.log((word0 + 1) * 2 ** -32)) * std;
  // θ = quadrant·π/2 + x with |x| ≤ π/4, where the Taylor series below are good to 2e-9, finer than float32.
  const quadrant = ((word1 + 2 ** 29) | 0) >>> 30;
  const x = ((word1 << 2) | 0) * (Math.PI * 2 ** -33);
  const x2 = x * x;
  const sin = x * (1 + x2 * (-1 / 6 + x2 * (1 / 120 + x2 * (-1 / 5040 + x2 * (1 / 362880)))));
  const cos = 1 + x2 * (-1 / 2 + x2 * (1 / 24 + x2 * (-1 / 720 + x2 * (1 / 40320 - x2 * (1 / 3628800)))));
  // cos θ, sin θ by quadrant: cos x, sin x; −sin x, cos x; −cos x, −sin x; sin x, −cos x. No branches, since none could be foretold.
  const swapped = quadrant & 1;
  out[at + swapped] = cos * (1 - (quadrant & 2)) * r + mean;
  out[at + 1 - swapped] = sin * (1 - ((quadrant ^ (quadrant << 1)) & 2)) * r + mean;
}

/**
 * The 128-bit name of a path, by Philox used as a compression function (Matyas, Meyer and Oseas): from state 0, each 64-bit
 * block m of the encoded path gives state ← philox(counter = state, key = m) ⊕ state. Among 2^32 paths two are equal with a chance of 2^-65.
 *
 * The encoding tells every two paths apart: a whole number is one block (its high word within ±2^21, its low word); a string
 * is a block (2^30 + its length, 0), then its UTF-16 code units, four to a block.
 */
function hashPath(path: readonly KeyPart[]): Uint32Array {
  const state = new Uint32Array(4);
  const mixed = new Uint32Array(4);
  const absorb = (high: number, low: number) => {
    philox(state, high, low, mixed, 0);
    for (let i = 0; i < 4; i++) state[i] ^= mixed[i];
  };
  for (const part of path) {
    if (typeof part === "number") {
      if (!Number.isSafeInteger(part)) throw new Error(`stream: a path holds strings and whole numbers, got ${part}`);
      absorb(Math.floor(part / 2 ** 32), part | 0);
    } else {
      absorb(2 ** 30 + part.length, 0);
      const unit = (i: number) => (i < part.length ? part.charCodeAt(i) : 0);
      for (let i = 0; i < part.length; i += 4) {
        absorb((unit(i) << 16) | unit(i + 1), (unit(i + 2) << 16) | unit(i + 3));
      }
    }
  }
  return state;
}
