export type { Extractor } from "./extractor.ts";
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
export type { Finding, SamplesSeen, StepSeen, Symptom, Watch } from "./symptom.ts";
