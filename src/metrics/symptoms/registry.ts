// All symptoms, in the order in which they are told.

import { checkerboard } from "./checkerboard.ts";
import { divergence } from "./divergence.ts";
import { explodingCritic } from "./exploding-critic.ts";
import { lostModes } from "./lost-modes.ts";
import { missingClasses } from "./missing-classes.ts";
import { modeCollapse } from "./mode-collapse.ts";
import { modeHopping } from "./mode-hopping.ts";
import { oscillation } from "./oscillation.ts";
import { overfittingDiscriminator } from "./overfitting-discriminator.ts";
import { unusedLatent } from "./unused-latent.ts";
import { vanishingGradient } from "./vanishing-gradient.ts";
import type { RunSymptom } from "./watching.ts";

export const symptoms: readonly RunSymptom[] = [
  divergence,
  modeCollapse,
  lostModes,
  missingClasses,
  modeHopping,
  vanishingGradient,
  explodingCritic,
  oscillation,
  overfittingDiscriminator,
  checkerboard,
  unusedLatent,
];
