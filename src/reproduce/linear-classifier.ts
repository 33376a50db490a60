// Linear classifiers of few samples with many features: for each class a support vector machine with squared hinge loss that tells it
// from all others. Newton's method on the samples' products (Chapelle 2007, Training a Support Vector Machine in the Primal, §4), which
// ends at the minimum itself once it knows the support vectors.

/** Newton steps after which something must be wrong: it takes about ten. */
const MOST = 200;

/**
 * [n]: the β for which w = Σ βᵢ xᵢ makes ½|w|² + C Σ max(0, 1 − yᵢ w·xᵢ)² least, where y is 1 for samples of the class and −1 for the
 * others; from the products xᵢ·xⱼ [n, n].
 */
export function separator(
  products: ArrayLike<number>,
  isOne: readonly boolean[],
  C: number,
  /** The factor for all samples, the same for each class. */
  whole = factor(products, isOne.length, [...isOne.keys()], 1 / (2 * C)),
): Float64Array {
  const n = isOne.length;
  const y = isOne.map((one) => (one ? 1 : -1));
  const scoresOf = (beta: Float64Array) => {
    const scores = new Float64Array(n); // w·xᵢ
    for (let j = 0; j < n; j++) {
      if (beta[j] !== 0) for (let i = 0; i < n; i++) scores[i] += beta[j] * products[j * n + i];
    }
    return scores;
  };
  const lossOf = (beta: Float64Array, scores: Float64Array) =>
    beta.reduce((sum, b, i) => sum + (b * scores[i]) / 2 + C * Math.max(0, 1 - y[i] * scores[i]) ** 2, 0);
  const within = (scores: Float64Array) => [...scores.keys()].filter((i) => y[i] * scores[i] < 1);

  let beta = new Float64Array(n);
  let scores = new Float64Array(n);
  for (let step = 0; step < MOST; step++) {
    // Were these all the support vectors, the gradient would be 0 where (K + I/2C) β = y, on them.
    const support = within(scores);
    const L = support.length === n ? whole : factor(products, n, support, 1 / (2 * C));
    const wanted = support.map((i) => y[i]);
    const solved = solve(L, wanted);
    const next = new Float64Array(n);
    for (const [k, i] of support.entries()) next[i] = solved[k];
    const scored = scoresOf(next);
    const found = within(scored);
    if (found.length === support.length && found.every((i, k) => i === support[k])) return next;
    // Both lie on a line, on which the loss is convex and falls at first.
    const along = (from: Float64Array, to: Float64Array, t: number) =>
      from.map((value, i) => value + t * (to[i] - value));
    const before = lossOf(beta, scores);
    let t = 1;
    for (; lossOf(along(beta, next, t), along(scores, scored, t)) >= before; t /= 2) if (t < 1e-9) return beta; // to rounding
    [beta, scores] = [along(beta, next, t), along(scores, scored, t)];
  }
  throw new Error(`a linear classifier of ${n} samples with C = ${C} does not come to rest`);
}

/** The Cholesky factor L [m, m] of K + ridge·I = L Lᵀ, of so many rows and columns of K [n, n] alone. */
function factor(K: ArrayLike<number>, n: number, places: readonly number[], ridge: number): Float64Array {
  const m = places.length;
  const L = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = K[places[i] * n + places[j]];
      for (let k = 0; k < j; k++) sum -= L[i * m + k] * L[j * m + k];
      L[i * m + j] = j < i ? sum / L[j * m + j] : Math.sqrt(sum + ridge);
    }
  }
  return L;
}

/** The solution of L Lᵀ x = y. */
function solve(L: Float64Array, y: readonly number[]): Float64Array {
  const m = y.length;
  const x = Float64Array.from(y);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < i; k++) x[i] -= L[i * m + k] * x[k];
    x[i] /= L[i * m + i];
  }
  for (let i = m - 1; i >= 0; i--) {
    x[i] /= L[i * m + i];
    for (let k = 0; k < i; k++) x[k] -= L[i * m + k] * x[i];
  }
  return x;
}

/**
 * Weights [classes, size] of the classifiers of samples x [n, size], from their products with each other [n, n] and their labels: a
 * sample is of the class whose weights have the largest product with it.
 */
export function linearClassifier(
  x: Float32Array,
  products: ArrayLike<number>,
  labels: ArrayLike<number>,
  { classes, C }: { readonly classes: number; readonly C: number },
): Float32Array {
  const n = labels.length;
  const size = x.length / n;
  const weights = new Float32Array(classes * size);
  const whole = factor(products, n, [...Array(n).keys()], 1 / (2 * C));
  for (let k = 0; k < classes; k++) {
    const isOne = Array.from(labels, (label) => label === k);
    const beta = separator(products, isOne, C, whole);
    const w = new Float64Array(size);
    for (let i = 0; i < n; i++) {
      if (beta[i] !== 0) for (let d = 0; d < size; d++) w[d] += beta[i] * x[i * size + d];
    }
    weights.set(w, k * size);
  }
  return weights;
}
