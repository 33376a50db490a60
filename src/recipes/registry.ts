// Every recipe, by name: a new one is a file and a line here.

import { InputError, suggest } from "../errors/index.ts";
import { acgan } from "./acgan.ts";
import { cgan } from "./cgan.ts";
import { cyclegan } from "./cyclegan.ts";
import { dcgan } from "./dcgan.ts";
import { discogan } from "./discogan.ts";
import { fusiongan } from "./fusiongan.ts";
import { lsgan } from "./lsgan.ts";
import { pacgan } from "./pacgan.ts";
import { pix2pix } from "./pix2pix.ts";
import { r3gan } from "./r3gan.ts";
import type { AnyRecipe } from "./recipe.ts";
import { sgan } from "./sgan.ts";
import { sngan } from "./sngan.ts";
import { stackgan } from "./stackgan.ts";
import { stargan } from "./stargan.ts";
import { unrolled } from "./unrolled.ts";
import { vanilla } from "./vanilla.ts";
import { wgan } from "./wgan.ts";
import { wganGp } from "./wgan-gp.ts";

export const recipes: readonly AnyRecipe[] = [
  // From noise
  ...[vanilla, dcgan, lsgan, wgan, wganGp, sngan, unrolled, pacgan, r3gan],
  // With labels
  ...[cgan, acgan, sgan],
  // From pictures: pairs, two domains, many
  ...[pix2pix, cyclegan, discogan, stargan],
  // From captions, and of two pictures one
  ...[stackgan, fusiongan],
];

/** The recipe of this name; throws InputError with the nearest name. */
export function findRecipe(name: string): AnyRecipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found !== undefined) return found;
  const names = recipes.map((recipe) => recipe.name);
  throw new InputError(`recipe: there is no "${name}"; ${suggest(name, names)} See: ganforge list recipes`);
}
