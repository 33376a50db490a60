// Drawn faces with attributes turned over, as an independent classifier sees them.

import { type Dataset, findDataset } from "../../src/data/index.ts";
import { type Judge, trainJudge } from "./classifier.ts";
import { type Experiment, flagsOf, samplerOf, type Training, trained } from "./experiment.ts";
import { SIZE, TESTS, testIndices } from "./tests.ts";

/** Five times the paper's learning rate and weight of the reconstruction, for a hundredth of its steps; fewer steps of D for each of G's. */
const flips: Training = {
  ...{ recipe: "stargan", steps: 1500, batch: 16 },
  options: { width: 16, blocks: 2, lr: 5e-4, lambdaRec: 50, lambdaCls: 2, nCritic: 3 },
};

export const attributes: Experiment = {
  name: "attributes",
  about: `Faces at ${SIZE} pixels: of 200 drawn faces not trained on, each attribute is turned over in turn; \`flips\` is how often (%) an independent classifier then sees it turned, \`keeps\` how often it sees the other attributes as they were, \`judge\` its accuracy on real faces.`,
  cases: [
    {
      name: "stargan",
      flags: `--data faces --size ${SIZE} ${flagsOf(flips)}`,
      async run(seed, log) {
        const open = () => findDataset("faces")!.open({ seed: 1, size: SIZE });
        const data = open();
        const judge = await trainJudge(data, 1500, 100 + seed);
        const run = await trained(flips, open(), seed, log);
        const figures = await turned(data, judge, await samplerOf(run), data.attributes!.length);
        await judge.close();
        return { ...figures, minutes: run.result.seconds / 60 };
      },
    },
  ],
  claims: [
    {
      text: "stargan turns an attribute over in at least 90 % of the faces",
      holds: (mean) => mean("stargan", "flips") >= 90,
    },
  ],
};

/** How often attributes turn when asked to, and others stay. */
async function turned(
  data: Dataset,
  judge: Judge,
  sampler: Awaited<ReturnType<typeof samplerOf>>,
  count: number,
): Promise<Record<string, number>> {
  const { values, attributes: truth } = await data.read(testIndices);
  const seen = async (images: Float32Array) => (await judge.logits(images)).map((logit) => (logit > 0 ? 1 : 0));
  const before = await seen(values);
  const judged = before.filter((value, i) => value === truth![i]).length / before.length;
  let [flipped, kept] = [0, 0];
  for (let attribute = 0; attribute < count; attribute++) {
    const labels = truth!.map((value, i) => (i % count === attribute ? 1 - value : value));
    const after = await seen(await sampler.generate({ a: values, labels }));
    after.forEach((value, i) => {
      if (value !== labels[i]) return;
      if (i % count === attribute) flipped++;
      else kept++;
    });
  }
  await sampler.close();
  const each = TESTS * count;
  return {
    flips: (100 * flipped) / each,
    keeps: (100 * kept) / (each * (count - 1)),
    judge: 100 * judged,
  };
}
