import { expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { InputError } from "../errors/index.ts";
import { toSchedule } from "../optim/index.ts";
import { decaying } from "./decay.ts";

const rates = (decayFrom: number, decayTo: number, at: readonly number[]) =>
  at.map(toSchedule(decaying(0.4, { decayFrom, decayTo })));

test("is held, falls on a straight line, and ends at 0", () => {
  expectClose(rates(10, 14, [1, 10, 11, 13, 14, 99]), [0.4, 0.4, 0.3, 0.1, 0, 0], { atol: 1e-12 });
});

test("never falls unless told when to end", () => {
  expect(rates(0, 0, [1, 1e6])).toEqual([0.4, 0.4]);
  expect(rates(7, 0, [1, 1e6])).toEqual([0.4, 0.4]);
});

test("refuses to end before it begins, naming both", () => {
  for (const decayTo of [3, 7]) {
    expect(() => rates(7, decayTo, [])).toThrow(InputError);
    expect(() => rates(7, decayTo, [])).toThrow(`--decay-to: must come after --decay-from, got ${decayTo} and 7.`);
  }
});
