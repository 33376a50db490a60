export { acgan } from "./acgan.ts";
export { cgan } from "./cgan.ts";
export { asClassifier } from "./classifier.ts";
export { cyclegan } from "./cyclegan.ts";
export { dcgan } from "./dcgan.ts";
export { discogan } from "./discogan.ts";
export { fusiongan } from "./fusiongan.ts";
export { lsgan } from "./lsgan.ts";
export {
  choice,
  completeOptions,
  describeRange,
  flag,
  flagOf,
  formatOption,
  integer,
  integers,
  number,
  type OptionSpec,
  type OptionSpecs,
  type OptionsOf,
  type OptionValue,
  parseOption,
} from "./options.ts";
export { pacgan } from "./pacgan.ts";
export { pix2pix } from "./pix2pix.ts";
export { r3gan } from "./r3gan.ts";
export {
  type AnyNetwork,
  type AnyRecipe,
  type Draw,
  defineRecipe,
  type Given,
  type IterationContext,
  minimize,
  type Network,
  type NetworksOf,
  type Recipe,
  type Update,
} from "./recipe.ts";
export { findRecipe, recipes } from "./registry.ts";
export { sgan } from "./sgan.ts";
export { sngan } from "./sngan.ts";
export { stackgan } from "./stackgan.ts";
export { stargan } from "./stargan.ts";
export { unrolled } from "./unrolled.ts";
export { vanilla } from "./vanilla.ts";
export { wgan } from "./wgan.ts";
export { wganGp } from "./wgan-gp.ts";
