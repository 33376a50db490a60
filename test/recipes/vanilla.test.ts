// The first GAN: the minimax game in logits, on the stage of conformance.ts, where real logits 0 and ln 3 are probabilities ½ and ¾
// and fake ones, 0 and −ln 3, are ½ and ¼.

import { vanilla } from "../../src/recipes/index.ts";
import { testRecipe } from "./conformance.ts";
import { game } from "./minimax-game.ts";

testRecipe(vanilla, {
  losses: [
    { expected: [game.discriminator, game.nonSaturating] },
    { options: { loss: "saturating" }, expected: [game.discriminator, game.saturating] },
    { options: { lossScaleD: 0.5 }, expected: [game.discriminator / 2, game.nonSaturating] },
    { options: { order: "g-first" }, expected: [game.nonSaturating, game.discriminator] },
    { options: { dSteps: 2 }, expected: [game.discriminator, game.discriminator, game.nonSaturating] },
  ],
});
