// The two players of a GAN that makes samples from noise, from any family of networks: what the losses of all such papers can be
// combined with. Packing (Lin et al. 2018, PacGAN) lies inside D, so that no recipe needs to know of it.

import type { SampleForm } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import type { Shape, Tensor } from "../graph/index.ts";
import type { Module } from "../nn/index.ts";
import {
  type DcganDiscriminatorOptions,
  type DcganGeneratorOptions,
  dcganDiscriminator,
  dcganGenerator,
} from "./dcgan.ts";
import { mlpDiscriminator, mlpGenerator } from "./mlp.ts";
import type { NetworkSpec, Prior } from "./network.ts";
import type { DiscriminatorNorm } from "./normalisation.ts";
import { r3ganDiscriminator, r3ganGenerator } from "./r3gan.ts";
import { resnetDiscriminator, resnetGenerator } from "./resnet.ts";

export type NetworkFamily = "mlp" | "dcgan" | "resnet" | "r3gan";

export interface NoisePlayersOptions {
  /** "auto" is the recipe's own family for images, and fully connected for points. */
  readonly networks: "auto" | NetworkFamily;
  /** The family that the recipe's paper uses for images. */
  readonly own: NetworkFamily;
  readonly zDim: number;
  readonly prior: Prior;
  /** Channels of convolutional players: see each family. */
  readonly width: number;
  /** Channels of G where it is not as wide as D. */
  readonly widthG?: number;
  /** Hidden layers of fully connected players. */
  readonly hidden: readonly number[];
  /** Samples that D judges at once. */
  readonly pack: number;
  /** What keeps D in bounds. */
  readonly norm: DiscriminatorNorm;
  /** Unless told otherwise, tanh for images and linear for points. */
  readonly output?: "auto" | "tanh" | "linear";
  /** Of the dcgan family. */
  readonly upsample?: DcganGeneratorOptions["upsample"];
  readonly head?: DcganDiscriminatorOptions["head"];
  readonly eps?: number;
  /** Of the r3gan family, which has no norm and ends without tanh, whatever the others do. */
  readonly cardinality?: number;
}

export type Players = { readonly G: NetworkSpec; readonly D: NetworkSpec };

type Build = (
  options: Omit<NoisePlayersOptions, "output"> & { readonly output: "tanh" | "linear" },
  /** What G makes, and what D sees: a pack of them. */
  shapes: { readonly sample: Shape; readonly seen: Shape },
) => Players;

const families: Readonly<Record<NetworkFamily, Build>> = {
  mlp: ({ hidden, norm, ...options }, { sample, seen }) => ({
    G: mlpGenerator({ ...options, hidden, sample, activation: "relu", batchNorm: false, eps: 1e-5 }),
    // Batch norm is a guideline for convolutions; the fully connected discriminators of the papers have none.
    D: mlpDiscriminator({ hidden, sample: seen, norm: norm === "batch" ? "none" : norm }),
  }),
  dcgan: ({ width, widthG = width, upsample = "deconv", head = "conv", eps = 1e-5, ...options }, { sample, seen }) => ({
    G: dcganGenerator({ ...options, width: widthG, image: sample, upsample, eps }),
    D: dcganDiscriminator({ ...options, width, image: seen, head, eps }),
  }),
  resnet: ({ width, widthG = width, ...options }, { sample, seen }) => ({
    G: resnetGenerator({ ...options, width: widthG, image: sample }),
    D: resnetDiscriminator({ ...options, width, image: seen }),
  }),
  r3gan: ({ width, widthG = width, norm, ...options }, { sample, seen }) => {
    if (norm === "spectral") {
      throw new InputError(
        "--networks: r3gan has weights that begin at 0, which spectral norm cannot divide. Pass --networks resnet.",
      );
    }
    return {
      G: r3ganGenerator({ ...options, width: widthG, image: sample }),
      D: r3ganDiscriminator({ ...options, width, image: seen }),
    };
  },
};

/** G, z [n, zDim] → a sample [n, ...sample], and D, samples → scores [n / pack]. InputError for convolutions over points. */
export function noisePlayers(options: NoisePlayersOptions, { kind, sample }: SampleForm): Players {
  const { networks, own, pack, output = "auto" } = options;
  const points = kind === "points";
  const family = networks !== "auto" ? networks : points ? "mlp" : own;
  if (points && family !== "mlp") {
    throw new InputError(`--networks: ${family} makes images, and the data are points. Pass --networks mlp.`);
  }
  const [first, ...rest] = sample;
  const { G, D } = families[family](
    { ...options, output: output !== "auto" ? output : points ? "linear" : "tanh" },
    { sample, seen: [pack * first, ...rest] },
  );
  return { G, D: { ...D, module: packed(D.module, pack), inputShape: sample } };
}

/** The same network over packs: each m samples [C, …] that follow each other are one of m·C channels (points: m·2 coordinates). */
function packed(module: Module, m: number): Module {
  if (m === 1) return module;
  return {
    ...module,
    apply(scope, x: Tensor) {
      const [n, channels, ...rest] = x.shape;
      if (n % m !== 0) {
        throw new InputError(
          `--pack: D judges ${m} samples at once, and --batch ${n} is no multiple of ${m}. Pass --batch ${Math.ceil(n / m) * m}.`,
        );
      }
      return module.apply(scope, x.reshape([n / m, m * channels, ...rest]));
    },
  };
}
