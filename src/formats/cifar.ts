// CIFAR-10 and CIFAR-100, "binary version" (cs.toronto.edu/~kriz/cifar.html): records of label bytes, then 32×32 red, green and blue.

import { InputError } from "../errors/index.ts";

const PIXELS = 3 * 32 * 32;

export interface Cifar10 {
  /** [n, 3, 32, 32], 0..255. */
  readonly images: Uint8Array;
  /** [n], 0..9. */
  readonly labels: Uint8Array;
}

export interface Cifar100 {
  /** [n, 3, 32, 32], 0..255. */
  readonly images: Uint8Array;
  /** [n], 0..19. */
  readonly coarse: Uint8Array;
  /** [n], 0..99. */
  readonly fine: Uint8Array;
}

/** The images and labels of a CIFAR-10 batch: 3073 bytes each. Throws InputError, naming `where`, for another size or a label past 9. */
export function parseCifar10(bytes: Uint8Array, where: string): Cifar10 {
  const { images, labels } = parse(bytes, where, [10]);
  return { images, labels: labels[0] };
}

/** The images and both labels of a CIFAR-100 file: 3074 bytes each. Throws InputError, naming `where`, for another size or a label out of range. */
export function parseCifar100(bytes: Uint8Array, where: string): Cifar100 {
  const { images, labels } = parse(bytes, where, [20, 100]);
  return { images, coarse: labels[0], fine: labels[1] };
}

/** Records of one label byte for each of `classes`, then the pixels. */
function parse(
  bytes: Uint8Array,
  where: string,
  classes: readonly number[],
): { images: Uint8Array; labels: Uint8Array[] } {
  const record = classes.length + PIXELS;
  const count = bytes.length / record;
  if (count === 0 || !Number.isInteger(count)) {
    throw new InputError(
      `${where}: ${bytes.length} bytes are not whole records of ${record}. Download the file again.`,
    );
  }
  const images = new Uint8Array(count * PIXELS);
  const labels = classes.map(() => new Uint8Array(count));
  for (let i = 0; i < count; i++) {
    for (const [k, most] of classes.entries()) {
      const label = bytes[i * record + k];
      if (label >= most) {
        throw new InputError(
          `${where}: record ${i} has label ${label}, the most is ${most - 1}. Download the file again.`,
        );
      }
      labels[k][i] = label;
    }
    images.set(bytes.subarray(i * record + classes.length, (i + 1) * record), i * PIXELS);
  }
  return { images, labels };
}
