// Trains a DCGAN on an array of images and draws new ones: discs of three sizes, anywhere on a dark ground of 16×16 pixels.
import { writeFileSync } from "node:fs";
import { arrayDataset, cpu, openGenerator, picture, trainedGenerator, trainInMemory } from "ganforge";

const disc = (x: number, y: number, radius: number) =>
  Float32Array.from({ length: 256 }, (_, i) => (Math.hypot((i % 16) - x, Math.floor(i / 16) - y) < radius ? 1 : -1));
const images = Array.from({ length: 243 }, (_, i) => disc(4 + (i % 9), 4 + (Math.floor(i / 9) % 9), 2 + (i % 3)));

const options = { width: 16, zDim: 8, upsample: "resize", lr: 2e-3 };
const dataset = arrayDataset(images, [1, 16, 16]);
const run = await trainInMemory("dcgan", dataset, { steps: 250, batch: 32, ema: 0.95, threads: 1, options });

const generator = await openGenerator(trainedGenerator(run, run.checkpoint), { backend: cpu, chunk: 64 });
export const samples = await generator.generate(generator.latent(64, 7)); // [64, 1, 16, 16], in [−1, 1]
writeFileSync("samples.png", picture("images", samples, [1, 16, 16]));
await generator.close();
