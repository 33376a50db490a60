export { asChosen, findFigure, isBetter, type Patience, parseMetrics, parsePatience } from "./choice.ts";
export type { Extractor } from "./extractor.ts";
export { type ChosenMetric, lacks, type Measured, type MeasureOptions, measure } from "./measure.ts";
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
export { findMetric, metrics } from "./registry.ts";
export { type Drawn, madeSamples, realSamples, type Samples } from "./samples.ts";
export type { Finding, SamplesSeen, StepSeen, Symptom, Watch } from "./symptom.ts";
export { bestOf, measureKey, measuringObserver, type WatcherOptions } from "./watcher.ts";
