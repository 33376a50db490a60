import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { stream } from "../random/index.ts";
import { frechetDistance, frechetDistanceTo } from "./frechet.ts";
import { Moments } from "./moments.ts";
import { eigen } from "./symmetric.ts";

const normal = (length: number, ...path: (string | number)[]) =>
  stream(4, ...path).fillNormal(new Float32Array(length));
const matrix = (d: number, of: (i: number, j: number) => number) =>
  Float64Array.from({ length: d * d }, (_, at) => of(Math.floor(at / d), at % d));
const diagonal = (values: ArrayLike<number>) => matrix(values.length, (i, j) => (i === j ? values[i] : 0));

function momentsOf(rows: Float32Array | Float64Array, d: number): Moments {
  const moments = new Moments(d);
  moments.add(rows);
  return moments;
}

/** Of two sets of rows. */
const between = (a: Float32Array | Float64Array, b: Float32Array | Float64Array, d: number) => {
  const [p, q] = [momentsOf(a, d), momentsOf(b, d)];
  return frechetDistance(p.mean, p.covariance(), q.mean, q.covariance());
};

/** Rows of a random Gaussian, with correlated columns and a mean. */
function correlated(n: number, d: number, name: string): Float64Array {
  const [z, mix, mean] = [normal(n * d, name, "z"), normal(d * d, name, "mix"), normal(d, name, "mean")];
  return Float64Array.from({ length: n * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let sum = mean[j];
    for (let k = 0; k < d; k++) sum += z[i * d + k] * mix[j * d + k];
    return sum;
  });
}

describe("the Fréchet distance of known Gaussians", () => {
  test("means (1, 0) and (0, 2), covariances [[2, 1], [1, 2]] and diag(1, 3): 13 − 2√14", () => {
    const distance = frechetDistance([1, 0], [2, 1, 1, 2], [0, 2], [1, 0, 0, 3]);
    expectClose(distance, 5.516685226452117, { atol: 1e-13 });
  });

  test("N(0, I) and N(1, I) in 2048 dimensions: exactly 2048", () => {
    const d = 2048;
    const I = diagonal(new Float64Array(d).fill(1));
    expect(frechetDistance(new Float64Array(d), I, new Float64Array(d).fill(1), I)).toBe(2048);
  });

  test("half of 100 points at (2, 1), half at (1, 1), and half of 100 at (9, 9), half at (2, 9): 980/11", () => {
    const points = (...pairs: number[]) => Float32Array.from({ length: 200 }, (_, i) => pairs[i % 4]);
    // Variances are ¼·100/99 and 12¼·100/99 along x, 0 along y.
    expectClose(between(points(2, 1, 1, 1), points(9, 9, 2, 9), 2), 980 / 11, { atol: 1e-11 });
  });

  test("diagonal covariances: the squared differences of means and of standard deviations", () => {
    const [m1, m2, s1, s2] = ["m1", "m2", "s1", "s2"].map((name) => normal(30, name).map(Math.abs));
    const squares = (s: Float32Array) => Float64Array.from(s, (value) => value * value);
    const expected = m1.reduce((sum, m, i) => sum + (m - m2[i]) ** 2 + (s1[i] - s2[i]) ** 2, 0);
    expectClose(frechetDistance(m1, diagonal(squares(s1)), m2, diagonal(squares(s2))), expected, { rtol: 1e-12 });
  });

  test.each([1, 2, 3, 4, 5])("any 2 × 2: tr (AB)^½ = √(tr AB + 2 √det AB), pair %i", (pair) => {
    const any = (name: string) => momentsOf(correlated(5, 2, `${name} ${pair}`), 2).covariance();
    const [a, b] = [any("a"), any("b")];
    const traceAB = a[0] * b[0] + 2 * a[1] * b[1] + a[3] * b[3];
    const det = (m: Float64Array) => m[0] * m[3] - m[1] * m[2];
    const expected = a[0] + a[3] + b[0] + b[3] - 2 * Math.sqrt(traceAB + 2 * Math.sqrt(det(a) * det(b)));
    expectClose(frechetDistance([0, 0], a, [0, 0], b), expected, { rtol: 1e-11 });
  });

  test("points, which have no extent: the squared distance", () => {
    expect(frechetDistance([0, 0], new Float64Array(4), [3, 4], new Float64Array(4))).toBe(25);
    expect(frechetDistance([0, 0], [4, 0, 0, 9], [3, 4], new Float64Array(4))).toBe(38);
  });
});

describe("what holds for all sets", () => {
  const d = 12;
  const [a, b] = [correlated(60, d, "a"), correlated(80, d, "b")];
  const distance = between(a, b, d);

  test("it is the same both ways", () => {
    expectClose(between(b, a, d), distance, { rtol: 1e-12 });
  });

  test("it stays when both are shifted, or turned, and grows as the square of their scale", () => {
    const shift = normal(d, "shift");
    const shifted = (rows: Float64Array) => rows.map((value, i) => value + 5 * shift[i % d]);
    expectClose(between(shifted(a), shifted(b), d), distance, { rtol: 1e-11 });

    const symmetric = normal(d * d, "axes");
    const { vectors } = eigen(matrix(d, (i, j) => symmetric[i * d + j] + symmetric[j * d + i]));
    const turned = (rows: Float64Array) =>
      rows.map((_, at) => {
        let sum = 0;
        for (let k = 0; k < d; k++) sum += rows[Math.floor(at / d) * d + k] * vectors[(at % d) * d + k];
        return sum;
      });
    expectClose(between(turned(a), turned(b), d), distance, { rtol: 1e-11 });

    const scaled = (rows: Float64Array) => rows.map((value) => 3 * value);
    expectClose(between(scaled(a), scaled(b), d), 9 * distance, { rtol: 1e-11 });
  });

  test.each([
    [100, 8],
    [10, 40],
    [3, 64],
  ])("%i samples are at 0 from themselves in %i dimensions, and at |m|² when shifted by m", (n, dims) => {
    const rows = correlated(n, dims, "self");
    expectClose(between(rows, rows, dims), 0, { atol: 1e-6 });
    const shifted = rows.map((value, i) => value + (i % dims === 0 ? 2 : 0));
    expectClose(between(rows, shifted, dims), 4, { atol: 1e-6 }); // a trace too large would show here: there is no 0 to stop at
  });

  test("numbers as large and as small as float32 holds give finite distances", () => {
    for (const scale of [1e38, 1e-38]) {
      const [x, y] = [a, b].map((rows) => rows.map((value) => (value / 30) * scale));
      expectClose(between(x, y, d) / scale ** 2, distance / 900, { rtol: 1e-10 });
    }
  });
});

/**
 * tr (S₁S₂)^½ by another way: with S₁ = AᵀA and S₂ = BᵀB it is the sum of the singular values of ABᵀ. A and B are the centred rows
 * themselves where they are few, else Cholesky factors; singular values by one-sided Jacobi rotations.
 */
function otherWay(a: Float64Array, b: Float64Array, d: number): number {
  const [p, q] = [factor(a, d), factor(b, d)];
  const n = q.length / d;
  return nuclearNorm(
    Float64Array.from({ length: (p.length / d) * n }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += p[Math.floor(at / n) * d + k] * q[(at % n) * d + k];
      return sum;
    }),
    n,
  );
}

/** F with FᵀF = S. */
function factor(rows: Float64Array, d: number): Float64Array {
  const n = rows.length / d;
  const moments = momentsOf(rows, d);
  if (n <= d) return rows.map((value, at) => (value - moments.mean[at % d]) / Math.sqrt(n - 1));
  const s = moments.covariance();
  const upper = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) {
      let sum = s[i * d + j];
      for (let k = 0; k < i; k++) sum -= upper[k * d + i] * upper[k * d + j];
      upper[i * d + j] = j === i ? Math.sqrt(Math.max(0, sum)) : upper[i * d + i] > 0 ? sum / upper[i * d + i] : 0;
    }
  }
  return upper;
}

function nuclearNorm(rows: Float64Array, width: number): number {
  const n = rows.length / width;
  const dot = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += rows[i * width + k] * rows[j * width + k];
    return sum;
  };
  for (let turned = true; turned; ) {
    turned = false;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const [aa, bb, ab] = [dot(i, i), dot(j, j), dot(i, j)];
        if (Math.abs(ab) <= 1e-14 * Math.sqrt(aa * bb)) continue;
        turned = true;
        const zeta = (bb - aa) / (2 * ab);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        for (let k = 0; k < width; k++) {
          const [x, y] = [rows[i * width + k], rows[j * width + k]];
          rows[i * width + k] = c * x - c * t * y;
          rows[j * width + k] = c * t * x + c * y;
        }
      }
    }
  }
  return Array.from({ length: n }, (_, i) => Math.sqrt(dot(i, i))).reduce((sum, value) => sum + value, 0);
}

describe("over all sizes it is what singular values give, and never NaN", () => {
  const sizes = [2, 4, 8, 16, 32].flatMap((d) => [2, 8, 32, 128, 512].map((n) => [n, d] as const));
  test.each([...sizes, [2, 256] as const, [16, 256] as const])("%i samples, %i features", (n, d) => {
    const [a, b] = [correlated(n, d, `a ${n}`), correlated(n, d, `b ${n}`)];
    const [p, q] = [momentsOf(a, d), momentsOf(b, d)];
    const [s, t] = [p.covariance(), q.covariance()];
    const distance = frechetDistance(p.mean, s, q.mean, t);
    const back = frechetDistance(q.mean, t, p.mean, s);
    let expected = -2 * otherWay(a, b, d);
    let size = 0;
    for (let i = 0; i < d; i++) {
      expected += (p.mean[i] - q.mean[i]) ** 2 + s[i * d + i] + t[i * d + i];
      size += s[i * d + i] + t[i * d + i];
    }
    expectClose([distance, back], [expected, expected], { atol: 1e-6 * size });
  });
});

describe("the bias of few samples, N of N(0, I) in d dimensions", () => {
  const [d, N, repeats] = [32, 2000, 20];
  const samples = (...path: (string | number)[]) => momentsOf(normal(N * d, ...path), d);
  const truth = frechetDistanceTo(new Float64Array(d), diagonal(new Float64Array(d).fill(1)));

  test.each([
    ["two sets of N: 2d/N + d(d + 1)/2(N − 1)", (2 * d) / N + (d * (d + 1)) / (2 * (N - 1)), false],
    ["N against the truth: d/N + d(d + 1)/4(N − 1)", d / N + (d * (d + 1)) / (4 * (N - 1)), true],
  ])("%s", (name, expected, exact) => {
    const distances = Array.from({ length: repeats }, (_, i) => {
      const a = samples(name, "a", i);
      if (exact) return truth(a.mean, a.covariance());
      const b = samples(name, "b", i);
      return frechetDistance(a.mean, a.covariance(), b.mean, b.covariance());
    });
    const mean = distances.reduce((sum, value) => sum + value / repeats, 0);
    const variance = distances.reduce((sum, value) => sum + (value - mean) ** 2 / (repeats - 1), 0);
    expectClose(mean, expected, { atol: 3 * Math.sqrt(variance / repeats) });
  });
});
