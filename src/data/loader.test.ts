import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import type { Batch, Dataset } from "./dataset.ts";
import { createLoader } from "./loader.ts";
import { sampleOrder } from "./order.ts";

/** Ten images [1, 1, 2] whose pixels are (index, −index); reads end when `gate` lets them, and fail for the batches in `failing`. */
function fake({ gate = Promise.resolve(), failing = new Set<number>() } = {}) {
  const reads: number[][] = [];
  let under = 0;
  const dataset: Dataset = {
    spec: "fake",
    kind: "images",
    shape: [1, 1, 2],
    count: 10,
    classes: ["all"],
    fingerprint: "fake 1",
    problems: [],
    async read(indices): Promise<Batch> {
      const call = reads.push(Array.from(indices)) - 1;
      under++;
      await gate;
      under--;
      if (failing.has(call)) throw new Error(`read ${call} failed`);
      const values = Float32Array.from(Array.from(indices).flatMap((index) => [index, -index]));
      return { values, labels: new Int32Array(indices.length) };
    },
    async close() {},
  };
  return { dataset, reads, under: () => under };
}

test("it gives the batches of the sample order, one after another, from its position", async () => {
  const { dataset } = fake();
  const order = sampleOrder(dataset, { batch: 3, seed: 4 });
  const loader = createLoader(dataset, { batch: 3, seed: 4, position: 2 });
  for (const position of [2, 3, 4, 5, 6]) {
    expect([loader.position, loader.epoch]).toEqual([position, Math.floor(position / 3)]);
    const { values } = await loader.next();
    expect([...values]).toEqual(order.indices(position).flatMap((index) => [index, -index]));
  }
  await loader.close();
});

test("it prepares so many batches ahead and no more", async () => {
  const { dataset, reads } = fake();
  const loader = createLoader(dataset, { batch: 2, seed: 1, ahead: 3 });
  expect(reads).toHaveLength(3);
  await loader.next();
  await loader.next();
  expect(reads).toHaveLength(5);
  await loader.close();
  const lazy = fake();
  const one = createLoader(lazy.dataset, { batch: 2, seed: 1, ahead: 0 });
  expect(lazy.reads).toHaveLength(0);
  await one.next();
  expect(lazy.reads).toHaveLength(1);
  await one.close();
});

test("an error comes with the batch that it belongs to, and the others still come", async () => {
  const { dataset } = fake({ failing: new Set([1]) });
  const loader = createLoader(dataset, { batch: 2, seed: 1 });
  await loader.next();
  await expect(loader.next()).rejects.toThrow("read 1 failed");
  expect((await loader.next()).labels).toHaveLength(2);
  await loader.close();
});

test("closing waits for reads under way, and nothing is given afterwards", async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { dataset, under } = fake({ gate });
  const loader = createLoader(dataset, { batch: 2, seed: 1 });
  let closed = false;
  const closing = loader.close().then(() => {
    closed = true;
  });
  await Promise.resolve();
  expect([under(), closed]).toEqual([2, false]);
  release();
  await closing;
  expect(under()).toBe(0);
  await expect(loader.next()).rejects.toThrow("after close");
});

test("flipping mirrors about half of the images, the same ones for the same seed and position", async () => {
  const { dataset } = fake();
  const flips = async (seed: number, position: number, batches: number) => {
    const loader = createLoader(dataset, { batch: 10, seed, position, flip: true });
    const found: boolean[] = [];
    for (let i = 0; i < batches; i++) {
      const { values } = await loader.next();
      for (let k = 0; k < values.length; k += 2) {
        expect(values[k] + values[k + 1]).toBe(0);
        if (values[k] !== 0) found.push(values[k] < 0);
      }
    }
    await loader.close();
    return found;
  };
  const all = await flips(1, 0, 100);
  expect(all).toHaveLength(900);
  expect(Math.abs(all.filter(Boolean).length - 450)).toBeLessThan(75); // 5 standard errors
  expect(await flips(1, 60, 40)).toEqual(all.slice(540));
  expect(await flips(2, 0, 100)).not.toEqual(all);
});

test("points cannot be flipped", () => {
  const points: Dataset = { ...fake().dataset, kind: "points", shape: [2] };
  expect(() => createLoader(points, { batch: 2, seed: 1, flip: true })).toThrow(InputError);
});
