// pix2pix, CycleGAN and DiscoGAN against PyTorch: see record/translation.py.

import type { SampleForm } from "../../src/data/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { type Recorded, testParity } from "./suite.ts";

const colour = [3, 16, 16];
const grey = [1, 16, 16];
const form = (kind: "pairs" | "domains", sample: readonly number[], target: readonly number[]): SampleForm => ({
  ...{ kind, sample, target, classes: [] },
});

const cyclegan = { recipe: "cyclegan", batch: 1, losses: ["loss/G+F", "loss/DX", "loss/DY"] } as const;
const discogan = { recipe: "discogan", batch: 4, losses: ["loss/DB", "loss/GAB"] } as const;

/**
 * Biases before instance norm: shifts are taken out again, so their gradient is rounding noise, of which Adam makes steps of up to
 * lr = 2e-4, three of them on either side here.
 */
const shifts = (network: string, layers: readonly string[]) =>
  layers.flatMap((layer): [string, number][] => [
    [`${network}.model.${layer}.bias`, 1.2e-3],
    [`${network}.adam.m.model.${layer}.bias`, 1e-5],
    [`${network}.adam.v.model.${layer}.bias`, 1e-11],
  ]);
const shiftsOf = (blocks: readonly string[], rest: readonly string[]) =>
  Object.fromEntries([
    ...["G", "F"].flatMap((network) => shifts(network, ["1", "4", "7", ...blocks, ...rest])),
    ...["DX", "DY"].flatMap((network) => shifts(network, ["2", "5"])),
  ]);

const files: Readonly<Record<string, Recorded>> = {
  pix2pix: {
    ...{ recipe: "pix2pix", data: form("pairs", colour, grey), batch: 1 },
    options: { width: 2, receptiveField: "34" },
  },
  "pix2pix-pixels": {
    ...{ recipe: "pix2pix", data: form("pairs", colour, grey), batch: 2 },
    options: {
      ...{ direction: "b-to-a", game: "gan", lambda: 10, receptiveField: "1", dropout: 0.25, width: 2 },
      ...{ decayFrom: 1, decayTo: 4 },
    },
  },
  cyclegan: {
    ...{ ...cyclegan, data: form("domains", colour, colour) },
    options: { width: 2, blocks: 1, poolSize: 2 },
    noise: shiftsOf(["10.conv_block.1", "10.conv_block.5"], ["11", "14"]),
  },
  "cyclegan-no-history": {
    ...{ ...cyclegan, data: form("domains", colour, grey) },
    options: { width: 2, blocks: 2, poolSize: 0, identity: 0 },
    noise: shiftsOf(["10.conv_block.1", "10.conv_block.5", "11.conv_block.1", "11.conv_block.5"], ["12", "15"]),
  },
  discogan: {
    ...{ ...discogan, data: form("domains", [3, 32, 32], [1, 32, 32]), batch: 2 },
    options: { width: 2, startingRate: 0.2, curriculum: 1 },
    losses: ["loss/DA+DB", "loss/GAB+GBA"],
  },
  "discogan-recongan": {
    ...{ ...discogan, data: form("domains", colour, grey) },
    options: { width: 2, form: "recongan", curriculum: 0, bottleneck: 3 },
    losses: ["loss/DB", "loss/GAB+GBA"],
  },
  "discogan-gan": {
    ...{ ...discogan, data: form("domains", grey, colour) },
    options: { width: 2, form: "gan" },
  },
};

testParity(files, cpu);
