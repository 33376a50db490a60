// What a user asks to be measured, in words: "fid,kid:subsets=20", "fid not better for 10".

import { InputError, suggest } from "../errors/index.ts";
import { parseOption } from "../recipes/index.ts";
import type { ChosenMetric } from "./measure.ts";
import type { FigureSpec } from "./metric.ts";
import { findMetric, metrics } from "./registry.ts";

/** Metrics by name between commas, each with options after colons: "fid,kid:subsets=20:size=500". InputError for unknown ones. */
export function parseMetrics(text: string): ChosenMetric[] {
  const asked = text.split(",").map((each) => each.trim());
  const chosen = asked.filter((each) => each !== "").map(parseOne);
  if (chosen.length > 0) return chosen;
  throw new InputError(`--metrics: names no metric. Known: ${metrics.map(({ name }) => name).join(", ")}.`);
}

/** A metric with its options' defaults. */
export function asChosen(metric: ChosenMetric["metric"]): ChosenMetric {
  const defaults = Object.entries(metric.options).map(([key, { default: value }]) => [key, value]);
  return { metric, options: Object.fromEntries(defaults) };
}

function parseOne(text: string): ChosenMetric {
  const [name, ...settings] = text.split(":");
  const { metric, options } = asChosen(findMetric(name.trim()));
  const given = settings.map((setting) => {
    const [key, ...value] = setting.split("=");
    const spec = metric.options[key.trim()];
    if (spec === undefined) {
      throw new InputError(`--metrics: ${name} has no option "${key}"; ${suggest(key, Object.keys(metric.options))}`);
    }
    return [key.trim(), parseOption(key.trim(), spec, value.join("="))] as const;
  });
  return { metric, options: { ...options, ...Object.fromEntries(given) } };
}

/** A figure of one of the chosen metrics. InputError, naming the `flag`, when none gives it. */
export function findFigure(name: string, chosen: readonly ChosenMetric[], flag: string): FigureSpec {
  const figures = chosen.flatMap(({ metric }) => Object.entries(metric.figures));
  const found = figures.find(([known]) => known === name);
  if (found) return found[1];
  const known = figures.map(([figure]) => figure);
  throw new InputError(
    known.length > 0
      ? `${flag}: nothing gives a figure "${name}"; ${suggest(name, known)}`
      : `${flag}: no figure is measured during training. Pass --evaluate-every 500 --metrics ${name} too.`,
  );
}

/** "FIGURE not better for N": how often a figure may be measured without a new best. */
export interface Patience {
  readonly figure: string;
  readonly times: number;
}

/** Reads "fid not better for 10". InputError for anything else. */
export function parsePatience(text: string): Patience {
  const [, figure, times] = /^\s*([\w-]+)\s+not\s+better\s+for\s+([1-9]\d*)\s*$/.exec(text) ?? [];
  if (figure === undefined) {
    throw new InputError(
      `--stop-when: reads "FIGURE not better for N", got "${text}". Pass --stop-when "fid not better for 10"`,
    );
  }
  return { figure, times: Number(times) };
}

/** Whether a value is better than another. */
export function isBetter({ better, ideal = 0 }: FigureSpec, value: number, than: number): boolean {
  if (better === "target") return Math.abs(value - ideal) < Math.abs(than - ideal);
  return better === "lower" ? value < than : value > than;
}
