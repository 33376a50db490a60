import { describe, expect, test } from "vitest";
import { decodePng } from "../formats/index.ts";
import { drawMasks, Sitting, type SittingOptions } from "./sitting.ts";

/** A "picture" that says which it is. */
const picture = (n: number) => Uint8Array.of(n);
const pictures = (from: number, count: number) => Array.from({ length: count }, (_, i) => picture(from + i));

/** Real ones are below 100, those of a from 100 on, those of b from 200 on. */
const options: SittingOptions = {
  real: pictures(0, 20),
  made: { a: pictures(100, 10), b: pictures(200, 10) },
  pairs: { a: pictures(110, 30), b: pictures(210, 30) },
  ...{ exposure: [250, 500], sitting: 1, seed: 1 },
};

/** Answers everything, and gives what was seen on the way. */
function play(sitting: Sitting, answer: (kind: "one" | "two", first: number) => string) {
  const seen: { kind: "one" | "two"; pictures: number[]; milliseconds: number | null }[] = [];
  for (let question = sitting.question; question !== undefined; question = sitting.question) {
    const { number, kind, milliseconds } = question;
    const shown = [0, 1].flatMap((place) => [...(sitting.picture(number, place) ?? [])]);
    seen.push({ kind, pictures: shown, milliseconds });
    expect(sitting.answer(number, answer(kind, shown[0]))).toBeDefined();
  }
  return seen;
}

describe("a sitting", () => {
  test("shows every picture once, single ones first, and keeps the truth of each answer", () => {
    const sitting = new Sitting(options);
    const seen = play(sitting, (kind, first) => (kind === "two" ? "left" : first < 100 ? "real" : "made"));
    expect(seen.map(({ kind }) => kind)).toEqual([...Array(40).fill("one"), ...Array(30).fill("two")]);
    const all = [options.real, ...Object.values(options.made), ...Object.values(options.pairs!)].flat();
    const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
    expect(sorted(seen.flatMap((each) => each.pictures))).toEqual(sorted(all.map(([n]) => n)));
    for (const [i, judgement] of sitting.judgements.entries()) {
      const [first, second] = seen[i].pictures;
      const by = (n: number) => (n < 100 ? undefined : n < 200 ? "a" : "b");
      if (judgement.kind === "one")
        expect([judgement.truth === judgement.answer, judgement.by]).toEqual([true, by(first)]);
      else expect([judgement.left, judgement.right]).toEqual([by(first), by(second)]);
    }
  });

  test("shows as many real pictures as made ones for each time, and pairs without a limit", () => {
    const seen = play(new Sitting(options), (kind) => (kind === "two" ? "left" : "real"));
    const count = (time: number | null, real: boolean) =>
      seen.filter(({ milliseconds, pictures: [n] }) => milliseconds === time && n < 100 === real).length;
    expect([count(250, true), count(250, false), count(500, true), count(500, false)]).toEqual([10, 10, 10, 10]);
    expect(seen.slice(40).every(({ milliseconds }) => milliseconds === null)).toBe(true);
  });

  test("has an order that gives nothing away: mixed, each maker on either side, another for another seed or sitting", () => {
    const orderOf = (other: Partial<SittingOptions>) =>
      play(new Sitting({ ...options, ...other }), (kind) => (kind === "two" ? "left" : "real")).map(
        (each) => each.pictures,
      );
    const order = orderOf({});
    expect(orderOf({})).toEqual(order);
    expect(orderOf({ seed: 2 })).not.toEqual(order);
    expect(orderOf({ sitting: 2 })).not.toEqual(order);
    const real = order.slice(0, 40).map(([n]) => n < 100);
    const changes = real.slice(1).filter((each, i) => each !== real[i]).length;
    expect(changes).toBeGreaterThan(10); // 20 are expected
    expect(changes).toBeLessThan(30);
    const left = order.slice(40).filter(([n]) => n < 200).length;
    expect(left).toBeGreaterThan(6); // 15 are expected
    expect(left).toBeLessThan(24);
  });

  test("takes no answer twice, ahead of its turn, or in other words, and shows no picture but those it asks about", () => {
    const sitting = new Sitting(options);
    expect(sitting.answer(2, "real")).toBeUndefined();
    expect(sitting.answer(1, "left")).toBeUndefined();
    expect(sitting.answer(1, "fake")).toBeUndefined();
    expect([sitting.picture(2, 0), sitting.picture(0, 0), sitting.picture(1, 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(sitting.answer(1, "real")).toBeDefined();
    expect(sitting.answer(1, "real")).toBeUndefined();
    expect(sitting.picture(1, 0)).toBeUndefined();
    expect(sitting.judgements).toHaveLength(1);
  });

  test("by staircase goes down 10 ms when right and up 30 when wrong, and stays within 100 and 1000", () => {
    const times = (right: boolean) => {
      const sitting = new Sitting({ ...options, real: pictures(0, 50), pairs: {}, exposure: "staircase" });
      const seen = play(sitting, (_, first) => (first < 100 === right ? "real" : "made"));
      return seen.map(({ milliseconds }) => milliseconds);
    };
    expect(times(true).slice(0, 3)).toEqual([500, 490, 480]);
    expect(times(true).at(-1)).toBe(100);
    expect(times(false).slice(0, 3)).toEqual([500, 530, 560]);
    expect(times(false).at(-1)).toBe(1000);
  });
});

test("masks are pictures, different and the same again", () => {
  const masks = drawMasks(3, 1);
  for (const mask of masks) expect(decodePng(mask, "mask")).toMatchObject({ width: 64, height: 64, channels: 3 });
  expect(masks[0]).not.toEqual(masks[1]);
  expect(drawMasks(3, 1)).toEqual(masks);
});
