// What a recipe refuses of data, told from what the set says of itself.
import { expect, test } from "vitest";
import { arrayDataset, type Dataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { findRecipe } from "../recipes/index.ts";
import { checkRecipeData } from "./config.ts";

const images: Dataset = { ...arrayDataset([new Float32Array(192), new Float32Array(192)], [3, 8, 8]), spec: "x" };

function refusal(recipe: string, changes: Partial<Dataset>): string | undefined {
  try {
    checkRecipeData(findRecipe(recipe), { ...images, ...changes });
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message).toMatch(/^--data: x [^\n]*\.$/);
    return message;
  }
}

test("only classes that have pictures count, and one of them is too few", () => {
  expect(refusal("acgan", { classes: ["a", "b"] })).toBeUndefined();
  expect(refusal("acgan", { classes: ["a", "b", "c"], empty: ["a"] })).toBeUndefined();
  expect(refusal("acgan", { classes: ["a", "b", "c"], empty: ["a", "c"] })).toContain('one class only, "b", and acgan');
  expect(refusal("sgan", { classes: ["cat"] })).toContain('one class only, "cat"');
  expect(refusal("sgan", { classes: ["a", "b"], empty: ["a", "b"] })).toContain("no picture of any of its 2 classes");
  expect(refusal("dcgan", { classes: ["a", "b"], empty: ["a"] })).toBeUndefined();
});

test("the one folder that all pictures lie in is the one class that they have", () => {
  expect(refusal("acgan", { folder: "cat" })).toContain('one class only, "cat"');
  expect(refusal("acgan", {})).toContain("no labels");
  expect(refusal("acgan", { attributes: ["hat"] })).toContain("attributes only");
  expect(refusal("cgan", { attributes: ["hat"], folder: "cat" })).toBeUndefined();
});

test("pairs by chance, of the folders of two domains, are refused where pairs are needed", () => {
  const pairs = { kind: "pairs", target: [3, 8, 8] } as const;
  expect(refusal("pix2pix", pairs)).toBeUndefined();
  expect(refusal("pix2pix", { ...pairs, unpaired: true })).toMatch(
    /holds domains \(folders called trainA and trainB\), and pix2pix learns from pairs\. Call the folders A and B .*--data-b/,
  );
});
