import { expect, test } from "vitest";
import { fill, input, print } from "./index.ts";

test("a graph prints one node a line, inputs before their users, then the outputs' names", () => {
  const x = input("x", [8, 3, 32, 32]);
  const w = input("D.0.weight", [16, 3, 4, 4]);
  const y = x.conv(w, { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 }).leakyRelu(0.2);
  expect(print({ score: y.sum([1, 2, 3]), doubled: y.mul(fill(2)) })).toBe(
    [
      '"x" = input() : [8, 3, 32, 32]',
      '"D.0.weight" = input() : [16, 3, 4, 4]',
      '%2 = conv("x", "D.0.weight") {strides: 2,2, pads: 1,1,1,1, dilations: 1,1, groups: 1} : [8, 16, 16, 16]',
      "%3 = leakyRelu(%2) {slope: 0.2} : [8, 16, 16, 16]",
      "%4 = sum(%3) {axes: 1,2,3} : [8, 1, 1, 1]",
      "%5 = reshape(%4) : [8]",
      "%6 = fill() {value: 2} : []",
      "%7 = mul(%3, %6) : [8, 16, 16, 16]",
      "score: %5",
      "doubled: %7",
    ].join("\n"),
  );
});

test("an output that is an input prints its name", () => {
  expect(print({ same: input("x", [2]) })).toBe('"x" = input() : [2]\nsame: "x"');
});
