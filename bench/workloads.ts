// What is timed: the training steps of torch_steps.py as recipes, each a D update and a G update on the same fakes; an iteration of
// CycleGAN and a making of samples, as in torch_more.py; and DCGAN's step in every size.

import type { SampleForm } from "../src/data/index.ts";
import { grad, stopGradient, type Tensor } from "../src/graph/index.ts";
import { mlpDiscriminator, mlpGenerator, type NetworkSpec } from "../src/networks/index.ts";
import {
  batchNorm,
  conv2d,
  convTranspose2d,
  flatten,
  leakyRelu,
  linear,
  type Module,
  named,
  normal,
  relu,
  sequential,
  squeeze,
  tanh,
  unflatten,
} from "../src/nn/index.ts";
import { adam } from "../src/optim/index.ts";
import {
  type AnyRecipe,
  completeOptions,
  defineRecipe,
  findRecipe,
  minimize,
  type OptionValue,
} from "../src/recipes/index.ts";

export interface Workload {
  readonly name: string;
  readonly batch: number;
  readonly data: SampleForm;
  readonly recipe: AnyRecipe;
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Where given, no training step is timed, but the making of so many samples, `batch` at a time. */
  readonly samples?: number;
  /** The script with PyTorch's. */
  readonly script: "torch_steps.py" | "torch_more.py";
}

const init = normal(0, 0.02);
const gain = normal(1, 0.02);
const halve = { kernel: 4, stride: 2, padding: 1, bias: false, init };

function workload(
  name: string,
  batch: number,
  sample: readonly number[],
  players: () => { G: NetworkSpec; D: NetworkSpec },
  { beta1 = 0.5, penalty = 0 } = {},
): Workload {
  const recipe = defineRecipe({
    name,
    title: name,
    paper: "torch_steps.py",
    about: "benchmark",
    data: { kinds: ["images"] },
    batch,
    options: {},
    networks: players,
    iteration({ G, D }, { draw }) {
      const optimizer = adam({ lr: 2e-4, beta1 });
      const x = draw.real();
      const fake = G(draw.prior(G));
      const held = stopGradient(fake);
      const gameLoss = () => D(x).neg().softplus().mean().add(D(held).softplus().mean());
      const criticLoss = () => {
        const hat = held.lerp(x, draw.uniform([1, 1, 1]));
        const slope = perSampleNorm(grad(D(hat).sum(), hat));
        return D(held).mean().sub(D(x).mean()).add(slope.sub(1).square().mean().mul(penalty));
      };
      return [
        minimize(penalty === 0 ? gameLoss : criticLoss, { over: D, with: optimizer }),
        minimize(() => (penalty === 0 ? D(fake).neg().softplus().mean() : D(fake).mean().neg()), {
          over: G,
          with: optimizer,
        }),
      ];
    },
    makes: { sample: ({ G }, given) => G(given.prior(G)) },
  });
  return { name, batch, data: { kind: "images", sample, classes: [] }, recipe, options: {}, script: "torch_steps.py" };
}

const perSampleNorm = (g: Tensor): Tensor => g.flatten().square().sum([1]).sqrt();

function dcgan28(width: number): { G: NetworkSpec; D: NetworkSpec } {
  const G = sequential(
    linear(100, 2 * width * 49, { bias: false }),
    unflatten([2 * width, 7, 7]),
    batchNorm(2 * width, { init: gain }),
    relu(),
    convTranspose2d(2 * width, width, halve),
    batchNorm(width, { init: gain }),
    relu(),
    convTranspose2d(width, 1, halve),
    tanh(),
  );
  const D = sequential(
    conv2d(1, width, halve),
    leakyRelu(0.2),
    conv2d(width, 2 * width, halve),
    batchNorm(2 * width, { init: gain }),
    leakyRelu(0.2),
    flatten(),
    linear(2 * width * 49, 1),
  );
  return {
    G: { module: named("main", G), inputShape: [100] },
    D: { module: named("main", D, { after: squeeze() }), inputShape: [1, 28, 28] },
  };
}

/** DCGAN stacks, ending on a 4×4 convolution; the size is a power of two. */
function convPair(size: number, zDim: number, width: number, criticNorm: boolean): { G: NetworkSpec; D: NetworkSpec } {
  const depth = Math.log2(size / 4);
  const g: Module[] = [];
  const d: Module[] = [];
  let channels = zDim;
  for (let i = 0; i < depth; i++) {
    const out = width * 2 ** (depth - 1 - i);
    g.push(
      convTranspose2d(channels, out, i === 0 ? { kernel: 4, bias: false, init } : halve),
      batchNorm(out, { init: gain }),
      relu(),
    );
    channels = out;
  }
  g.push(convTranspose2d(channels, 3, halve), tanh());
  channels = 3;
  for (let i = 0; i < depth; i++) {
    const out = width * 2 ** i;
    d.push(
      conv2d(channels, out, halve),
      ...(i > 0 && criticNorm ? [batchNorm(out, { init: gain })] : []),
      leakyRelu(0.2),
    );
    channels = out;
  }
  d.push(conv2d(channels, 1, { kernel: 4, bias: false, init }));
  return {
    G: { module: named("main", sequential(...g), { before: unflatten([zDim, 1, 1]) }), inputShape: [zDim] },
    D: { module: named("main", sequential(...d), { after: squeeze() }), inputShape: [3, size, size] },
  };
}

const mlpOptions = {
  zDim: 64,
  hidden: [256, 256],
  sample: [784],
  prior: "normal",
  output: "tanh",
  activation: "relu",
  batchNorm: false,
  eps: 1e-5,
} as const;

const dcgan64 = workload("dcgan64", 64, [3, 64, 64], () => convPair(64, 100, 64, true));

const cyclegan = findRecipe("cyclegan");
const picture = [3, 64, 64];

export const workloads: readonly Workload[] = [
  workload(
    "mlp",
    100,
    [784],
    () => ({ G: mlpGenerator(mlpOptions), D: mlpDiscriminator({ hidden: [256, 256], sample: [784] }) }),
    { beta1: 0.9 },
  ),
  workload("dcgan28", 64, [1, 28, 28], () => dcgan28(64)),
  workload("wgangp32", 64, [3, 32, 32], () => convPair(32, 128, 64, false), { penalty: 10 }),
  dcgan64,
  {
    ...{ name: "cyclegan64", batch: 1, recipe: cyclegan, script: "torch_more.py" },
    data: { kind: "domains", sample: picture, target: picture, classes: [] },
    options: completeOptions(cyclegan, { blocks: 6, width: 32 }),
  },
  { ...dcgan64, name: "sample64", samples: 10_000, script: "torch_more.py" },
];

/** dcgan64's step with another batch, size and width: "dcgan-64-64-64" is itself. */
export interface DcganSize {
  readonly batch: number;
  readonly size: number;
  readonly width: number;
}

export const nameOf = ({ batch, size, width }: DcganSize): string => `dcgan-${batch}-${size}-${width}`;

/** A workload by its name, that of a DCGAN's size included. */
export function findWorkload(name: string): Workload {
  const [, ...sizes] = /^dcgan-(\d+)-(\d+)-(\d+)$/.exec(name) ?? [];
  const [batch, size, width] = sizes.map(Number);
  if (sizes.length > 0) return workload(name, batch, [3, size, size], () => convPair(size, 100, width, true));
  const found = workloads.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no workload "${name}"`);
  return found;
}
