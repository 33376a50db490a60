import { expect, test } from "vitest";
import { findDataset } from "../data/index.ts";
import { completeOptions, findRecipe } from "../recipes/index.ts";
import { makingCommand } from "./making-command.ts";

test.each([
  ["vanilla", "ring", {}, "ganforge sample runs/a --count 64"],
  ["cgan", "glyphs", { size: 28 }, "ganforge sample runs/a --count 64"],
  ["pix2pix", "edges-shapes", { size: 32, kinds: ["pairs"] }, "ganforge translate runs/a picture.png"],
  ["cyclegan", "rotated", { size: 32, kinds: ["domains"] }, "ganforge translate runs/a picture.png"],
  ["stargan", "faces", { size: 32 }, /^ganforge translate runs\/a picture\.png --class \w+$/],
  ["fusiongan", "glyphs", { size: 32 }, "ganforge translate runs/a picture.png --with other.png"],
  ["stackgan", "shapes", { size: 64, kinds: ["captions"] }, /^ganforge sample runs\/a --text "[a-z ]+" --count 8$/],
] as const)("%s trained on %s ends with a command that it does not refuse", (name, data, options, command) => {
  const recipe = findRecipe(name);
  const dataset = findDataset(data)!.open({ seed: 1, ...options });
  const proposed = makingCommand({ recipe, options: completeOptions(recipe, {}) }, dataset, "runs/a");
  if (typeof command === "string") expect(proposed).toBe(command);
  else expect(proposed).toMatch(command);
});
