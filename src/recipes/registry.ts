// Every recipe, by name: a new one is a file and a line here.

import { InputError, suggest } from "../errors/index.ts";
import { dcgan } from "./dcgan.ts";
import type { AnyRecipe } from "./recipe.ts";
import { vanilla } from "./vanilla.ts";

export const recipes: readonly AnyRecipe[] = [vanilla, dcgan];

/** The recipe of this name; throws InputError with the nearest name. */
export function findRecipe(name: string): AnyRecipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found !== undefined) return found;
  const names = recipes.map((recipe) => recipe.name);
  throw new InputError(`recipe: there is no "${name}"; ${suggest(name, names)} See: ganforge list recipes`);
}
