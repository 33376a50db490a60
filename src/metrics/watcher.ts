// Measuring during training: every so many steps, with the best step's checkpoint kept and an end when nothing gets better.

import type { JsonObject } from "../formats/index.ts";
import type { Observation, Observer, SeenStep } from "../train/index.ts";
import { isBetter, type Patience } from "./choice.ts";
import type { Measured } from "./measure.ts";
import type { FigureSpec } from "./metric.ts";

/** A figure's name in metrics.jsonl. */
export const measureKey = (figure: string): string => `measure/${figure}`;

export interface WatcherOptions {
  /** Steps between two measurings. */
  readonly every: number;
  measure(seen: SeenStep): Promise<readonly Measured[]>;
  /** The figure whose best step's checkpoint is kept. */
  readonly keepBest?: { readonly name: string; readonly figure: FigureSpec } | undefined;
  readonly stopWhen?: (Patience & { readonly spec: FigureSpec }) | undefined;
}

/** The best of a figure over the lines of metrics.jsonl, with how often it was measured since; undefined where it never was. */
export function bestOf(
  history: readonly JsonObject[],
  name: string,
  figure: FigureSpec,
): { readonly step: number; readonly value: number; readonly since: number } | undefined {
  let best: { step: number; value: number; since: number } | undefined;
  for (const line of history) {
    const value = line[measureKey(name)];
    if (typeof value !== "number" || typeof line.step !== "number") continue;
    if (best === undefined || isBetter(figure, value, best.value)) best = { step: line.step, value, since: 0 };
    else best.since++;
  }
  return best;
}

/** An observer that measures; a resumed run goes on from what metrics.jsonl holds. */
export function measuringObserver({ every, measure, keepBest, stopWhen }: WatcherOptions): Observer {
  let history: JsonObject[] = [];
  return {
    every,
    begin(lines) {
      history = [...lines];
    },
    async step(seen): Promise<Observation | undefined> {
      const { step } = seen;
      if (step % every !== 0) return undefined;
      const measured = await measure(seen);
      const numbers = Object.fromEntries(measured.map(({ figure, value }) => [measureKey(figure), value]));
      history.push({ step, ...numbers });
      const remark = measured.map(({ title, value }) => `${title} ${Number(value.toPrecision(4))}`).join(", ");
      const best = keepBest && bestOf(history, keepBest.name, keepBest.figure);
      const waited = stopWhen && bestOf(history, stopWhen.figure, stopWhen.spec);
      const enough = waited !== undefined && waited.since >= stopWhen!.times;
      return {
        numbers,
        remarks: [remark],
        ...(best?.step === step && { save: true }),
        ...(enough && {
          stop: `${stopWhen!.figure} was ${Number(waited.value.toPrecision(4))} at step ${waited.step} and has not been better in ${waited.since} measurings since`,
        }),
      };
    },
    keep() {
      const best = keepBest && bestOf(history, keepBest.name, keepBest.figure);
      return best === undefined ? [] : [best.step];
    },
  };
}
