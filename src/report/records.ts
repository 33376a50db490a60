// What stands in a run folder for people to read, checked: measures.jsonl, one figure a line; diagnosis.json, one entry a symptom;
// judgements.jsonl, one answer a line.

import { InputError } from "../errors/index.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../formats/index.ts";
import type { Judgement } from "./judgement.ts";

/** A line of measures.jsonl: one figure of one checkpoint, with all that must be known to compare it. */
export interface Measure {
  readonly step: number;
  readonly metric: string;
  readonly figure: string;
  readonly title: string;
  /** Null where it came out as no number. */
  readonly value: number | null;
  /** 95 % confidence. */
  readonly interval?: readonly [low: number, high: number];
  readonly better: "lower" | "higher" | "target";
  /** Where `better` is "target": the value to reach. */
  readonly ideal?: number;
  /** The same figure of real samples in the place of made ones. */
  readonly floor?: number;
  readonly extractor?: string;
  readonly protocol: string;
  readonly seed: number;
  readonly count: number;
}

/** An entry of diagnosis.json: what the watch for one symptom said last. */
export interface Diagnosis {
  /** "mode-collapse" */
  readonly name: string;
  readonly title: string;
  readonly present: boolean;
  /** The step at which it was first seen, where it was. */
  readonly since?: number;
  /** What the value is, with its unit. */
  readonly figure?: string;
  readonly value?: number;
  /** What it needs to be looked for and the run does not have: the end of a sentence that begins "it needs". */
  readonly needs?: string;
  /** One plain sentence. */
  readonly meaning: string;
  /** What to try, the first first. */
  readonly advice: readonly string[];
}

type Kind = "number" | "string" | "boolean";
type Fields = Readonly<Record<string, Kind>>;

const MEASURE: Fields = {
  ...{ step: "number", metric: "string", figure: "string", title: "string", better: "string" },
  ...{ protocol: "string", seed: "number", count: "number" },
};
const DIAGNOSIS: Fields = { name: "string", title: "string", present: "boolean", meaning: "string" };

/** Lines of measures.jsonl, checked. InputError, naming the line, for one that says something else. */
export function readMeasures(lines: readonly JsonObject[]): Measure[] {
  return lines.map((line, i) => {
    const where = `measures.jsonl: line ${i + 1}`;
    check(line, MEASURE, where);
    const { value, interval, better } = line;
    if (value !== null && typeof value !== "number") fail(where, "value", value, "a number or null");
    if (interval !== undefined && !isPair(interval)) fail(where, "interval", interval, "two numbers");
    if (!["lower", "higher", "target"].includes(String(better)))
      fail(where, "better", better, "lower, higher or target");
    for (const [key, kind] of [
      ["floor", "number"],
      ["ideal", "number"],
      ["extractor", "string"],
    ] as const) {
      if (line[key] !== undefined && line[key] !== null) check(line, { [key]: kind }, where);
    }
    return line as unknown as Measure;
  });
}

/** The entries of diagnosis.json, checked. InputError, naming the entry, for one that says something else. */
export function readDiagnosis(value: JsonValue): Diagnosis[] {
  if (!Array.isArray(value))
    throw new InputError(`diagnosis.json: must be a list, got ${shown(value)}. Remove the file.`);
  return value.map((entry: JsonValue, i) => {
    const where = `diagnosis.json: entry ${i + 1}`;
    if (!isJsonObject(entry)) return fail(where, "it", entry, "an object");
    check(entry, DIAGNOSIS, where);
    const { advice, since, needs } = entry;
    if (!Array.isArray(advice) || !advice.every((line) => typeof line === "string")) {
      return fail(where, "advice", advice, "a list of sentences");
    }
    if (since !== undefined && since !== null) check(entry, { since: "number" }, where);
    if (needs !== undefined) check(entry, { needs: "string" }, where);
    return entry as unknown as Diagnosis;
  });
}

const ONE: Fields = { sitting: "number", question: "number", truth: "string", answer: "string" };
const TWO: Fields = { sitting: "number", question: "number", left: "string", right: "string", answer: "string" };

/** Lines of judgements.jsonl, checked. InputError, naming the line, for one that says something else. */
export function readJudgements(lines: readonly JsonObject[]): Judgement[] {
  return lines.map((line, i) => {
    const where = `judgements.jsonl: line ${i + 1}`;
    if (line.kind !== "one" && line.kind !== "two") fail(where, "kind", line.kind, "one or two");
    check(line, line.kind === "one" ? ONE : TWO, where);
    return line as unknown as Judgement;
  });
}

function check(object: JsonObject, fields: Fields, where: string): void {
  for (const [key, kind] of Object.entries(fields))
    if (typeof object[key] !== kind) fail(where, key, object[key], kind);
}

const isPair = (value: JsonValue): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === "number");

const shown = (value: JsonValue | undefined): string => (JSON.stringify(value) ?? "nothing").slice(0, 60);

function fail(where: string, key: string, value: JsonValue | undefined, expected: string): never {
  throw new InputError(`${where}: ${key} must be ${expected}, got ${shown(value)}. Repair or remove it.`);
}

/** The newest of each figure: of the latest step, and of several there, the last. Figures of other protocols or extractors are other figures. */
export function newestMeasures(measures: readonly Measure[]): Measure[] {
  const newest = new Map<string, Measure>();
  for (const measure of measures) {
    const before = newest.get(keyOf(measure));
    if (before === undefined || measure.step >= before.step) newest.set(keyOf(measure), measure);
  }
  return [...newest.values()];
}

/** The same for figures that may be compared, and for no others. */
export const keyOf = ({ metric, figure, protocol, extractor }: Measure): string =>
  JSON.stringify([metric, figure, protocol, extractor ?? null]);
