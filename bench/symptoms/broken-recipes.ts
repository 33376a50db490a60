// Generators with a fault built in, in an otherwise sound recipe.

import { constant, type Tensor } from "../../src/graph/index.ts";
import type { NetworkSpec, Players } from "../../src/networks/index.ts";
import {
  batchNorm,
  convTranspose2d,
  type Module,
  named,
  normal,
  relu,
  sequential,
  tanh,
  unflatten,
} from "../../src/nn/index.ts";
import { type AnyRecipe, findRecipe } from "../../src/recipes/index.ts";

/** DCGAN whose G doubles by kernels of 3 with stride 2: they overlap in every other row and column only (Odena et al. 2016). */
export const uneven: AnyRecipe = {
  ...findRecipe("dcgan"),
  networks(options, data) {
    const { zDim, width } = options as { zDim: number; width: number };
    const [channels, size] = data.sample;
    const layers: Module[] = [convTranspose2d(zDim, 2 * width, { kernel: 4, init: normal(0, 0.02) })];
    let from = 2 * width;
    for (let side = 4; side < size; side *= 2) {
      const to = 2 * side === size ? channels : width;
      layers.push(
        ...[batchNorm(from), relu()],
        convTranspose2d(from, to, { kernel: 3, stride: 2, padding: 1, outputPadding: 1, init: normal(0, 0.02) }),
      );
      from = to;
    }
    const module = named("main", sequential(...layers, tanh()), { before: unflatten([zDim, 1, 1]) });
    const { D } = findRecipe("dcgan").networks(options, data);
    const G: NetworkSpec = { module, inputShape: [zDim], prior: "normal" };
    return { G, D };
  },
};

/** The recipe with a G that looks at the first `used` numbers of z alone. */
export function forgetful(name: string, used: number): AnyRecipe {
  const recipe = findRecipe(name);
  return {
    ...recipe,
    networks(options, data) {
      const { G, D } = recipe.networks(options, data) as Players;
      const [zDim] = G.inputShape;
      const ones = Array.from({ length: zDim }, (_, i) => (i < used ? 1 : 0));
      const mask = constant(ones, [1, zDim]);
      const module: Module = { ...G.module, apply: (scope, z: Tensor) => G.module.apply(scope, z.mul(mask)) };
      return { G: { ...G, module }, D };
    },
  };
}
