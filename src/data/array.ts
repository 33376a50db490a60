// Samples that are in memory already, made or decoded by the program that trains on them.
import { InputError } from "../errors/index.ts";
import { bytesOf } from "../formats/index.ts";
import type { Dataset } from "./dataset.ts";

/**
 * A data set of the given samples, each of `shape`: [C, H, W] for images (channel by channel, row by row), [2] for points.
 * Bytes (Uint8Array, Uint8ClampedArray) of images count from 0 to 255; other numbers are taken as they are, in [−1, 1] for images.
 *
 * InputError when a sample is of another size or holds numbers out of range.
 *
 * @example arrayDataset([new Uint8Array(784), new Uint8Array(784).fill(255)], [1, 28, 28]) // black and white: −1 and 1
 */
export function arrayDataset(samples: readonly ArrayLike<number>[], shape: readonly number[]): Dataset {
  const kind = kindOf(shape);
  const length = shape.reduce((product, size) => product * size, 1);
  const all = new Float32Array(samples.length * length);
  samples.forEach((sample, index) => {
    if (sample.length !== length) {
      throw new InputError(
        `arrayDataset: sample ${index} has ${sample.length} numbers, [${shape.join(", ")}] needs ${length}. Give all samples one shape.`,
      );
    }
    const isBytes = kind === "images" && (sample instanceof Uint8Array || sample instanceof Uint8ClampedArray);
    for (let i = 0; i < length; i++) all[index * length + i] = isBytes ? sample[i] / 127.5 - 1 : sample[i];
    check(all.subarray(index * length, (index + 1) * length), kind, index);
  });
  return {
    spec: "the array",
    kind,
    shape,
    count: samples.length,
    classes: [],
    fingerprint: `array ${samples.length} ${hash(bytesOf(all)).toString(16)}`,
    problems: [],
    async read(indices) {
      const values = new Float32Array(indices.length * length);
      for (let k = 0; k < indices.length; k++) {
        values.set(all.subarray(indices[k] * length, (indices[k] + 1) * length), k * length);
      }
      return { values, labels: new Int32Array(indices.length).fill(-1) };
    },
    async close() {},
  };
}

function kindOf(shape: readonly number[]): Dataset["kind"] {
  if (shape.length === 3) return "images";
  if (shape.length === 1 && shape[0] === 2) return "points";
  throw new InputError(
    `arrayDataset: the shape must be [C, H, W] for images or [2] for points, got [${shape.join(", ")}]. Give one of those.`,
  );
}

function check(values: Float32Array, kind: Dataset["kind"], index: number): void {
  const wrong = values.find((value) => !(kind === "images" ? Math.abs(value) <= 1 : Number.isFinite(value)));
  if (wrong === undefined) return;
  const range = kind === "images" ? "from −1 to 1, or bytes in a Uint8Array" : "finite";
  throw new InputError(`arrayDataset: sample ${index} holds ${wrong}; numbers must be ${range}. Scale them.`);
}

/** FNV-1a, 32 bits (Fowler, Noll and Vo): enough to notice that samples changed. */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
