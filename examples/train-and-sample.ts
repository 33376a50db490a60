// Trains a DCGAN on an array of images in memory and draws new ones. After a build: npx vite-node examples/train-and-sample.ts
import { writeFileSync } from "node:fs";
import { arrayDataset, cpu, openGenerator, picture, trainedGenerator, trainInMemory } from "ganforge";
