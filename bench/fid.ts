// npm run bench:fid: how long FID of 10,000 made against 10,000 real samples takes at 28 pixels, and what takes it. The data are drawn
// digits, the generator is a DCGAN of the README's size, the extractor the data's own classifier, trained before the clock starts.

import { writeFileSync } from "node:fs";
import { findDataset } from "../src/data/index.ts";
import { openGenerator, trainedGenerator } from "../src/export/index.ts";
import {
  asChosen,
  classifierExtractor,
  findMetric,
  fitClassifier,
  madeSamples,
  measure,
  realSamples,
  type Samples,
} from "../src/metrics/index.node.ts";
import { cpu } from "../src/runtime/index.node.ts";
import { sha256, trainInMemory } from "../src/train/index.node.ts";
import { describeMachine } from "./machine.ts";

const COUNT = 10_000;
const REPEATS = 3;

const dataset = findDataset("glyphs")!.open({ seed: 1, size: 28 });
const run = await trainInMemory("dcgan", dataset, { steps: 1, options: { width: 64 } });
const sampler = await openGenerator(trainedGenerator(run, run.checkpoint), { backend: cpu, chunk: 64 });
const classifier = await fitClassifier(dataset, { name: "glyphs-classifier", backend: cpu, steps: 200 });
const extractor = await classifierExtractor(classifier, { backend: cpu, sha256 });

/** Seconds that a source of samples took, of those that went by. */
function timed(samples: Samples): Samples & { seconds: number } {
  const watched = {
    ...samples,
    seconds: 0,
    async read(start: number, count: number) {
      const begun = performance.now();
      const given = await samples.read(start, count);
      watched.seconds += (performance.now() - begun) / 1000;
      return given;
    },
  };
  return watched;
}

const rows: string[] = [];
for (let repeat = 1; repeat <= REPEATS; repeat++) {
  const real = timed(realSamples(dataset, sampler, { seed: repeat, count: COUNT }));
  const made = timed(madeSamples(sampler, dataset, { seed: repeat, count: COUNT }));
  let seeing = 0;
  const watched: typeof extractor = {
    ...extractor,
    async extract(images, shape) {
      const begun = performance.now();
      const seen = await extractor.extract(images, shape);
      seeing += (performance.now() - begun) / 1000;
      return seen;
    },
  };
  const begun = performance.now();
  const [{ value }] = await measure({
    ...{ metrics: [asChosen(findMetric("fid"))], real, made, kind: "images", labels: dataset.classes, seed: repeat },
    extractor: watched,
  });
  const all = (performance.now() - begun) / 1000;
  const parts = [all, real.seconds, made.seconds, seeing, all - real.seconds - made.seconds - seeing, value];
  rows.push(`| ${parts.map((part) => part.toPrecision(3)).join(" | ")} |`);
  console.log(rows.at(-1));
}
for (const each of [sampler, extractor, dataset]) await each.close();

writeFileSync(
  "bench/FID.md",
  `# How long FID takes

Made by \`npm run bench:fid\`: FID of ${COUNT.toLocaleString("en-US")} made against as many real samples of 28 × 28 pixels, in seconds. The real ones are drawn digits, the made
ones a DCGAN's of width 64, the eyes the data's own classifier of 128 features, trained before.

| in all | drawing real ones | making | seeing | the metric itself | FID |
| ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}

${describeMachine()
  .map((line) => `- ${line}`)
  .join("\n")}
`,
);
