// onnxruntime's blocked layout (its internal NCHWc operators), for convolutions and for what lies between them, so that reordering
// vanishes inside a network. Internals of onnxruntime may change: runtime/cpu checks them at start-up and leaves them out where they fail.

import { concat, elementwise, fold, mirror, pad, slice, sum } from "./blocked-between.ts";
import { conv, convFilterGrad, convInputGrad } from "./blocked-convs.ts";
import type { BlockedRules } from "./blocked-rule.ts";

/** The blocked forms of the operators that convolutional networks consist of; the rest is lowered plainly. */
export const blockedRules: BlockedRules = {
  conv,
  convInputGrad,
  convFilterGrad,
  sum,
  slice,
  pad,
  concat,
  mirror,
  fold,
  neg: elementwise,
  exp: elementwise,
  sqrt: elementwise,
  tanh: elementwise,
  sigmoid: elementwise,
  leakyRelu: elementwise,
  leakyReluGrad: elementwise,
  add: elementwise,
  sub: elementwise,
  mul: elementwise,
  div: elementwise,
};
