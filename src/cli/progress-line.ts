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

/** A part of the line: its text, a shorter one for a narrow terminal, and how soon it goes when even that is too long. */
interface Part {
  readonly text: string;
  readonly short?: string;
  readonly rank: number;
}

/** The line on a terminal, at most `width` characters: first words are cut, then what matters less goes. `paint` colours the bar. */
export function barLine(
  step: StepEvent,
  pace: Pace,
  { width, paint = (bar) => bar }: { readonly width: number; readonly paint?: (bar: string) => string },
): string {
  const line = shorten(partsOf(step, pace), width);
  const room = Math.min(MOST_BAR, width - line.length - 1);
  if (step.progress === undefined || room < LEAST_BAR) return line;
  const filled = Math.round(step.progress * room);
  return `${paint("█".repeat(filled))}${"░".repeat(room - filled)} ${line}`;
}

function partsOf(step: StepEvent, { speed, secondsLeft }: Pace): Part[] {
  const { progress, totalSteps } = step;
  const parts: Part[] = [];
  if (progress !== undefined) parts.push({ text: `${Math.floor(progress * 100)}%`, rank: 4 });
  parts.push({ text: totalSteps === undefined ? `step ${step.step}` : `${step.step}/${totalSteps}`, rank: 0 });
  parts.push({ text: losses(step, 2), rank: 1 });
  if (speed !== undefined)
    parts.push({ text: `${formatSpeed(speed)} img/s`, short: `${formatSpeed(speed)}/s`, rank: 3 });
  if (secondsLeft) {
    const left = formatDuration(secondsLeft);
    parts.push({ text: `ETA ${left}`, short: left, rank: 2 });
  }
  return parts;
}

function shorten(parts: readonly Part[], width: number): string {
  const join = (shown: readonly Part[], textOf: (part: Part) => string) => shown.map(textOf).join(" ");
  const full = join(parts, ({ text }) => text);
  if (full.length <= width) return full;
  for (let most = parts.length; most > 0; most--) {
    const line = join(
      parts.filter(({ rank }) => rank < most),
      ({ text, short = text }) => short,
    );
    if (line.length <= width || most === 1) return line.slice(0, width);
  }
  return "";
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
