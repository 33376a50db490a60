import { expect, test } from "vitest";
import { philox, philoxPairs } from "./philox.ts";

// The known answers published with Random123 (kat_vectors, lines "philox4x32 10"): counter, key, output.
const known = [
  "00000000 00000000 00000000 00000000  00000000 00000000  6627e8d5 e169c58d bc57ac4c 9b00dbd8",
  "ffffffff ffffffff ffffffff ffffffff  ffffffff ffffffff  408f276d 41c83b0e a20bc7c6 6d5451fd",
  "243f6a88 85a308d3 13198a2e 03707344  a4093822 299f31d0  d16cfe09 94fdcceb 5001e420 24126ea1",
];

test.each(known)("Philox4x32-10 gives the published answer: %s", (line) => {
  const words = line.split(/ +/).map((word) => Number.parseInt(word, 16));
  const out = new Uint32Array(6);
  philox(Uint32Array.from(words.slice(0, 4)), words[4], words[5], out, 1);
  expect([...out]).toEqual([0, ...words.slice(6), 0]);
});

/** The same generator in exact 64-bit integers, written from the paper's equations. */
function philoxOfPaper(counter: readonly bigint[], key: readonly bigint[]): number[] {
  const mask = 0xffffffffn;
  let [r0, l0, r1, l1] = counter;
  for (let round = 0n; round < 10n; round++) {
    const product0 = 0xd2511f53n * r0;
    const product1 = 0xcd9e8d57n * r1;
    const k0 = (key[0] + round * 0x9e3779b9n) & mask;
    const k1 = (key[1] + round * 0xbb67ae85n) & mask;
    [r0, l0, r1, l1] = [(product1 >> 32n) ^ l0 ^ k0, product1 & mask, (product0 >> 32n) ^ l1 ^ k1, product0 & mask];
  }
  return [r0, l0, r1, l1].map(Number);
}

test("it agrees with exact 64-bit arithmetic on inputs that carry between halves", () => {
  const edges = [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffeffff, 0xffffffff];
  const out = new Uint32Array(4);
  for (const a of edges) {
    for (const b of edges) {
      philox(Uint32Array.of(a, b, b, a), a, b, out, 0);
      const [x, y] = [BigInt(a), BigInt(b)];
      expect([...out]).toEqual(philoxOfPaper([x, y, y, x], [x, y]));
    }
  }
});

test("several blocks at once are those of consecutive counters, carries included", () => {
  const last = 0xffffffff;
  for (const [low, high] of [
    [0, 0],
    [last, 3],
    [last - 2, 7],
    [last, last],
  ]) {
    const [pairs, singles] = [new Uint32Array(17), new Uint32Array(17)];
    philoxPairs(Uint32Array.of(low, high, 5, 6), 7, 8, pairs, 2);
    for (let i = 0; i < 4; i++) {
      const carried = low + i > last;
      philox(Uint32Array.of(low + i, high + (carried ? 1 : 0), 5, 6), 7, 8, singles, 4 * i);
    }
    expect([...pairs]).toEqual([...singles]);
  }
});
