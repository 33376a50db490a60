export { type Filling, fill } from "./filling.ts";
export { normalQuantile } from "./normal-quantile.ts";
export { type SobolPoints, sobol } from "./sobol.ts";
export { SOBOL_DIMENSIONS } from "./sobol-numbers.ts";
export { type KeyPart, RandomStream, stream } from "./stream.ts";
