// First and second derivatives of every operator against central differences, in float64.

import { describe, expect, test } from "vitest";
import { evaluate, type OpName, type Tensor, topologicalOrder } from "../../src/graph/index.ts";
import { expectClose } from "../close.ts";
import { arraysOf, programOf } from "./case.ts";
import { cases, EXTREME } from "./cases.ts";

type Arrays = Readonly<Record<string, ArrayLike<number>>>;

const H = 1e-5;
/** Central differences err by f'''·h²/6 + 1e-16·|f|/h, about 1e-10 for numbers near 1. */
const tolerance = { atol: 1e-8, rtol: 1e-8 };

/** [f(at + h·direction) − f(at − h·direction)] / 2h for each tensor of f, along `directions` of some inputs. */
function centralDifferences(f: readonly Tensor[], at: Arrays, directions: Arrays): Float64Array[] {
  const shifted = (h: number) =>
    evaluate(f, {
      ...at,
      ...Object.fromEntries(
        Object.entries(directions).map(([name, v]) => [name, Float64Array.from(at[name], (x, i) => x + h * v[i])]),
      ),
    });
  const [above, below] = [shifted(H), shifted(-H)];
  return above.map((values, k) => values.map((value, i) => (value - below[k][i]) / (2 * H)));
}

for (const op of Object.keys(cases) as OpName[]) {
  describe(op, () => {
    for (const each of cases[op]) {
      const { outputs, feeds, names } = programOf(op, each);
      const at = arraysOf(feeds);
      const stopped = each.stopped ?? [];
      const free = names.filter((name) => !stopped.includes(name));

      test(`${each.name}: the case holds the operator`, () => {
        expect(topologicalOrder([outputs.value]).some((node) => node.op === op)).toBe(true);
      });

      // Central differences lose every digit there; that the numbers stay finite is the promise.
      if (each.name === EXTREME) {
        test(`${each.name}: value, first and second derivatives are finite`, () => {
          for (const values of evaluate(Object.values(outputs), at)) expect(values.every(Number.isFinite)).toBe(true);
        });
        continue;
      }

      test(`${each.name}: first derivatives are the slopes of the value`, () => {
        for (const name of free) {
          const [actual] = evaluate([outputs[`d ${name}`]], at);
          const slopes = Array.from(actual, (_, i) => {
            const [dy] = centralDifferences([outputs.value], at, { [name]: unit(i, actual.length) });
            return dot(at.weights, dy);
          });
          expectClose(actual, slopes, tolerance, `d ${name}`);
        }
      });

      test(`${each.name}: second derivatives are the slopes of the first`, () => {
        const directions = Object.fromEntries(free.map((name) => [name, at[`direction ${name}`]]));
        const firsts = [...free.map((name) => outputs[`d ${name}`]), outputs.value];
        const slopes = centralDifferences(firsts, at, directions);
        [...free, "weights"].forEach((name, i) => {
          const [actual] = evaluate([outputs[`dd ${name}`]], at);
          expectClose(actual, slopes[i], tolerance, `dd ${name}`);
        });
      });

      for (const name of stopped) {
        test(`${each.name}: no gradient reaches ${name}`, () => {
          const [first, second] = evaluate([outputs[`d ${name}`], outputs[`dd ${name}`]], at);
          expect([...first, ...second].every((value) => value === 0)).toBe(true);
        });
      }
    }
  });
}

function unit(i: number, size: number): Float64Array {
  const out = new Float64Array(size);
  out[i] = 1;
  return out;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < b.length; i++) total += a[i] * b[i];
  return total;
}
