// A run's checkpoints: one safetensors file each, sealed by a SHA-256 over the whole file, so that no damage loads unnoticed;
// and the folder of them, which never gives up its last good ones.

import { InputError } from "../errors/index.ts";
import {
  type Elements,
  encodeUtf8,
  isJsonObject,
  type JsonObject,
  parseJson,
  readSafetensors,
  type SafeTensor,
  writeSafetensors,
} from "../formats/index.ts";
import { type Store, StoreError } from "./store.ts";

/** The SHA-256 of the parts, one after another, as 64 lower-case hexadecimal digits. Passed in: the core has no cryptography. */
export type Sha256 = (parts: readonly Uint8Array[]) => string | Promise<string>;

/** A run at the end of step `step`: its tensors by name, and all else it needs to go on, as JSON. */
export interface Checkpoint {
  readonly step: number;
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  readonly state: JsonObject;
}

const FORMAT = "ganforge-checkpoint";
const VERSION = "1";
const FOLDER = "checkpoints";

/** The seal's 64 digits stand at a fixed place, being the first metadata of the header; they count as zeros in what they seal. */
const BEFORE_SEAL = encodeUtf8('{"__metadata__":{"sha256":"');
const SEAL_START = 8 + BEFORE_SEAL.length;
const SEAL_END = SEAL_START + 64;
const NO_SEAL = "0".repeat(64);

/** The bytes of a checkpoint's file. Throws when `step` is no whole number in [0, 10¹⁵) or `state` holds a number that JSON cannot say. */
export async function encodeCheckpoint({ step, tensors, state }: Checkpoint, sha256: Sha256): Promise<Uint8Array> {
  if (!Number.isInteger(step) || step < 0 || step >= 1e15) throw new Error(`checkpoint: step is ${step}`);
  const json = JSON.stringify(state, (key, value) => {
    if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`checkpoint: state "${key}" is ${value}`);
    return value;
  });
  const metadata = { sha256: NO_SEAL, format: FORMAT, version: VERSION, step: `${step}`, state: json };
  const bytes = writeSafetensors(tensors, metadata);
  bytes.set(encodeUtf8(await seal(bytes, sha256)), SEAL_START);
  return bytes;
}

/** The checkpoint in a file. Throws InputError, naming `where`, when a single bit of it is not as written, or a newer ganforge wrote it. */
export async function decodeCheckpoint(bytes: Uint8Array, where: string, sha256: Sha256): Promise<Checkpoint> {
  if (bytes.length < SEAL_END || !BEFORE_SEAL.every((byte, i) => bytes[8 + i] === byte)) {
    throw new InputError(`${where}: not a ganforge checkpoint, or damaged at its start. Use another checkpoint.`);
  }
  const found = String.fromCharCode(...bytes.subarray(SEAL_START, SEAL_END));
  const expected = await seal(bytes, sha256);
  if (found !== expected) {
    throw new InputError(
      `${where}: damaged: its SHA-256 is ${expected.slice(0, 8)}…, it was written with ${found.slice(0, 8)}…. Use another checkpoint.`,
    );
  }
  const { tensors, metadata } = readSafetensors(bytes, where);
  const { format, version, step = "", state = "" } = metadata;
  if (format !== FORMAT || version !== VERSION) {
    throw new InputError(
      `${where}: ${format} version ${version}, this ganforge reads ${FORMAT} ${VERSION}. Update ganforge.`,
    );
  }
  const value = parseJson(state, `${where}: state`);
  if (!/^\d{1,15}$/.test(step) || !isJsonObject(value)) {
    throw new InputError(`${where}: step "${step}" or its state is malformed. Use another checkpoint.`);
  }
  return { step: Number(step), tensors, state: value };
}

function seal(bytes: Uint8Array, sha256: Sha256): string | Promise<string> {
  return sha256([bytes.subarray(0, SEAL_START), encodeUtf8(NO_SEAL), bytes.subarray(SEAL_END)]);
}

/** The path of a step's checkpoint in its store, e.g. checkpoints/step-00000100.safetensors. */
export function checkpointPath(step: number): string {
  return `${FOLDER}/${nameOf(step)}.safetensors`;
}

function nameOf(step: number): string {
  return `step-${String(step).padStart(8, "0")}`;
}

/**
 * The checkpoints of the run in `store`.
 *
 * @example const checkpoints = new Checkpoints(await openNodeStore("runs/00012"), sha256);
 * await checkpoints.save({ step: 100, tensors, state });
 * const latest = await checkpoints.latest((step, reason) => report(reason));
 */
export class Checkpoints {
  readonly #store: Store;
  readonly #sha256: Sha256;
  readonly #newest: number;
  /** Steps whose file was seen sound, by writing or reading it, since this object was made. */
  readonly #sound = new Set<number>();

  /** `newest` sound checkpoints are kept, at least 2: the one before the last must outlive the writing of the last. */
  constructor(store: Store, sha256: Sha256, { newest = 2 }: { newest?: number } = {}) {
    if (!Number.isInteger(newest) || newest < 2) {
      throw new InputError(`checkpoints: at least 2 must be kept, got ${newest}. Keep 2 or more.`);
    }
    this.#store = store;
    this.#sha256 = sha256;
    this.#newest = newest;
  }

  /**
   * Writes and verifies the checkpoint, then removes older ones, except the newest sound and those of the steps in `keep`.
   * Throws InputError before anything is written when a value is not finite, and when the store cannot write; what was there is intact then.
   */
  async save(checkpoint: Checkpoint, keep: readonly number[] = []): Promise<void> {
    const { step, tensors } = checkpoint;
    for (const [name, { data }] of tensors) {
      const bad = firstNotFinite(data);
      if (bad === undefined) continue;
      throw new InputError(
        `step ${step}: "${name}" holds ${data[bad]} (element ${bad} of ${data.length}), so no checkpoint is written; ${await this.#lastSound()}. Training has diverged: lower the learning rate.`,
      );
    }
    const bytes = await encodeCheckpoint(checkpoint, this.#sha256);
    this.#sound.delete(step);
    try {
      await this.#store.write(checkpointPath(step), bytes); // resolves only when the bytes were read back the same
    } catch (cause) {
      throw cause instanceof StoreError ? await this.explain(cause) : cause;
    }
    this.#sound.add(step);
    await this.#prune(step, keep);
  }

  /** A failure of the run's store as its user needs to hear it: what remains, and how to go on. */
  async explain(cause: StoreError): Promise<InputError> {
    const { problem, remedy } = cause;
    const last = await this.#lastSound();
    return new InputError(`${problem}; ${last}. ${remedy}, then: ganforge resume ${this.#store.where}.`, { cause });
  }

  /** The steps that have a checkpoint, sound or not, in order. */
  async list(): Promise<number[]> {
    const names = await this.#store.list(FOLDER);
    const steps = names.map((name) => Number(/^step-(\d{8,15})\./.exec(name)?.[1]));
    const own = steps.filter((step, i) => `${FOLDER}/${names[i]}` === checkpointPath(step));
    return own.sort((a, b) => a - b);
  }

  /** The checkpoint of a step. Throws InputError, which offers the last good one, when it is missing or damaged. */
  async load(step: number): Promise<Checkpoint> {
    const steps = await this.list();
    if (!steps.includes(step)) {
      const offer = steps.length > 0 ? `there are ${steps.join(", ")}` : "there are none";
      throw new InputError(`${this.#store.where}: no checkpoint of step ${step}; ${offer}. Name one of those.`);
    }
    try {
      return await this.#read(step);
    } catch (cause) {
      if (!(cause instanceof InputError)) throw cause;
      throw new InputError(`${cause.message} Of this run, ${await this.#lastSound()}.`, { cause });
    }
  }

  /**
   * The newest checkpoint that is sound; undefined when there is none at all. `onSkip` hears of each newer one that is damaged.
   * Throws InputError when all are damaged, and at once when the store cannot read one, which may be as sound as any.
   */
  async latest(onSkip: (step: number, reason: string) => void = () => {}): Promise<Checkpoint | undefined> {
    const steps = await this.list();
    const reasons: string[] = [];
    for (const step of steps.toReversed()) {
      try {
        return await this.#read(step);
      } catch (error) {
        if (!(error instanceof InputError) || error instanceof StoreError) throw error;
        onSkip(step, error.message);
        reasons.push(error.message);
      }
    }
    if (steps.length === 0) return undefined;
    throw new InputError(
      `${this.#store.where}: none of its ${steps.length} checkpoints is sound. ${reasons.join(" ")} Or start a new run.`,
    );
  }

  /** Removes the checkpoints past `step`: when a run goes on from an earlier step, they are of a future that will not be. */
  async removeAfter(step: number): Promise<void> {
    for (const later of await this.list()) if (later > step) await this.#remove(later);
  }

  async #read(step: number): Promise<Checkpoint> {
    const path = checkpointPath(step);
    this.#sound.delete(step);
    const checkpoint = await decodeCheckpoint(await this.#store.read(path), path, this.#sha256);
    if (checkpoint.step !== step) {
      throw new InputError(`${path}: holds step ${checkpoint.step}, its name says ${step}. Give it its name back.`);
    }
    this.#sound.add(step);
    return checkpoint;
  }

  async #isSound(step: number): Promise<boolean> {
    if (this.#sound.has(step)) return true;
    try {
      await this.#read(step);
      return true;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  }

  /** A clause on the newest sound checkpoint, for messages. */
  async #lastSound(): Promise<string> {
    for (const step of (await this.list()).toReversed()) {
      if (await this.#isSound(step)) return `the last checkpoint ${nameOf(step)} is intact`;
    }
    return "there is no earlier checkpoint";
  }

  /** Of the steps up to the one just saved: keeps the newest sound ones and `keep`, removes what is older. */
  async #prune(saved: number, keep: readonly number[]): Promise<void> {
    let sound = 0;
    for (const step of (await this.list()).toReversed()) {
      if (step > saved) continue;
      if (sound < this.#newest) sound += (await this.#isSound(step)) ? 1 : 0;
      else if (!keep.includes(step)) await this.#remove(step);
    }
  }

  async #remove(step: number): Promise<void> {
    this.#sound.delete(step);
    await this.#store.remove(checkpointPath(step));
  }
}

/** The index of the first NaN or infinity, or undefined: whole numbers have none. */
function firstNotFinite(data: Elements): number | undefined {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return undefined;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
  return undefined;
}
