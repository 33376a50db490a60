export { asChosen, findFigure, isBetter, type Patience, parseMetrics, parsePatience } from "./choice.ts";
export {
  type Classifier,
  type ClassifierFacts,
  classifierExtractor,
  type Device,
  doubtsAbout,
  fingerprintOf,
  highest,
  type OpenClassifier,
  openClassifier,
  percent,
} from "./classifier.ts";
export { decodeClassifier, encodeClassifier } from "./classifier-file.ts";
export {
  FIT_DEFAULTS,
  type FitOptions,
  type FitProgress,
  fitClassifier,
  trainClassifier,
} from "./classifier-training.ts";
export { type DiagnosingOptions, diagnosingObserver } from "./diagnosing.ts";
export { earthMover, wasserstein1 } from "./earth-mover.ts";
export type { Extractor } from "./extractor.ts";
export { canTeach, filledClasses, LEAST_LABELLED } from "./held-out.ts";
export { jensenShannon, jensenShannonBias, jensenShannonOf } from "./jensen-shannon.ts";
export {
  beginMetric,
  type ChosenMetric,
  lacks,
  looks,
  type Measured,
  type MeasureOptions,
  measure,
  type RealMemory,
} from "./measure.ts";
export type {
  Figure,
  FigureSpec,
  Measurement,
  Measuring,
  Metric,
  MetricForm,
  Need,
  Observed,
  Side,
  TrainClassifier,
} from "./metric.ts";
export { type Mixture, type ModeFigures, modesOf } from "./modes.ts";
export { type Preprocessing, preprocessings } from "./preprocessing.ts";
export { findMetric, metrics } from "./registry.ts";
export { type ResampleKernel, resampler } from "./resample.ts";
export { type Drawn, madeSamples, realSamples, type SampleBatch, type Samples } from "./samples.ts";
export { type Points, sinkhornDivergence } from "./sinkhorn.ts";
export type { LatentDraw } from "./sobol-latent.ts";
export type { Finding, SamplesSeen, Scores, StepSeen, Symptom, Watch } from "./symptom.ts";
export { type Change, type Diagnosis, type Doctor, describeChange, type Heard, watchRun } from "./symptoms/doctor.ts";
export { symptoms } from "./symptoms/registry.ts";
export { judgedSamples, noSamples, translatedSamples } from "./truths.ts";
export { bestOf, measureKey, measuringObserver, type WatcherOptions } from "./watcher.ts";
