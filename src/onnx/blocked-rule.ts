// What a rule of the blocked layout is given, and what it gives.

import type { OpName, Shape, Tensor } from "../graph/index.ts";
import type { Emitter } from "./emitter.ts";
import type { LowerRules } from "./rules.ts";
import type { Value } from "./value.ts";

/** What a rule computed: a name, as [N, C/B, H, W, B] or in the node's own shape. */
export interface Computed {
  readonly layout: "blocked" | "plain";
  readonly name: string;
  /** Whether the layout's `finish` is in it. */
  readonly finished?: true;
}

/** Emits a node by means of blocked values; undefined where the plain rule does better. */
export type BlockedRule<K extends OpName> = (
  node: Tensor<K>,
  inputs: readonly Value[],
  layout: Layout,
) => Computed | undefined;

export const inBlocks = (name: string): Computed => ({ layout: "blocked", name });
export const plain = (name: string): Computed => ({ layout: "plain", name });

export interface Layout {
  readonly emit: Emitter;
  /** The plain rules, which elementwise operators keep. */
  readonly rules: LowerRules;
  /** B, channels in a group: as many floats as a vector register of the processor holds. */
  readonly block: number;
  /** Whether the graph has the gradient of a convolution's filter, and with it the windows that each pixel sees. */
  readonly hasFilterGrad: (conv: Tensor<"conv">) => boolean;
  /** What a convolution may do before it writes its result: add `bias` [C], then take a leaky ReLU. */
  readonly finish?: { readonly bias?: string; readonly slope?: number };
}

export type BlockedRules = { readonly [K in OpName]?: BlockedRule<K> };

export const isBlockable = ([, channels]: Shape, block: number, groups = 1): boolean =>
  channels % (groups * block) === 0;

/** [N, C, H, W] → [N, C/B, H, W, B] */
export const blockedShape = ([n, channels, height, width]: Shape, block: number): number[] => [
  n,
  channels / block,
  height,
  width,
  block,
];
