// Forms of single operators that onnxruntime's CPU kernels run in fewer or cheaper passes over memory, or in the same order for any
// number of threads.

import { type LowerRules, rulesWith } from "./rules.ts";
import { steadyProduct, steadySum } from "./steady.ts";

/** Sends every positive float past 1 and every negative one below −1, so that a clamp after it tells signs apart. */
const HUGE = 3e38;

export const cpuRules: LowerRules = {
  ...rulesWith(steadyProduct),
  sum: ({ attributes: { axes }, inputs: [x] }, [name], emit) => steadySum(emit, name, x.shape, axes),
  // min(max(HUGE·x, 0), 1)
  step: (_, [x], emit) => emit.node("HardSigmoid", [x], { alpha: { float: HUGE }, beta: { float: 0 } }),
  // g times 1 or the slope: cheaper than comparing to booleans and choosing by them
  leakyReluGrad: ({ attributes: { slope } }, [x, g], emit) => {
    const positive = emit.node("HardSigmoid", [x], { alpha: { float: HUGE }, beta: { float: 0 } });
    return emit.node("Mul", [g, slope === 0 ? positive : emit.node("Max", [positive, emit.scalar(slope)])]);
  },
};
