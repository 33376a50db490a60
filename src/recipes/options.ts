// A recipe's options as data: each knows its type, range, default and meaning, so that flags, JSON configurations, --help
// and the studio's controls all come from this one table.

import { InputError, suggest } from "../errors/index.ts";

export type OptionValue = number | string | boolean | readonly number[];

export interface OptionSpec<T extends OptionValue = OptionValue> {
  readonly kind: "number" | "integer" | "choice" | "flag" | "integers";
  readonly default: T;
  /** One line for --help, without the default. */
  readonly about: string;
  readonly min?: number;
  readonly max?: number;
  /** An upper bound that is itself too large. */
  readonly below?: number;
  readonly choices?: readonly string[];
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The values that a table of options gives. */
export type OptionsOf<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K] extends OptionSpec<infer T> ? T : never;
};

type Range = { readonly min?: number; readonly max?: number; readonly below?: number };

export function number(value: number, about: string, range: Range = {}): OptionSpec<number> {
  return { kind: "number", default: value, about, ...range };
}

export function integer(value: number, about: string, range: Range = { min: 1 }): OptionSpec<number> {
  return { kind: "integer", default: value, about, ...range };
}

export function choice<const C extends readonly string[]>(
  choices: C,
  value: C[number],
  about: string,
): OptionSpec<C[number]> {
  return { kind: "choice", default: value, about, choices };
}

export function flag(value: boolean, about: string): OptionSpec<boolean> {
  return { kind: "flag", default: value, about };
}

/** A list of whole numbers of at least 1, written 256,256. */
export function integers(value: readonly number[], about: string): OptionSpec<readonly number[]> {
  return { kind: "integers", default: value, about, min: 1 };
}

/** The flag of an option key: nCritic → n-critic. */
export function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Checks one value, or its text from a command line, against its option; throws InputError naming the flag, the value and what fits. */
export function parseOption(key: string, spec: OptionSpec, given: unknown): OptionValue {
  const where = `--${flagOf(key)}`;
  const refuse = (expected: string): never => {
    throw new InputError(
      `${where}: must be ${expected}, got ${JSON.stringify(given)}. The default is ${formatOption(spec.default)}.`,
    );
  };
  switch (spec.kind) {
    case "flag": {
      if (given === true || given === "true") return true;
      if (given === false || given === "false") return false;
      return refuse("true or false");
    }
    case "choice":
      return spec.choices!.includes(String(given)) ? String(given) : refuse(`one of ${spec.choices!.join(", ")}`);
    case "integers": {
      const parts = Array.isArray(given) ? given : String(given).split(",");
      return parts.map(
        (part) => parseNumber(spec, part) ?? (refuse("whole numbers of at least 1 between commas") as never),
      );
    }
    default:
      return parseNumber(spec, given) ?? refuse(describeRange(spec));
  }
}

function parseNumber(spec: OptionSpec, given: unknown): number | undefined {
  const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  if (spec.kind !== "number" && !Number.isSafeInteger(value)) return undefined;
  if (value < (spec.min ?? Number.NEGATIVE_INFINITY) || value > (spec.max ?? Number.POSITIVE_INFINITY))
    return undefined;
  return value < (spec.below ?? Number.POSITIVE_INFINITY) ? value : undefined;
}

/** "a whole number from 1 to 8" */
export function describeRange({ kind, min, max, below }: OptionSpec): string {
  const noun = kind === "number" ? "a number" : "a whole number";
  if (below !== undefined) return `${noun}${min === undefined ? "" : ` of at least ${min} and`} below ${below}`;
  if (min !== undefined && max !== undefined) return `${noun} from ${min} to ${max}`;
  if (min !== undefined) return `${noun} of at least ${min}`;
  return max === undefined ? noun : `${noun} of at most ${max}`;
}

/** Every option of a recipe: the given value, checked, or its default. InputError for unknown names and values out of range. */
export function completeOptions(
  { name, options }: { readonly name: string; readonly options: OptionSpecs },
  given: Readonly<Record<string, OptionValue>> = {},
): Record<string, OptionValue> {
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(options, key)) {
      throw new InputError(`${name} has no option "${key}"; ${suggest(key, Object.keys(options))}`);
    }
  }
  return Object.fromEntries(
    Object.entries(options).map(([key, spec]) => [key, parseOption(key, spec, given[key] ?? spec.default)]),
  );
}

/** A value as one writes it after its flag. */
export function formatOption(value: OptionValue): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}
