// Full disks, failed writes, damaged checkpoints and changed data: one clear line each, and nothing lost.

import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors/index.ts";
import { type Backend, cpu } from "../../src/runtime/index.node.ts";
import {
  checkpointPath,
  describeData,
  MemoryStore,
  readJsonLines,
  readRun,
  type Store,
  StoreError,
  writeRun,
} from "../../src/train/index.ts";
import { expectEachStepOnce, expectSameEnd, filesOf, imagesInMemory, newest, run, smallMlp } from "./runs.ts";

const config = { ...smallMlp, steps: 5, checkpointEvery: 2, sampleEvery: 3, keepCheckpoints: 2 };

/** A store on a disk that is full from the `failing`-th change on. */
class FullStore implements Store {
  readonly where = "runs/full";
  readonly #store: Store;
  readonly #failing: number;
  changes = 0;

  constructor(store: Store, failing: number) {
    this.#store = store;
    this.#failing = failing;
  }

  read = (path: string) => this.#store.read(path);
  list = (folder: string) => this.#store.list(folder);
  exists = (path: string) => this.#store.exists(path);
  size = (path: string) => this.#store.size(path);
  write = (path: string, bytes: Uint8Array) => this.#change(path, () => this.#store.write(path, bytes));
  append = (path: string, line: string) => this.#change(path, () => this.#store.append(path, line));
  remove = (path: string) => this.#change(path, () => this.#store.remove(path));

  async #change(path: string, change: () => Promise<void>): Promise<void> {
    if (++this.changes >= this.#failing) throw new StoreError(`${path}: the disk is full (needs 1 MB)`, "Free space");
    await change();
  }
}

/** A run that was stopped after a step. */
async function stoppedAt(step: number) {
  let steps = 0;
  return run(config, { shouldStop: () => ++steps === step });
}

/** The message of the InputError that `work` must fail with. */
async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof InputError)) throw new Error(`expected an InputError, got ${error}`, { cause: error });
  return error.message;
}

test("a disk that fills at any change of the run: said in one line with the last checkpoint, and resumable to the same end", async () => {
  const { store: whole } = await run(config);
  const counting = new FullStore(new MemoryStore(), Number.POSITIVE_INFINITY);
  await run(config, { store: counting });
  expect(counting.changes).toBeGreaterThan(10);

  for (let failing = 1; failing <= counting.changes; failing++) {
    const disk = new MemoryStore();
    const message = await messageOf(run(config, { store: new FullStore(disk, failing) }));
    expect(message).toMatch(/^[\w./-]+: the disk is full \(needs 1 MB\); /);
    expect(message).toMatch(/\. Free space, then: ganforge resume runs\/full\.$/);
    expect(message).not.toContain("\n");

    const steps = (await disk.list("checkpoints")).map((name) => name.slice(0, 13));
    const last = steps.at(-1);
    expect(message).toContain(last ? `the last checkpoint ${last} is intact` : "there is no earlier checkpoint");
    if (last) expect((await newest(disk)).step).toBe(Number(last.slice(5)));
    await run(config, { store: disk });
    await expectSameEnd(disk, whole);
  }
});

describe("a damaged newest checkpoint", () => {
  test.each([
    { damage: "cut short", spoil: (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2) },
    { damage: "emptied", spoil: () => new Uint8Array() },
    {
      damage: "with one bit flipped",
      spoil: (bytes: Uint8Array) => bytes.with(bytes.length - 5, bytes[bytes.length - 5] ^ 4),
    },
  ])("$damage is named and passed over; the one before it leads to the same end", async ({ spoil }) => {
    const { store: whole } = await run(config);
    const { store } = await stoppedAt(4);
    const path = checkpointPath(4);
    await store.write(path, spoil(await store.read(path)));

    const { events } = await run(config, { store });
    expect(events[0]).toMatchObject({ type: "skipped-checkpoint", step: 4, reason: expect.stringContaining(path) });
    expect(events[1]).toMatchObject({ type: "ready", step: 2 });
    await expectSameEnd(store, whole);
    await expectEachStepOnce(store, 5);
  });

  test("beside nothing but other damaged ones ends the run with every file named, and touches none of them", async () => {
    const { store } = await run(config);
    for (const name of await store.list("checkpoints")) await store.write(`checkpoints/${name}`, new Uint8Array(10));
    const before = await filesOf(store);
    const message = await messageOf(run({ ...config, steps: 9 }, { store }));
    expect(message).toContain("none of its 2 checkpoints is sound");
    for (const name of await store.list("checkpoints")) expect(message).toContain(name);
    expect(await filesOf(store)).toEqual(before);
  });
});

describe("data", () => {
  const versions = { ganforge: "0" };

  test("that has changed since is refused with both fingerprints, and the run stays as it was", async () => {
    const { store } = await run(config);
    await writeRun(store, { config, data: describeData(imagesInMemory()), versions });
    const before = await filesOf(store);
    const dataset = imagesInMemory(22, { fingerprint: "noise 2" });
    const message = await messageOf(run({ ...config, steps: 9 }, { store, dataset }));
    expect(message).toBe(
      "--data: memory has changed since this run began: its fingerprint was noise 1, it is noise 2. Give the run its data back, or start a new run.",
    );
    expect(await filesOf(store)).toEqual(before);
  });

  test("of another shape is refused with both shapes", async () => {
    const { store } = await run(config);
    await writeRun(store, { config, data: describeData({ ...imagesInMemory(), shape: [3, 16, 16] }), versions });
    expect(await messageOf(run(config, { store }))).toContain("its samples were 3×16×16, they are 1×16×16");
  });

  test("that is as recorded is taken, and the record says what it is", async () => {
    const store = new MemoryStore();
    await writeRun(store, { config, data: describeData(imagesInMemory()), versions });
    await run(config, { store });
    expect((await readRun(store)).data).toEqual({
      kind: "images",
      sample: [1, 16, 16],
      count: 22,
      classes: [],
      fingerprint: "noise 1",
    });
    expect(describeData({ ...imagesInMemory(), count: Number.POSITIVE_INFINITY }).count).toBeNull();
  });

  test("of fewer images than a batch is refused with both numbers before anything is written", async () => {
    const store = new MemoryStore();
    expect(await messageOf(run(config, { store, dataset: imagesInMemory(3) }))).toBe(
      "--data: memory has 3 images; batch size 4 needs at least 4. Pass --batch 3 or give more images.",
    );
    expect(await filesOf(store)).toEqual(new Map());
  });

  test("that fails midway ends the run with its own message; it resumes to the same end", async () => {
    const { store: whole } = await run(config);
    const dataset = imagesInMemory();
    let reads = 0;
    const failing = {
      ...dataset,
      read: (indices: ArrayLike<number>) =>
        ++reads > 4
          ? Promise.reject(new InputError("--data: memory: the disk reports an error."))
          : dataset.read(indices),
    };
    const store = new MemoryStore();
    expect(await messageOf(run(config, { store, dataset: failing }))).toBe(
      "--data: memory: the disk reports an error.",
    );
    await run(config, { store });
    await expectSameEnd(store, whole);
  });

  test("with damaged images has each of them listed once, over all sessions of the run", async () => {
    const dataset = imagesInMemory();
    const problems = [{ item: "a.png", reason: "cut short" }];
    const damaged = { ...dataset, problems };
    const store = new MemoryStore();
    await run(config, { store, dataset: damaged, shouldStop: () => true });
    problems.push({ item: "b.png", reason: "not an image" });
    const { events } = await run(config, { store, dataset: damaged });
    expect(await readJsonLines(store, "problems.jsonl")).toEqual(problems);
    expect(events.filter(({ type }) => type === "problem")).toMatchObject(problems);
  });
});

test("what a run opens it closes, however it ends", async () => {
  let open = 0;
  let loads = 0;
  const backend: Backend = {
    ...cpu,
    async load(program, options) {
      const session = await cpu.load(program, options);
      open++;
      loads++;
      return { ...session, close: () => session.close().finally(() => open--) };
    },
  };
  await run(config, { backend });
  await messageOf(run(config, { backend, store: new FullStore(new MemoryStore(), 4) }));
  await messageOf(run(config, { backend, dataset: imagesInMemory(3) }));
  await messageOf(run({ ...config, keepCheckpoints: 1 }, { backend }));
  expect(loads).toBe(6); // two trainings, and two samplers of two sessions
  expect(open).toBe(0);
});
