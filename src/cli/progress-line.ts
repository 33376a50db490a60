// Where a training stands, as a line: what a terminal shows in place, and what a pipe gets every few seconds.

import type { TrainEvent } from "../train/index.ts";
import { formatDuration } from "./text.ts";

export type StepEvent = Extract<TrainEvent, { type: "step" }>;

/** Speed and time left, from the steps of the last seconds. */
export class Pace {
  readonly #steps: StepEvent[] = [];

  add(step: StepEvent): void {
    this.#steps.push(step);
    while (this.#steps.length > 2 && step.seconds - this.#steps[1].seconds > WINDOW_SECONDS) this.#steps.shift();
  }

  /** Images per second; undefined before the second step. */
  get speed(): number | undefined {
    return this.#rate(({ images }) => images);
  }

  /** Seconds until the budget is spent. */
  get secondsLeft(): number | undefined {
    const rate = this.#rate(({ progress = 0 }) => progress);
    const { progress } = this.#steps.at(-1) ?? {};
    return rate === undefined || rate === 0 || progress === undefined ? undefined : (1 - progress) / rate;
  }

  #rate(of: (step: StepEvent) => number): number | undefined {
    const [first, last] = [this.#steps[0], this.#steps.at(-1)];
    if (first === undefined || last === undefined || last.seconds <= first.seconds) return undefined;
    return (of(last) - of(first)) / (last.seconds - first.seconds);
  }
}

const WINDOW_SECONDS = 15;
const LEAST_BAR = 8;
const MOST_BAR = 40;

/** The line on a terminal, at most `width` characters: what matters less goes first when it is narrow. `paint` colours the bar. */
export function barLine(
  step: StepEvent,
  pace: Pace,
  { width, paint = (bar) => bar }: { readonly width: number; readonly paint?: (bar: string) => string },
): string {
  const { speed, secondsLeft } = pace;
  const count = step.totalSteps === undefined ? `step ${step.step}` : `${step.step}/${step.totalSteps}`;
  const percent = step.progress === undefined ? undefined : `${Math.floor(step.progress * 100)}%`;
  const parts = [
    { text: percent, rank: 4 },
    { text: count, rank: 0 },
    { text: losses(step, 2), rank: 1 },
    { text: speed && `${formatSpeed(speed)} img/s`, rank: 3 },
    { text: secondsLeft !== undefined && secondsLeft > 0 && `ETA ${formatDuration(secondsLeft)}`, rank: 2 },
  ].filter((part): part is { text: string; rank: number } => Boolean(part.text));
  const lengthOf = (shown: typeof parts) => shown.reduce((total, { text }) => total + text.length + 1, -1);
  let shown = parts;
  while (shown.length > 1 && lengthOf(shown) > width) {
    const worst = Math.max(...shown.map(({ rank }) => rank));
    shown = shown.filter(({ rank }) => rank !== worst);
  }
  const line = shown
    .map(({ text }) => text)
    .join(" ")
    .slice(0, width);
  const room = Math.min(MOST_BAR, width - line.length - 1);
  if (step.progress === undefined || room < LEAST_BAR) return line;
  const filled = Math.round(step.progress * room);
  return `${paint("█".repeat(filled))}${"░".repeat(room - filled)} ${line}`;
}

/** The line in a pipe or a file. */
export function plainLine(step: StepEvent, pace: Pace): string {
  const { speed, secondsLeft } = pace;
  const total = step.totalSteps === undefined ? "" : `/${step.totalSteps}`;
  const percent = step.progress === undefined ? "" : ` (${Math.floor(step.progress * 100)}%)`;
  const parts = [`step ${step.step}${total}${percent}`, `loss ${losses(step, 4)}`];
  if (speed !== undefined) parts.push(`${formatSpeed(speed)} images/s`);
  if (secondsLeft !== undefined && secondsLeft > 0) parts.push(`${formatDuration(secondsLeft)} left`);
  return parts.join("  ");
}

/** "D 0.69 G 1.20" */
function losses({ metrics }: StepEvent, digits: number): string {
  const named = Object.entries(metrics).filter(([name]) => name.startsWith("loss/"));
  return named.map(([name, value]) => `${name.slice("loss/".length)} ${value.toFixed(digits)}`).join(" ");
}

function formatSpeed(speed: number): string {
  if (speed >= 9999.5) return `${(speed / 1000).toFixed(0)}k`;
  return speed >= 99.5 ? speed.toFixed(0) : speed.toPrecision(2);
}
