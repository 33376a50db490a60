export type { LayerRow } from "./bind.ts";
export {
  type Checkpoint,
  Checkpoints,
  checkpointPath,
  decodeCheckpoint,
  encodeCheckpoint,
  type Sha256,
} from "./checkpoint-file.ts";
export {
  type BuiltGenerator,
  buildGenerator,
  type CompiledSampler,
  type CompiledStep,
  compileSampler,
  compileStep,
  emaArrayOf,
  type Feed,
  METRICS,
  type StepOptions,
} from "./compile-step.ts";
export {
  checkData,
  type DataRecord,
  describeData,
  type RunConfig,
  type RunRecord,
  readRun,
  writeRun,
} from "./config.ts";
export type { TrainEvent, TrainResult, TrainSummary } from "./events.ts";
export { fillFeeds } from "./feeds.ts";
export { initialState } from "./init.ts";
export { readJsonLines, truncateJsonLines } from "./metrics-file.ts";
export { picture, pictureCount } from "./pictures.ts";
export { openSampler, type Sampler, type SamplerOptions, samplerWeights } from "./sampler.ts";
export type { StateArray, StateEntry } from "./state.ts";
export { type Store, StoreError } from "./store.ts";
export { MemoryStore } from "./store-memory.ts";
export { arraysOf, tensorsOf } from "./tensors.ts";
export { compileRun, summarise, type TrainEnvironment, totalStepsOf, train } from "./trainer.ts";
