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
export { conv1d } from "./conv1d.ts";
export { embedding, oneHot } from "./embedding.ts";
export { firstValues } from "./first-values.ts";
export { constantOf, fanInUniform, glorotUniform, type Initializer, normal, ones, zeros } from "./init.ts";
export { linear } from "./linear.ts";
export { lowPassDouble, lowPassHalve } from "./low-pass.ts";
export { type AnyModule, applyModule, type Module, type Scope, type Variable, variablesOf } from "./module.ts";
export { batchNorm, instanceNorm, layerNorm, type NormOptions } from "./norm.ts";
export { reflectionPad } from "./padding.ts";
export { minPool } from "./pooling.ts";
export { convPool2d, upsampleConv2d } from "./resample.ts";
export { chain, named, sequential } from "./sequential.ts";
export { spectralNorm } from "./spectral-norm.ts";
export { weightNorm } from "./weight-norm.ts";
