// The discriminators that say classes, as classifiers: what ACGAN's and SGAN's are trained to be, beside judges of G.

import type { Tensor } from "../graph/index.ts";
import type { AnyRecipe } from "./recipe.ts";

/** What networks called D say of pictures, where they say classes: logits [n, K]. */
type Classifier = (x: Tensor) => { readonly classes?: Tensor };

/**
 * A recipe that makes, of pictures "a" [n, ...sample], the logits of their classes [n, K] by D as it is in inference, and nothing else:
 * for `openSampler` over the state of a run of `recipe`. Its making throws where this recipe's D says no classes.
 *
 * @example openSampler({ recipe: asClassifier(sgan), options, data }, { backend, threads, chunk: 100 }, weights)
 */
export function asClassifier(recipe: AnyRecipe): AnyRecipe {
  const classes: AnyRecipe["makes"][string] = ({ D }, given) => {
    const said = (D as unknown as Classifier | undefined)?.(given.image());
    if (said?.classes === undefined) throw new Error(`${recipe.name}: its D says no classes`);
    return said.classes;
  };
  return { ...recipe, makes: { classes } };
}
