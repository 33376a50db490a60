export { dcgan } from "./dcgan.ts";
export {
  choice,
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
export {
  type AnyRecipe,
  type DataKind,
  type Draw,
  defineRecipe,
  type IterationContext,
  minimize,
  type Network,
  type Recipe,
  type Update,
} from "./recipe.ts";
export { findRecipe, recipes } from "./registry.ts";
export { vanilla } from "./vanilla.ts";
