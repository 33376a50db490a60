// The Dirac-GAN (Mescheder, Geiger and Nowozin 2018, Which Training Methods for GANs do actually Converge?, §2): all data are 0, G makes
// the one number θ, D(x) = ψ x. How far each game is from its equilibrium after 500 steps of 0.2 from (1, −1), by our losses and
// penalties and their gradients, in float64; with each step of both players at once, and with G's before D's.

import { expect, test } from "vitest";
import { evaluate, fill, grad, input, type Tensor } from "../src/graph/index.ts";
import {
  discriminatorLoss,
  gradientPenalty,
  nonSaturatingLoss,
  saturatingLoss,
  squaredGradientNorm,
  wassersteinCriticLoss,
  wassersteinGeneratorLoss,
} from "../src/losses/index.ts";

const STEP = 0.2;
const STEPS = 500;

const theta = input("theta", [1, 1]);
const psi = input("psi", [1, 1]);
const D = (x: Tensor) => x.mul(psi);
const real = fill(0, [1, 1]);

const minimax = discriminatorLoss(D(real), D(theta));
const critic = wassersteinCriticLoss(D(real), D(theta));
const r1 = (gamma: number) =>
  squaredGradientNorm(D(real), real)
    .mean()
    .mul(gamma / 2);
const penalty = (gamma: number) => gradientPenalty(D, real, theta, fill(0.5, [1, 1])).mul(gamma / 2);

interface Game {
  readonly forD: Tensor;
  readonly forG: Tensor;
  /** c, to which ψ is clipped. */
  readonly clip?: number;
}

const games = {
  GAN: { forD: minimax, forG: saturatingLoss(D(theta)) },
  "GAN, non-saturating": { forD: minimax, forG: nonSaturatingLoss(D(theta)) },
  WGAN: { forD: critic, forG: wassersteinGeneratorLoss(D(theta)) },
  "WGAN, clipped to 1": { forD: critic, forG: wassersteinGeneratorLoss(D(theta)), clip: 1 },
  "WGAN-GP, 0.7": { forD: critic.add(penalty(0.7)), forG: wassersteinGeneratorLoss(D(theta)) },
  "GAN with R1, 0.3": { forD: minimax.add(r1(0.3)), forG: saturatingLoss(D(theta)) },
  "GAN with R1, 1": { forD: minimax.add(r1(1)), forG: saturatingLoss(D(theta)) },
} satisfies Record<string, Game>;

function distance({ forD, forG, clip = Number.POSITIVE_INFINITY }: Game, way: "at once" | "in turn"): number {
  const gradients = [grad(forD, psi), grad(forG, theta)];
  let [t, p] = [1, -1];
  const at = () => evaluate(gradients, { theta: [t], psi: [p] }).map(([value]) => value);
  for (let step = 0; step < STEPS; step++) {
    const [first, ofG] = at();
    t -= STEP * ofG;
    const ofD = way === "at once" ? first : at()[0];
    p = Math.max(-clip, Math.min(clip, p - STEP * ofD));
  }
  return Math.hypot(t, p);
}

test.each([
  ["GAN", 3.09695, 1.42102],
  ["GAN, non-saturating", 0.640207, 0.283923],
  ["WGAN", Math.SQRT2 * 1.04 ** 250, 1.39786],
  ["WGAN, clipped to 1", 1.00215, 1.02412],
  ["WGAN-GP, 0.7", 1.80179, 1.22107],
] as const)("%s circles: |x| = %d after steps at once, %d after steps in turn", (name, atOnce, inTurn) => {
  expect(distance(games[name], "at once") / atOnce).toBeCloseTo(1, 5);
  expect(distance(games[name], "in turn") / inTurn).toBeCloseTo(1, 5);
});

test("R1 brings both to rest, the faster the heavier it is", () => {
  expect(distance(games["GAN with R1, 0.3"], "at once")).toBeCloseTo(2.6e-6, 7);
  expect(distance(games["GAN with R1, 0.3"], "in turn")).toBeCloseTo(2.3e-7, 8);
  expect(distance(games["GAN with R1, 1"], "at once")).toBeLessThan(1e-20);
  expect(distance(games["GAN with R1, 1"], "in turn")).toBeLessThan(1e-15);
});
