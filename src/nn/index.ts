export {
  dropout,
  flatten,
  globalAveragePool,
  identity,
  leakyRelu,
  relu,
  sigmoid,
  softplus,
  squeeze,
  tanh,
  unflatten,
} from "./activations.ts";
export { type ConvOptions, conv2d, convTranspose2d, upsampleNearest } from "./conv.ts";
export { embedding, oneHot } from "./embedding.ts";
export { constantOf, fanInUniform, type Initializer, normal, ones, zeros } from "./init.ts";
export { linear } from "./linear.ts";
export { type AnyModule, applyModule, type Module, type Scope, type Variable, variablesOf } from "./module.ts";
export { batchNorm, instanceNorm, layerNorm, type NormOptions } from "./norm.ts";
export { named, sequential } from "./sequential.ts";
