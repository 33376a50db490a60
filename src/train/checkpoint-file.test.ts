import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { type JsonObject, readSafetensors, type SafeTensor, writeSafetensors } from "../formats/index.ts";
import { type Checkpoint, Checkpoints, checkpointPath, decodeCheckpoint, encodeCheckpoint } from "./checkpoint-file.ts";
import { sha256 } from "./store.node.ts";
import { StoreError } from "./store.ts";
import { MemoryStore } from "./store-memory.ts";

const checkpoint = (step: number): Checkpoint => ({
  step,
  tensors: new Map<string, SafeTensor>([
    ["G.dense.weight", { shape: [2, 2], data: Float32Array.from([0.5, -0, 1e-40, step]) }],
    ["G.adam.t", { shape: [], data: BigInt64Array.from([BigInt(step)]) }],
  ]),
  state: { random: { seed: 7, iteration: step }, data: { epoch: 1, index: 12 }, note: '"sha256":"' },
});

describe("a checkpoint's file", () => {
  test("gives back what it was given", async () => {
    const bytes = await encodeCheckpoint(checkpoint(100), sha256);
    expect(await decodeCheckpoint(bytes, "x", sha256)).toEqual(checkpoint(100));
    expect(readSafetensors(bytes, "x").tensors).toEqual(checkpoint(100).tensors); // any safetensors reader can open it
  });

  test("is still what version 1 was: this one was written on the first day", async () => {
    const bytes = Buffer.from(FIRST_DAY, "base64");
    expect(await decodeCheckpoint(bytes, "first", sha256)).toEqual(checkpoint(100));
    expect(Buffer.from(await encodeCheckpoint(checkpoint(100), sha256)).toString("base64")).toBe(FIRST_DAY);
  });

  test("is refused cut off at any length, or grown", async () => {
    const bytes = await encodeCheckpoint(checkpoint(100), sha256);
    for (let length = 0; length < bytes.length; length++) {
      await expect(decodeCheckpoint(bytes.subarray(0, length), "x", sha256), `${length}`).rejects.toThrow(InputError);
    }
    const grown = new Uint8Array(bytes.length + 1);
    grown.set(bytes);
    await expect(decodeCheckpoint(grown, "x", sha256)).rejects.toThrow("x: damaged: its SHA-256 is");
  });

  test("is refused with any one bit flipped", async () => {
    const bytes = await encodeCheckpoint(checkpoint(100), sha256);
    let refused = 0;
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      await decodeCheckpoint(damaged, "x", sha256).catch((error: unknown) => {
        if (!(error instanceof InputError)) throw new Error(`bit ${bit}`, { cause: error });
        refused++;
      });
    }
    expect(refused).toBe(8 * bytes.length);
  });

  test("says what is wrong: no checkpoint, damage, or a newer ganforge", async () => {
    const plain = writeSafetensors(checkpoint(1).tensors, { format: "pt" });
    await expect(decodeCheckpoint(plain, "w.safetensors", sha256)).rejects.toThrow(
      "w.safetensors: not a ganforge checkpoint",
    );

    const sealed = async (metadata: Record<string, string>) => {
      const bytes = writeSafetensors(new Map(), { sha256: "0".repeat(64), ...metadata });
      bytes.set(Buffer.from(await sha256([bytes])), 8 + '{"__metadata__":{"sha256":"'.length);
      return decodeCheckpoint(bytes, "x", sha256);
    };
    const good = { format: "ganforge-checkpoint", version: "1", step: "3", state: "{}" };
    expect(await sealed(good)).toEqual({ step: 3, tensors: new Map(), state: {} });
    await expect(sealed({ ...good, version: "2" })).rejects.toThrow(
      "x: ganforge-checkpoint version 2, this ganforge reads ganforge-checkpoint 1. Update ganforge.",
    );
    await expect(sealed({ ...good, format: "other" })).rejects.toThrow("x: other version 1, this ganforge reads");
    await expect(sealed({ ...good, version: "x" })).rejects.toThrow("version x, this ganforge reads");
    for (const step of ["", "1.5", "-1", "x", "9007199254740992"]) {
      await expect(sealed({ ...good, step })).rejects.toThrow(InputError);
    }
    for (const state of ["", "[]", "null", '{"a":1,"a":2}']) {
      await expect(sealed({ ...good, state })).rejects.toThrow(InputError);
    }
    const { state: _, ...stateless } = good;
    await expect(sealed(stateless)).rejects.toThrow(InputError);
  });

  test("is not made of a state that JSON would change, or a step that is none", async () => {
    const of = (change: Partial<Checkpoint>) => encodeCheckpoint({ ...checkpoint(1), ...change }, sha256);
    await expect(of({ state: { random: { offset: Number.NaN } } })).rejects.toThrow('state "offset" is NaN');
    await expect(of({ state: { list: [1, Number.POSITIVE_INFINITY] } })).rejects.toThrow('state "1" is Infinity');
    await expect(of({ step: -1 })).rejects.toThrow("step is -1");
    await expect(of({ step: 1.5 })).rejects.toThrow("step is 1.5");
  });

  test("takes a hash that answers later, as a browser's does", async () => {
    const later = async (parts: readonly Uint8Array[]) => sha256(parts);
    expect(await decodeCheckpoint(await encodeCheckpoint(checkpoint(5), later), "x", later)).toEqual(checkpoint(5));
  });
});

async function runOf(steps: readonly number[], options?: { newest?: number }) {
  const store = new MemoryStore();
  const checkpoints = new Checkpoints(store, sha256, { newest: 99 });
  for (const step of steps) await checkpoints.save(checkpoint(step));
  return { store, checkpoints: new Checkpoints(store, sha256, options) }; // one that has seen none of them
}

async function damage(store: MemoryStore, step: number): Promise<void> {
  const bytes = await store.read(checkpointPath(step));
  bytes[bytes.length - 1] ^= 1;
  await store.write(checkpointPath(step), bytes);
}

describe("Checkpoints", () => {
  test("lists by step, whatever the length of its number, and only its own files", async () => {
    const { store, checkpoints } = await runOf([123_456_789, 99_999_999, 100, 0]);
    for (const name of [
      "step-1.safetensors",
      "step-000000100.safetensors",
      "step-00000007.json",
      "other.safetensors",
    ]) {
      await store.write(`checkpoints/${name}`, new Uint8Array(1));
    }
    expect(await checkpoints.list()).toEqual([0, 100, 99_999_999, 123_456_789]);
    expect(checkpointPath(100)).toBe("checkpoints/step-00000100.safetensors");
    expect(await new Checkpoints(new MemoryStore(), sha256).list()).toEqual([]);
  });

  test("loads the newest, or any by its step", async () => {
    const { checkpoints } = await runOf([50, 100]);
    expect(await checkpoints.latest()).toEqual(checkpoint(100));
    expect(await checkpoints.load(50)).toEqual(checkpoint(50));
    expect(await new Checkpoints(new MemoryStore(), sha256).latest()).toBeUndefined();
  });

  test("falls back to the newest sound one, and tells which it skipped and why", async () => {
    const { store, checkpoints } = await runOf([10, 20, 30, 40]);
    await damage(store, 40);
    await store.write(checkpointPath(30), (await store.read(checkpointPath(30))).subarray(0, 200));
    const skipped: [number, string][] = [];
    expect(await checkpoints.latest((step, reason) => skipped.push([step, reason]))).toEqual(checkpoint(20));
    expect(skipped.map(([step]) => step)).toEqual([40, 30]);
    for (const [step, reason] of skipped) expect(reason).toContain(`${checkpointPath(step)}: damaged: its SHA-256 is`);
  });

  test("says so when all are damaged, with the reason for each", async () => {
    const { store, checkpoints } = await runOf([10, 20]);
    await damage(store, 10);
    await damage(store, 20);
    await expect(checkpoints.latest()).rejects.toThrow(InputError);
    await expect(checkpoints.latest()).rejects.toThrow(
      /^memory: none of its 2 checkpoints is sound. .*00000020.*00000010.* Or start a new run\.$/,
    );
  });

  test("does not pass over one that the store cannot read: it may be sound", async () => {
    const { store, checkpoints } = await runOf([10, 20]);
    const read = store.read.bind(store);
    store.read = async (path) => {
      if (path === checkpointPath(20)) throw new StoreError(`${path}: permission denied`, "Allow it to this user");
      return read(path);
    };
    await expect(checkpoints.latest(() => expect.fail("skipped"))).rejects.toThrow(
      "00000020.safetensors: permission denied",
    );
  });

  test("when a named one cannot be loaded, says why and which is good", async () => {
    const { store, checkpoints } = await runOf([10, 20, 30]);
    await damage(store, 30);
    await damage(store, 10);
    await expect(checkpoints.load(30)).rejects.toThrow(
      /^checkpoints\/step-00000030\.safetensors: damaged: .* Of this run, the last checkpoint step-00000020 is intact\.$/,
    );
    await expect(checkpoints.load(25)).rejects.toThrow(
      "memory: no checkpoint of step 25; there are 10, 20, 30. Name one of those.",
    );
    await expect(new Checkpoints(new MemoryStore(), sha256).load(1)).rejects.toThrow(
      "no checkpoint of step 1; there are none",
    );
  });

  test("refuses a file under another's name", async () => {
    const { store, checkpoints } = await runOf([10]);
    await store.write(checkpointPath(20), await store.read(checkpointPath(10)));
    await expect(checkpoints.load(20)).rejects.toThrow("00000020.safetensors: holds step 10, its name says 20");
    expect((await checkpoints.latest())?.step).toBe(10);
  });

  test("keeps the newest and those it is told to", async () => {
    const { checkpoints } = await runOf([], { newest: 3 });
    for (const step of [10, 20, 30, 40, 50]) await checkpoints.save(checkpoint(step), [20]);
    expect(await checkpoints.list()).toEqual([20, 30, 40, 50]);
    await checkpoints.save(checkpoint(60));
    expect(await checkpoints.list()).toEqual([40, 50, 60]);
    expect(() => new Checkpoints(new MemoryStore(), sha256, { newest: 1 })).toThrow("at least 2 must be kept, got 1");
  });

  test("counts only sound ones as kept, so a damaged one never costs the last good one", async () => {
    const { store, checkpoints } = await runOf([10, 20, 30, 40]);
    await damage(store, 40);
    await damage(store, 30);
    await checkpoints.save(checkpoint(50));
    expect(await checkpoints.list()).toEqual([20, 30, 40, 50]);
    await damage(store, 50);
    expect((await checkpoints.latest())?.step).toBe(20);
  });

  test("saving an earlier step leaves later ones, until removeAfter", async () => {
    const { checkpoints } = await runOf([10, 20, 30, 40]);
    await checkpoints.save(checkpoint(15));
    expect(await checkpoints.list()).toEqual([10, 15, 20, 30, 40]);
    await checkpoints.removeAfter(15);
    expect(await checkpoints.list()).toEqual([10, 15]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses %d in any float tensor, and leaves the disk as it was",
    async (bad) => {
      const { store, checkpoints } = await runOf([10, 20]);
      store.write = () => expect.fail("wrote");
      store.remove = () => expect.fail("removed");
      for (const data of [Float32Array.from([0, 0, bad, 0]), Float64Array.from([0, 0, bad, 0])]) {
        const tensors = new Map<string, SafeTensor>([...checkpoint(30).tensors, ["G.adam.v", { shape: [4], data }]]);
        const save = checkpoints.save({ ...checkpoint(30), tensors });
        await expect(save).rejects.toThrow(InputError);
        await expect(save).rejects.toThrow(
          `step 30: "G.adam.v" holds ${bad} (element 2 of 4), so no checkpoint is written; the last checkpoint step-00000020 is intact.`,
        );
      }
    },
  );

  test("tells a store's failure with the last good step and the way on, and passes on any other", async () => {
    const { store, checkpoints } = await runOf([10, 20]);
    await damage(store, 20);
    store.write = async (path) => {
      throw new StoreError(`${path}: the disk is full (needs 12.3 MB)`, "Free space");
    };
    await expect(checkpoints.save(checkpoint(30))).rejects.toThrow(
      "checkpoints/step-00000030.safetensors: the disk is full (needs 12.3 MB); the last checkpoint step-00000010 is intact. Free space, then: ganforge resume memory.",
    );
    store.write = async () => {
      throw new TypeError("a bug");
    };
    await expect(checkpoints.save(checkpoint(30))).rejects.toThrow(TypeError);
    expect(await checkpoints.list()).toEqual([10, 20]);
  });

  test("a state of many keys and any text comes back the same", async () => {
    const state: JsonObject = {
      ["__proto__"]: 1,
      "": [null, true, '\u2028\\"\n\u{1f600}'],
      deep: { a: [{ b: [[]] }] },
      7: -0.1,
      3: 1e300,
    };
    const { checkpoints } = await runOf([]);
    await checkpoints.save({ step: 1, tensors: new Map(), state });
    expect((await checkpoints.load(1)).state).toEqual(state);
  });
});

const FIRST_DAY =
  "mAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJzaGEyNTYiOiI1ZjAwNTMzNmY4N2I1OWVkYmRiMzYzYmFiYWU2M2NhMjFlNGJjYjYyY2U1ZGNjZmI5NWQ1MGRjZTQyZGU2NGM3IiwiZm9ybWF0IjoiZ2FuZm9yZ2UtY2hlY2twb2ludCIsInZlcnNpb24iOiIxIiwic3RlcCI6IjEwMCIsInN0YXRlIjoie1wicmFuZG9tXCI6e1wic2VlZFwiOjcsXCJpdGVyYXRpb25cIjoxMDB9LFwiZGF0YVwiOntcImVwb2NoXCI6MSxcImluZGV4XCI6MTJ9LFwibm90ZVwiOlwiXFxcInNoYTI1NlxcXCI6XFxcIlwifSJ9LCJHLmRlbnNlLndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwyXSwiZGF0YV9vZmZzZXRzIjpbOCwyNF19LCJHLmFkYW0udCI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbMCw4XX19ICAgICBkAAAAAAAAAAAAAD8AAACAwhYBAAAAyEI=";
