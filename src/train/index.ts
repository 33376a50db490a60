export { arraysOfNetworks, type LayerRow } from "./bind.ts";
export {
  type Checkpoint,
  Checkpoints,
  checkpointPath,
  decodeCheckpoint,
  encodeCheckpoint,
  type Sha256,
} from "./checkpoint-file.ts";
export {
  type CompiledStep,
  compileStep,
  emaArrayOf,
  METRICS,
  type StepOptions,
} from "./compile-step.ts";
export {
  checkData,
  checkRecipeData,
  type DataRecord,
  describeData,
  type RunConfig,
  type RunRecord,
  readRun,
  writeRun,
} from "./config.ts";
export type { ArrayDrawing } from "./drawn.ts";
export type { TrainEvent, TrainResult, TrainSummary } from "./events.ts";
export { batchesOf, type DataStream, type Feed, type Fields, fillFeeds, type Moment } from "./feeds.ts";
export { choicesOf, labelRows, repeatEach, repeated } from "./givens.ts";
export { beginDrawing, type DrawArrays, drawHere, initialState } from "./init.ts";
export { type Judge, openJudge } from "./judge.ts";
export {
  type BuiltMaking,
  buildMaking,
  type CompiledSampler,
  compileSampler,
  type MakerOptions,
  type MakingInput,
  networksMade,
} from "./making.ts";
export { readJsonLines, truncateJsonLines } from "./metrics-file.ts";
export type { Observation, Observer, SeenStep } from "./observer.ts";
export { type Cell, picture, pictureCount, rowsPicture } from "./pictures.ts";
export { type Givens, openSampler, type Sampler, samplerWeights } from "./sampler.ts";
export type { StateArray, StateEntry } from "./state.ts";
export { type Store, StoreError } from "./store.ts";
export { MemoryStore } from "./store-memory.ts";
export { openStreams, type Streams } from "./streams.ts";
export { arraysOf, tensorsOf } from "./tensors.ts";
export { type Interval, timeSteps } from "./timed-steps.ts";
export { compileRun, summarise, type TrainEnvironment, totalStepsOf, train } from "./trainer.ts";
export { type Compile, compileVariants, Steps } from "./variants.ts";
