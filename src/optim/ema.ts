import type { Tensor } from "../graph/index.ts";

/** The exponential moving average after parameters became p: ema ← decay · ema + (1 − decay) · p. */
export function movingAverage(ema: Tensor, p: Tensor, decay: number): Tensor {
  return ema.lerp(p, 1 - decay);
}
