// Eight Gaussians on a ring and twenty-five on a grid: the table that many papers share. Published figures: Lin et al. (2018), PacGAN,
// Table 1, ten trials with standard errors; of unrolled, Srivastava et al. (2017), VEEGAN, Table 1, five trials.

import type { OptionValue } from "../recipes/index.ts";
import { measured, optionsOf, type Training, trained } from "./measured.node.ts";
import type { Table, TableCase } from "./table.ts";

/** Samples that are measured. */
const COUNT = 2500;

type Published = readonly [modes: string, good: string, reverseKl: string];

/** A row: a recipe, what it asks for on points, and the published figures. */
interface Row {
  readonly name: string;
  readonly recipe: string;
  readonly options?: Readonly<Record<string, OptionValue>>;
  readonly ring?: Published;
  readonly grid?: Published;
}

const rows: readonly Row[] = [
  {
    ...{ name: "GAN", recipe: "vanilla" },
    ...{ ring: ["6.3 ± 0.5", "98.2 ± 0.2", "0.45 ± 0.09"], grid: ["17.3 ± 0.8", "94.8 ± 0.7", "0.70 ± 0.07"] },
  },
  { name: "DCGAN", recipe: "dcgan" }, // its game; of points the players are the same for all
  { name: "LSGAN", recipe: "lsgan", options: { a: -1, b: 1, c: 0 } }, // the paper's other choice, eq. 8
  // Its own rate 5e-5 and bound 0.01 hardly move in few steps.
  { name: "WGAN", recipe: "wgan", options: { lr: 5e-4, c: 0.1, warmUp: false } },
  { name: "WGAN-GP", recipe: "wgan-gp", options: { lr: 5e-4, lambda: 0.1 } }, // λ of the authors' 2-D experiments
  { name: "SNGAN", recipe: "sngan", options: { lr: 5e-4 } }, // D is never steeper than 1: only small steps let G settle
  {
    ...{ name: "Unrolled, 5 steps", recipe: "unrolled" },
    ...{ ring: ["7.6", "35.6", ""], grid: ["23.6", "16", ""] },
  },
  {
    ...{ name: "PacGAN2", recipe: "pacgan", options: { pack: 2 } },
    ...{ ring: ["7.9 ± 0.1", "95.6 ± 2.0", "0.07 ± 0.03"], grid: ["23.8 ± 0.7", "91.3 ± 0.8", "0.13 ± 0.04"] },
  },
  {
    ...{ name: "PacGAN3", recipe: "pacgan", options: { pack: 3 } },
    ...{ ring: ["7.8 ± 0.1", "97.7 ± 0.3", "0.10 ± 0.02"], grid: ["24.6 ± 0.4", "94.2 ± 0.4", "0.06 ± 0.02"] },
  },
  {
    ...{ name: "PacGAN4", recipe: "pacgan", options: { pack: 4 } },
    ...{ ring: ["7.8 ± 0.1", "95.9 ± 1.4", "0.07 ± 0.02"], grid: ["24.8 ± 0.2", "93.6 ± 0.6", "0.04 ± 0.01"] },
  },
  { name: "R3GAN", recipe: "r3gan" },
];

function trainingOf({ recipe, options }: Row, steps: number, full: boolean): Training {
  const players = full
    ? { hidden: [400, 400, 400, 400], hiddenG: [400, 400, 400, 400], hiddenD: [200, 200, 200], batchNorm: true }
    : { hidden: [128, 128], hiddenG: [128, 128], hiddenD: [128, 128] };
  const optimizer = full ? { lr: 1e-4, beta1: 0.8 } : { lr: 1e-3, beta1: 0.5 };
  return {
    recipe,
    options: optionsOf(recipe, { zDim: 2, ...players, ...optimizer, ...options }),
    // 100 packs in a batch, of as many points as a pack has.
    ...(full ? { steps: 400_000, batch: 100 * Number(options?.pack ?? 1), ema: 0 } : { steps, batch: 240, ema: 0.99 }),
  };
}

function mixture(set: "ring" | "grid", title: string, modes: number, steps: number): Table {
  const figures = [
    { name: "modes", title: `modes of ${modes}` },
    { name: "held", title: "held" },
    { name: "good", title: "high quality %" },
    { name: "reverse-kl", title: "reverse KL" },
  ];
  return {
    name: set,
    title,
    source: "Lin et al. (2018), PacGAN, Table 1, NeurIPS; unrolled: Srivastava et al. (2017), VEEGAN, Table 1",
    protocol: {
      published:
        "100,000 training points, z of 2 normal numbers, G of four hidden layers of 400 with batch norm, D of three maxout layers of 200 × 5, Adam 1e-4 with β₁ 0.8, 400,000 steps of 100, ten trials; of unrolled, other networks and five trials.",
      shortened: `Points drawn without end, z of 2 normal numbers, two hidden layers of 128 for both players, Adam 1e-3 with β₁ 0.5 unless the game asks for its own, ${steps.toLocaleString("en-US")} iterations of 240 points (of packs of four, 60 packs), moving average 0.99.`,
      full: "As published, but points drawn without end, three hidden layers of 200 with LeakyReLU for D's maxout, and batch norm where the recipe has it.",
    },
    data: { set, replaceable: false },
    measuredOn: `${COUNT.toLocaleString("en-US")} samples`,
    figures,
    seeds: 10,
    cases: rows.map((row): TableCase => {
      const [modes, good, reverseKl] = row[set] ?? [];
      const published = { modes, good, "reverse-kl": reverseKl };
      return {
        name: row.name,
        published: Object.fromEntries(
          Object.entries(published).filter((entry): entry is [string, string] => !!entry[1]),
        ),
        training: (full) => trainingOf(row, steps, full),
        async run(trial) {
          const dataset = await trial.open();
          const run = await trained(trainingOf(row, steps, trial.full), dataset, trial);
          return run && measured(run, dataset, { metrics: "modes", count: COUNT, figures }, trial);
        },
      };
    }),
  };
}

export const ring = mixture("ring", "Eight Gaussians on a ring", 8, 3000);
export const grid = mixture("grid", "Twenty-five Gaussians on a grid", 25, 5000);
