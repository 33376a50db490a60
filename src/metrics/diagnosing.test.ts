import { expect, test } from "vitest";
import { stream } from "../random/index.ts";
import { diagnosingObserver } from "./diagnosing.ts";
import type { Diagnosis } from "./symptoms/doctor.ts";
import { WARM_UP } from "./symptoms/watching.ts";

const N = 16;
const SIZE = 16;
const shape = [1, 4, 4];
const drawings = stream(1, "drawings").fillNormal(new Float32Array(2 * SIZE));
/** Drawings of these two classes, one after another, with some noise. */
const pictures = (count: number, seed: number, classOf: (i: number) => number) =>
  stream(seed, "noise")
    .fillNormal(new Float32Array(count * SIZE), 0, 0.1)
    .map((value, at) => value + drawings[classOf(Math.floor(at / SIZE)) * SIZE + (at % SIZE)]);

/** Looks at samples that are all of the first of two classes; what it kept, and where it read labelled pictures. */
function watched(labelled?: string) {
  const reads: number[] = [];
  const kept: Diagnosis[] = [];
  const classes = {
    ...{ classes: ["hat", "shoe"], count: 100, shape },
    async read(start: number, count: number) {
      reads.push(start);
      return {
        values: pictures(count, start + 2, (i) => (start + i) % 2),
        labels: Int32Array.from({ length: count }, (_, i) => (start + i) % 2),
      };
    },
  };
  const observer = diagnosingObserver({
    every: 10,
    async look() {
      const [made, real] = [pictures(N, 7, () => 0), pictures(N, 8, (i) => i % 2)];
      return { made, real, shape, labelled: labelled ?? classes };
    },
    async keep(diagnoses) {
      kept.splice(0, kept.length, ...diagnoses);
    },
  });
  const nothing = async () => ({});
  const step = async (at: number) =>
    (await observer.step({ step: at, metrics: { "gradient/G": 1 }, weights: nothing, state: nothing }))!;
  return { step, reads, missing: () => kept.find(({ name }) => name === "missing-classes")! };
}

test("classes are learnt once, when samples are first judged, and missing ones are told of", async () => {
  const { step, reads, missing } = watched();
  for (let at = 1; at < WARM_UP; at++) await step(at);
  expect(reads).toEqual([]);
  expect(missing().needs).toBeUndefined();
  const { numbers } = await step(WARM_UP);
  expect(reads).toEqual([0, 64]);
  expect(numbers).toMatchObject({ "samples/class/shoe": 0 });
  expect(numbers!["samples/class/hat"]).toBeCloseTo(2, 1);
  const remarks: string[] = [];
  for (let at = WARM_UP + 1; at <= WARM_UP + 40; at++) remarks.push(...((await step(at)).remarks ?? []));
  expect(reads).toEqual([0, 64]);
  expect(remarks.filter((line) => line.includes("Missing: shoe."))).toHaveLength(1);
  expect(missing()).toMatchObject({ present: true, since: WARM_UP + 40 });
});

test("where there are no classes to learn, it is said from the first look on what is needed", async () => {
  const { step, missing } = watched("pictures with classes");
  await step(10);
  expect(missing().needs).toBe("pictures with classes");
});
