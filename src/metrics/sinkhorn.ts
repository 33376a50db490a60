// Optimal transport blurred by entropy, for more points than can be assigned: Sinkhorn's iterations on the potentials (log domain), ε
// halved from the width of the sets to its own size (Schmitzer 2019), over-relaxed (Thibault et al. 2021), and debiased (Feydy et al. 2019).

/** [n, 2]. */
export type Points = Float32Array | Float64Array;

/** Above 1, each step goes further than to its optimum: several times fewer of them. */
const RELAXATION = 1.8;
/** The value is settled when so many steps change it by less than this part of ε. */
const PATIENCE = 10;
const SETTLED = 1e-3;
const MOST_STEPS = 1000;
/** e^(−36) is nothing beside 1 in float64. */
const NEGLIGIBLE = 36;

/**
 * S_ε(p, q) = OT_ε(p, q) − ½ OT_ε(p, p) − ½ OT_ε(q, q) of points x [n, 2] and y [m, 2] of equal weights, for the Euclidean distance as
 * cost: 0 for equal sets, and within ε log max(n, m) of the earth mover's distance, usually below it: what lies closer than ε, in the unit
 * of the points, counts for little. O(n m) time for each of some hundred steps, O(n + m) memory.
 *
 * @example sinkhornDivergence(real, made, 0.02)
 */
export function sinkhornDivergence(x: Points, y: Points, epsilon: number): number {
  const bias = (transportToItself(x, epsilon) + transportToItself(y, epsilon)) / 2;
  return Math.max(0, transport(x, y, epsilon) - bias);
}

/** OT_ε(p, q) = max over f and g of mean f + mean g, where Σⱼ exp((fᵢ + gⱼ − |xᵢ − yⱼ|) / ε) / m = 1 for each i. */
function transport(x: Points, y: Points, epsilon: number): number {
  const f = new Float64Array(x.length / 2);
  const g = new Float64Array(y.length / 2);
  for (const blur of blurs(epsilon, x, y)) {
    relax(f, softmin(x, y, g, blur), 1);
    relax(g, softmin(y, x, f, blur), 1);
  }
  let value = Number.NEGATIVE_INFINITY;
  for (let step = 1; step <= MOST_STEPS; step++) {
    relax(f, softmin(x, y, g, epsilon), RELAXATION);
    relax(g, softmin(y, x, f, epsilon), RELAXATION);
    if (step % PATIENCE !== 0) continue;
    const now = mean(softmin(x, y, g, epsilon)) + mean(g);
    if (Math.abs(now - value) < SETTLED * epsilon) return now;
    value = now;
  }
  return value;
}

/** OT_ε(p, p), whose two potentials are the same one: half steps settle it in a few. */
function transportToItself(x: Points, epsilon: number): number {
  const f = new Float64Array(x.length / 2);
  for (const blur of blurs(epsilon, x, x)) relax(f, softmin(x, x, f, blur), 0.5);
  let value = Number.NEGATIVE_INFINITY;
  for (let step = 1; step <= MOST_STEPS; step++) {
    const other = softmin(x, x, f, epsilon);
    const now = mean(f) + mean(other);
    if (Math.abs(now - value) < (SETTLED / PATIENCE) * epsilon) return now;
    value = now;
    relax(f, other, 0.5);
  }
  return value;
}

/** ε · 2ᵏ, from more than the width of the sets down to 2ε. */
function blurs(epsilon: number, x: Points, y: Points): number[] {
  let width = 0;
  for (const points of [x, y]) {
    for (let i = 0; i < points.length; i++) width = Math.max(width, 2 * Math.abs(points[i] - x[i % 2]));
  }
  const levels = Math.max(0, Math.ceil(Math.log2(width / epsilon)));
  return Array.from({ length: levels }, (_, k) => epsilon * 2 ** (levels - k));
}

/** −ε log( Σⱼ exp((gⱼ − |xᵢ − yⱼ|) / ε) / m ) of each xᵢ. */
function softmin(x: Points, y: Points, g: Float64Array, epsilon: number): Float64Array {
  const [n, m] = [x.length / 2, y.length / 2];
  const out = new Float64Array(n);
  const gains = new Float64Array(m);
  for (let i = 0; i < n; i++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < m; j++) {
      const [dx, dy] = [x[2 * i] - y[2 * j], x[2 * i + 1] - y[2 * j + 1]];
      const gain = g[j] - Math.sqrt(dx * dx + dy * dy);
      gains[j] = gain;
      if (gain > most) most = gain;
    }
    const least = most - NEGLIGIBLE * epsilon;
    let sum = 0;
    for (let j = 0; j < m; j++) if (gains[j] > least) sum += Math.exp((gains[j] - most) / epsilon);
    out[i] = -most - epsilon * Math.log(sum / m);
  }
  return out;
}

/** Moves `values` towards `goal`: all the way by 1. */
function relax(values: Float64Array, goal: Float64Array, by: number): void {
  for (let i = 0; i < values.length; i++) values[i] += by * (goal[i] - values[i]);
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
