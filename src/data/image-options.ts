// The checks that every image set makes of the options it is opened with.
import { InputError } from "../errors/index.ts";
import type { DataOptions } from "./dataset.ts";

/** 1 grey, 3 RGB, 4 RGB and alpha. */
export type Channels = 1 | 3 | 4;

/** The size asked for, or the set's own; InputError unless it is a whole number from `min` to `max`. */
export function chooseSize(options: DataOptions, set: { spec: string; own: number; min: number; max: number }): number {
  const { spec, own, min, max } = set;
  const size = options.size ?? own;
  if (!Number.isInteger(size) || size < min || size > max) {
    throw new InputError(
      `--size: must be a whole number from ${min} to ${max} for ${spec}, got ${size}. Pass --size 64.`,
    );
  }
  return size;
}

/** The number of channels asked for, or the set's own; InputError unless it is 1, 3 or 4. */
export function chooseChannels(options: DataOptions, own: Channels): Channels {
  const channels = options.channels ?? own;
  if (![1, 3, 4].includes(channels)) {
    throw new InputError(
      `--channels: must be 1 (grey), 3 (RGB) or 4 (RGB and alpha), got ${channels}. Pass --channels 3.`,
    );
  }
  return channels;
}
