// A thousand modes against a discriminator that is too small: stacked digits in the setting of Metz et al. (2017), Unrolled GANs, with the
// figures of Lin et al. (2018), PacGAN, Table 3. R3GAN and its ablation stand beside them, which their authors measured elsewhere.

import { type Dataset, withStacks } from "../data/index.ts";
import { type Extractor, madeSamples, measure, parseMetrics } from "../metrics/index.ts";
import type { OptionValue } from "../recipes/index.ts";
import { picture, pictureCount, type Sampler } from "../train/index.ts";
import { playGame } from "./games.node.ts";
import { type DigitsUsed, EYES, withDigits } from "./judged.node.ts";
import type { Training } from "./measured.node.ts";
import type { Outcome, Table, TableCase, Trial } from "./table.ts";
import { tinyDiscriminator, tinyGenerator } from "./tiny-players.ts";

/** Combinations of three of ten digits. */
const MODES = 1000;

/** D's first channels, where it has so many for one of G. */
const parts = { "1/4": 2, "1/2": 4 } as const;
type Part = keyof typeof parts;

/** A game, and the published figures against a D of each size that it is played with. */
interface Row {
  readonly name: string;
  readonly recipe: "unrolled" | "r3gan";
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly published: { readonly [K in Part]?: readonly [modes?: string, kl?: string] };
}

// With K = 0, unrolled is the plain game with a rate for each player, as the setting has it.
const unrolled = (unroll: number, pack = 1) =>
  ({ recipe: "unrolled", options: { unroll, loss: "non-saturating", pack } }) as const;
const r3gan = (loss: "rpgan" | "gan", r2: boolean) => ({ recipe: "r3gan", options: { loss, r2 } }) as const;

const rows: readonly Row[] = [
  {
    ...{ name: "DCGAN", ...unrolled(0) },
    published: {
      "1/4": ["78.5 ± 17.56; Metz et al. 30.6 ± 20.73", "5.21; Metz et al. 5.99 ± 0.42"],
      "1/2": ["487.7 ± 34.59; Metz et al. 628.0 ± 140.9", "2.24; Metz et al. 2.58"],
    },
  },
  {
    ...{ name: "Unrolled, 5 steps", ...unrolled(5) },
    published: { "1/4": ["236.4 ± 63.30", "4.67"], "1/2": ["732.0", "1.66"] },
  },
  {
    ...{ name: "PacGAN2", ...unrolled(0, 2) },
    published: { "1/4": ["484.5 ± 32.99", "2.61"], "1/2": ["840.7", "1.00"] },
  },
  {
    ...{ name: "PacGAN3", ...unrolled(0, 3) },
    published: { "1/4": ["601.3 ± 32.18", "2.00"], "1/2": ["866.6 ± 12.10", "0.90"] },
  },
  {
    ...{ name: "PacGAN4", ...unrolled(0, 4) },
    published: { "1/4": ["667.4 ± 29.00", "1.81"], "1/2": ["820.2", "1.15"] },
  },
  {
    ...{ name: "R3GAN (RpGAN + R1 + R2)", ...r3gan("rpgan", true) },
    published: { "1/4": [], "1/2": ["1000", "0.0781"] },
  },
  { ...{ name: "GAN + R1 + R2", ...r3gan("gan", true) }, published: { "1/2": ["693", "0.927"] } },
  { ...{ name: "RpGAN + R1", ...r3gan("rpgan", false) }, published: { "1/2": ["diverges"] } },
  { ...{ name: "GAN + R1", ...r3gan("gan", false) }, published: { "1/2": ["diverges"] } },
];

type StackedTraining = Training &
  DigitsUsed & { readonly players: { readonly width: number; readonly norm: "batch" | "none" } };

const packOf = ({ pack = 1 }: Row["options"]): number => Number(pack);

function trainingOf({ recipe, options }: Row, part: Part, full: boolean): StackedTraining {
  const pack = packOf(options);
  const rates = full ? { lrD: 2e-4, lrG: 1e-4 } : { lrD: 5e-3, lrG: 1e-3 };
  const optimizer = recipe === "r3gan" ? { lr: full ? 2e-4 : 1e-3, beta1: 0 } : { ...rates, beta1: 0.5 };
  return {
    recipe,
    options: { zDim: 256, ...optimizer, beta2: 0.99, ...options },
    // R1 and R2 ask how each score depends on its own sample, which a batch's statistics blur.
    players: { width: parts[part], norm: recipe === "r3gan" ? "none" : "batch" },
    // 128 packs in a batch, of as many stacks as a pack has.
    ...(full ? { steps: 500_000, batch: 128 * pack, ema: 0 } : { steps: 3000, batch: 60, ema: 0 }),
    ...(full ? { digits: 60_000, samples: 25_600 } : { digits: 20_000, samples: 10_000 }),
    eyes: EYES,
  };
}

/** A game on stacks of the digits, its modes counted. */
export async function runStacked(
  { players: { width, norm }, digits, samples, eyes, ...training }: StackedTraining,
  trial: Trial,
): Promise<Outcome | undefined> {
  return withDigits({ digits, samples, eyes }, trial, async (grey, extractor) => {
    const { dataset: stacks } = withStacks(grey, trial.seed);
    const G = tinyGenerator(Number(training.options.zDim));
    const D = tinyDiscriminator({ width, norm, pack: packOf(training.options) });
    const sampler = await playGame(training, { G, D }, stacks, trial);
    if (sampler === undefined) return undefined;
    const right = { right: 100 * extractor.accuracy! };
    if (sampler === "diverged") return { figures: { "stacked-modes": 0, "stacked-kl": Math.log(MODES), ...right } };
    const { figures, picture } = await counted(sampler, extractor, samples, stacks, trial);
    return { figures: { ...figures, ...right }, picture };
  });
}

/** Modes and KL of so many of the sampler's stacks, and a picture; closes the sampler. */
async function counted(sampler: Sampler, eyes: Extractor, count: number, stacks: Dataset, { seed, progress }: Trial) {
  try {
    const made = madeSamples(sampler, stacks, { seed: 1000 + seed, count });
    const found = await measure({
      ...{ metrics: parseMetrics("stacked-modes"), seed, kind: "images", labels: stacks.classes },
      ...{ extractor: eyes, stacked: true, real: { ...made, count: 0 }, made }, // real stacks take no part
      progress: (done, all) => progress("stacks to measure", done, all),
    });
    const shown = await made.read(0, pictureCount.images);
    return {
      figures: Object.fromEntries(found.map(({ figure, value }) => [figure, value])),
      picture: picture("images", shown.values, sampler.sample),
    };
  } finally {
    await sampler.close();
  }
}

/** The row against this D, if it is played with it. */
function caseOf(row: Row, part: Part): TableCase[] {
  const published = row.published[part];
  if (published === undefined) return [];
  const [modes, kl] = published;
  return [
    {
      name: `${row.name}, D = ${part} G`,
      published: { ...(modes && { "stacked-modes": modes }), ...(kl && { "stacked-kl": kl }) },
      training: (full) => trainingOf(row, part, full),
      run: (trial) => runStacked(trainingOf(row, part, trial.full), trial),
    },
  ];
}

export const stacked: Table = {
  name: "stacked",
  title: "Stacked digits, with a discriminator too small for them",
  source:
    "Lin et al. (2018), PacGAN, Table 3, NeurIPS, Unrolled after Metz et al. (2017); R3GAN and its ablation (RpGAN or GAN, R1 and R2 or R1 alone): Huang et al. (2024), R3GAN, by another protocol",
  protocol: {
    published:
      "Stacks of three of MNIST's 60,000 training digits, z of 256 normal numbers, G of maps with 64, 32, 16 and 8 channels, D a quarter or half as wide, both with batch norm, Adam with β₁ 0.5 and β₂ 0.99 and rates of 2e-4 for D and 1e-4 for G, 500,000 steps of 128, fifty trials, the modes and KL of 25,600 samples. R3GAN and its ablation: networks and a protocol of its authors' own, not those of this table.",
    shortened:
      "The same networks on stacks of 20,000 digits, 3,000 steps of 60 (of packs of four, 15 packs), with rates of 5e-3 for D and 1e-3 for G, for both of R3GAN's players 1e-3. G then does not draw clean digits yet; every stack counts as the three digits that the classifier sees in it. The modes and KL are of 10,000 samples; even stacks without any preference would have a KL of 0.05 by chance. R3GAN's D has no batch norm, as R1 and R2 ask how a score depends on its own sample. A training that diverges counts as no mode and the largest KL, 6.91.",
    full: "As published, PacGAN in batches of 128 packs, with three trials by default; R3GAN with one rate of 2e-4 and β₁ 0, its D without batch norm. The KL by chance is 0.02. A training that diverges counts as no mode and the largest KL, 6.91.",
  },
  data: { set: "glyphs", replaceable: true },
  measuredOn: "10,000 samples (in full 25,600), as a classifier of the single digits sees them",
  figures: [
    { name: "stacked-modes", title: `modes of ${MODES}` },
    { name: "stacked-kl", title: "KL" },
    { name: "right", title: "classifier right, %" },
  ],
  seeds: 3,
  cases: Object.keys(parts).flatMap((part) => rows.flatMap((row) => caseOf(row, part as Part))),
};
