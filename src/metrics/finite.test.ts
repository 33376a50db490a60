import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { requireFinite } from "./finite.ts";

const of = { metric: "fid", side: "made", size: 2, before: 250 } as const;

test("what is no number is refused with the sample's own", () => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const check = () => requireFinite(Float32Array.of(1, 2, 3, 4, 5, wrong, wrong), of);
    expect(check).toThrow(InputError);
    expect(check).toThrow(`--metrics: fid measures numbers, and made sample 252 holds ${wrong}.`);
  }
});

test("numbers pass, large ones too", () => {
  expect(() => requireFinite(Float32Array.of(-3e38, 0, 3e38, 1e-40), of)).not.toThrow();
});
