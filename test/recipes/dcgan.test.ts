import { dcgan } from "../../src/recipes/index.ts";
import { testRecipe } from "./conformance.ts";
import { game } from "./minimax-game.ts";

testRecipe(dcgan, {
  small: { width: 8 },
  losses: [
    { expected: [game.discriminator, game.nonSaturating] },
    { options: { loss: "saturating" }, expected: [game.discriminator, game.saturating] },
    { options: { gSteps: 2 }, expected: [game.discriminator, game.nonSaturating, game.nonSaturating] },
  ],
});
