// The one way tests compare numbers: two-sided, element by element, against a bound that is named; NaN never passes.

type Numbers = number | ArrayLike<number>;

/** |a − b| ≤ atol + rtol·|b| for every element, ‖a − b‖ ≤ norm·‖b‖ for the whole; each where it is given. */
export interface Tolerance {
  readonly atol?: number;
  readonly rtol?: number;
  readonly norm?: number;
}

/** Fails, naming `what` and the worst element with both values, unless `actual` is as close to `expected` as every given bound asks. */
export function expectClose(actual: Numbers, expected: Numbers, { atol, rtol, norm }: Tolerance, what = "value"): void {
  const [a, b] = [arrayOf(actual), arrayOf(expected)];
  if (a.length !== b.length) throw new Error(`${what}: ${a.length} numbers, expected ${b.length}`);
  if (atol === undefined && rtol === undefined && norm === undefined) throw new Error(`${what}: no tolerance given`);
  if (atol !== undefined || rtol !== undefined) {
    const allowed = (i: number) => (atol ?? 0) + (rtol ?? 0) * Math.abs(b[i]);
    const excess = (i: number) => {
      if (a[i] === b[i]) return 0;
      const beyond = Math.abs(a[i] - b[i]) - allowed(i);
      return Number.isNaN(beyond) ? Number.POSITIVE_INFINITY : Math.max(beyond, 0);
    };
    let worst = 0;
    for (let i = 1; i < a.length; i++) if (excess(i) > excess(worst)) worst = i;
    if (a.length > 0 && excess(worst) > 0) {
      throw new Error(`${what}[${worst}]: got ${a[worst]}, expected ${b[worst]} ± ${allowed(worst)}`);
    }
  }
  if (norm !== undefined) {
    const distance = relativeNorm(a, b);
    if (!(distance <= norm)) throw new Error(`${what}: relative norm ${distance} of the difference, allowed ${norm}`);
  }
}

/** ‖a − b‖ / ‖b‖; 0 when both are zero. */
export function relativeNorm(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}

/** Fails unless the two arrays hold the same numbers bit for bit (0 and −0 differ, a NaN equals itself). */
export function expectSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>, what = "value"): void {
  if (actual.length !== expected.length)
    throw new Error(`${what}: ${actual.length} numbers, expected ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) throw new Error(`${what}[${i}]: got ${actual[i]}, expected ${expected[i]}`);
  }
}

function arrayOf(numbers: Numbers): ArrayLike<number> {
  return typeof numbers === "number" ? [numbers] : numbers;
}
