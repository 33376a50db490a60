// What a trainer says while it works. It knows neither terminal nor server; whoever listens shows it.

import type { LayerRow } from "./bind.ts";

export interface TrainSummary {
  readonly recipe: string;
  readonly networks: readonly {
    readonly label: string;
    readonly layers: readonly LayerRow[];
    readonly parameters: number;
  }[];
  /** Nodes and bytes of the step's ONNX graph. */
  readonly graph: { readonly nodes: number; readonly bytes: number };
  /** Numbers that the run's state holds: weights, statistics, optimizer, moving average. */
  readonly stateSize: number;
}

export type TrainEvent =
  | {
      readonly type: "ready";
      readonly summary: TrainSummary;
      readonly step: number;
      readonly totalSteps: number | undefined;
    }
  | {
      readonly type: "step";
      readonly step: number;
      readonly totalSteps: number | undefined;
      readonly images: number;
      readonly epoch: number;
      /** Of training, over all the sessions of the run. */
      readonly seconds: number;
      /** Of what was asked for, 0 to 1; undefined when nothing bounds the run. */
      readonly progress: number | undefined;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | { readonly type: "sample"; readonly path: string; readonly step: number }
  | { readonly type: "checkpoint"; readonly path: string; readonly step: number }
  | { readonly type: "remark"; readonly step: number; readonly text: string }
  | { readonly type: "problem"; readonly item: string; readonly reason: string }
  | { readonly type: "skipped-checkpoint"; readonly step: number; readonly reason: string };

export interface TrainResult {
  readonly reason: "finished" | "stopped";
  readonly step: number;
  readonly images: number;
  readonly seconds: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Why an observer ended the run before its budget was spent. */
  readonly ending?: string;
}
