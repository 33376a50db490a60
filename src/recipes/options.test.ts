import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import {
  choice,
  describeRange,
  flag,
  flagOf,
  formatOption,
  integer,
  integers,
  number,
  type OptionSpec,
  parseOption,
} from "./options.ts";
import { findRecipe, recipes } from "./registry.ts";

describe("an option takes", () => {
  test.each<[string, OptionSpec, unknown, unknown]>([
    ["a number", number(0.1, ""), 3.5, 3.5],
    ["a number's text", number(0.1, ""), "1e-4", 1e-4],
    ["the ends of its range", number(0.1, "", { min: 0, max: 1 }), "1", 1],
    ["what is below its bound", number(0.1, "", { min: 0, below: 1 }), 0.9999, 0.9999],
    ["a whole number", integer(1, ""), "8", 8],
    ["one of its choices", choice(["relu", "leaky"], "relu", ""), "leaky", "leaky"],
    ["true and false as text", flag(true, ""), "false", false],
    ["true and false", flag(false, ""), true, true],
    ["whole numbers between commas", integers([1], ""), "128,256", [128, 256]],
    ["one whole number", integers([1, 2], ""), "7", [7]],
    ["an array of whole numbers, as JSON has it", integers([1], ""), [3, 4], [3, 4]],
  ])("%s", (_, spec, given, expected) => {
    expect(parseOption("key", spec, given)).toEqual(expected);
  });
});

describe("an option refuses, naming its flag, what fits, the value and the default:", () => {
  test.each<[OptionSpec, unknown, string]>([
    [number(0.1, ""), "fast", '--n-critic: must be a number, got "fast". The default is 0.1.'],
    [number(0.1, ""), "", '--n-critic: must be a number, got "". The default is 0.1.'],
    [number(0.1, ""), "Infinity", '--n-critic: must be a number, got "Infinity". The default is 0.1.'],
    [number(0.1, "", { min: 0 }), -1, "--n-critic: must be a number of at least 0, got -1. The default is 0.1."],
    [number(2, "", { max: 3 }), "4", '--n-critic: must be a number of at most 3, got "4". The default is 2.'],
    [
      number(0.5, "", { min: 0, max: 1 }),
      "1.5",
      '--n-critic: must be a number from 0 to 1, got "1.5". The default is 0.5.',
    ],
    [
      number(0.5, "", { min: 0, below: 1 }),
      1,
      "--n-critic: must be a number of at least 0 and below 1, got 1. The default is 0.5.",
    ],
    [integer(5, ""), "2.5", '--n-critic: must be a whole number of at least 1, got "2.5". The default is 5.'],
    [integer(5, ""), 0, "--n-critic: must be a whole number of at least 1, got 0. The default is 5."],
    [integer(5, ""), null, "--n-critic: must be a whole number of at least 1, got null. The default is 5."],
    [choice(["a", "b"], "a", ""), "c", '--n-critic: must be one of a, b, got "c". The default is a.'],
    [flag(true, ""), "yes", '--n-critic: must be true or false, got "yes". The default is true.'],
    [
      integers([1, 2], ""),
      "128,x",
      '--n-critic: must be whole numbers of at least 1 between commas, got "128,x". The default is 1,2.',
    ],
    [
      integers([1, 2], ""),
      [3, 0],
      "--n-critic: must be whole numbers of at least 1 between commas, got [3,0]. The default is 1,2.",
    ],
    [
      integers([1, 2], ""),
      "",
      '--n-critic: must be whole numbers of at least 1 between commas, got "". The default is 1,2.',
    ],
  ])("%#", (spec, given, message) => {
    const parse = () => parseOption("nCritic", spec, given);
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(message);
  });
});

test("flags are keys in kebab case, and a formatted value parses to itself", () => {
  expect(["lr", "dSteps", "hiddenG", "lossScaleD"].map(flagOf)).toEqual(["lr", "d-steps", "hidden-g", "loss-scale-d"]);
  for (const { options } of recipes) {
    for (const [key, spec] of Object.entries(options)) {
      expect(parseOption(key, spec, formatOption(spec.default))).toEqual(spec.default);
    }
  }
});

test("ranges read as a sentence", () => {
  const ranges: OptionSpec[] = [
    number(1, ""),
    number(1, "", { min: 0 }),
    number(1, "", { max: 2 }),
    integer(1, "", { min: 1, max: 8 }),
    number(0, "", { min: 0, below: 1 }),
  ];
  expect(ranges.map(describeRange)).toEqual([
    "a number",
    "a number of at least 0",
    "a number of at most 2",
    "a whole number from 1 to 8",
    "a number of at least 0 and below 1",
  ]);
});

test("a recipe is found by its name; an unknown one is refused with the nearest", () => {
  expect(findRecipe("dcgan").name).toBe("dcgan");
  expect(() => findRecipe("dcgna")).toThrow(InputError);
  expect(() => findRecipe("dcgna")).toThrow('recipe: there is no "dcgna"; did you mean "dcgan"?');
  expect(() => findRecipe("zzzzzzzz")).toThrow("known: vanilla, dcgan");
  expect(() => findRecipe("toString")).toThrow(InputError);
});

test("Adam's β cannot be 1, which would divide by 1 − β = 0", () => {
  for (const { name, options } of recipes) {
    for (const key of ["beta1", "beta2"].filter((each) => Object.hasOwn(options, each))) {
      expect(() => parseOption(key, options[key], "1"), `${name} ${key}`).toThrow(InputError);
      expect(parseOption(key, options[key], "0.9999")).toBe(0.9999);
    }
  }
});
