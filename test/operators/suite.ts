// What every way to run a graph must pass: each operator, its first and second derivatives, and convolutions of every
// kind, compiled with the given rules and run by the given engine, against the reference interpreter.

import { describe, expect, test } from "vitest";
import { evaluate, input, type OpName, sizeOf, type Tensor } from "../../src/graph/index.ts";
import { type Lowering, lower, writeOnnx } from "../../src/onnx/index.ts";
import { stream } from "../../src/random/index.ts";
import { expectClose, type Tolerance } from "../close.ts";
import { arraysOf, type Feeds, programOf } from "./case.ts";
import { cases } from "./cases.ts";
import { convolutions } from "./geometries.ts";

export interface Engine {
  readonly name: string;
  /** How graphs become ONNX; the plain rules unless given. */
  readonly lowering?: Lowering;
  /** Runs a model's bytes once and returns every output by name. */
  run(model: Uint8Array, feeds: Feeds): Promise<Record<string, ArrayLike<number>>>;
  /** How far float32 results may be from float64 ones. */
  readonly tolerance: Tolerance;
}

export function runOperatorSuite(engine: Engine): void {
  describe(`operators on ${engine.name}`, () => {
    for (const op of Object.keys(cases) as OpName[]) {
      test(`${op} agrees with the interpreter, with its first and second derivatives`, async () => {
        for (const each of cases[op]) {
          const { outputs, feeds } = programOf(op, each);
          await compare(engine, outputs, feeds, `${op} ${each.name}`);
        }
      });
    }
  });

  describe(`convolutions on ${engine.name}`, () => {
    for (const { name, geometry, x, w, y } of convolutions) {
      test(`${name}: all three faces agree with the interpreter, and give one trilinear form`, async () => {
        const feeds: Feeds = {};
        const [tx, tw, ty] = Object.entries({ x, w, y }).map(([key, shape]) => {
          feeds[key] = {
            dims: shape,
            data: stream(1, "convolution", name, key).fillUniform(new Float32Array(sizeOf(shape)), -1, 1),
          };
          return input(key, shape);
        });
        const actual = await compare(
          engine,
          {
            conv: tx.conv(tw, geometry),
            convInputGrad: ty.convInputGrad(tw, geometry, [x[2], x[3]]),
            convFilterGrad: tx.convFilterGrad(ty, geometry, [w[2], w[3]]),
          },
          feeds,
          name,
        );
        const form = dot(feeds.y.data, actual.conv);
        const scale = norm(feeds.y.data) * norm(actual.conv);
        expectClose(dot(feeds.x.data, actual.convInputGrad), form, { atol: 1e-6 * scale }, "⟨x, inputGrad(y, w)⟩");
        expectClose(dot(feeds.w.data, actual.convFilterGrad), form, { atol: 1e-6 * scale }, "⟨w, filterGrad(x, y)⟩");
      });
    }
  });
}

/** Compiles and runs `outputs`, holds each to the interpreter's value, and returns them. */
async function compare(
  engine: Engine,
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Feeds,
  what: string,
): Promise<Record<string, ArrayLike<number>>> {
  const model = lower(outputs, engine.lowering && { lowering: engine.lowering });
  const used = new Set(model.graph.inputs.map(({ name }) => name));
  const actual = await engine.run(
    writeOnnx(model),
    Object.fromEntries(Object.entries(feeds).filter(([name]) => used.has(name))),
  );
  expect(Object.keys(actual).sort()).toEqual(Object.keys(outputs).sort());
  const expected = evaluate(Object.values(outputs), arraysOf(feeds));
  Object.keys(outputs).forEach((name, i) => {
    expectClose(actual[name], expected[i], engine.tolerance, `${what}: ${name}`);
  });
  return actual;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < b.length; i++) total += a[i] * b[i];
  return total;
}

const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));
