// Two sets of pictures that no pairing joins, as one data set: the "unpaired" data of CycleGAN (Zhu et al. 2017, §3).

import type { Dataset, Problem } from "./dataset.ts";

/** The domains a and b as one set; its count is the larger one's. `close` closes both, unless they are to be closed otherwise. */
export function domainsOf(
  spec: string,
  { a, b }: { readonly a: Dataset; readonly b: Dataset },
  close: () => Promise<void> = async () => {
    await a.close();
    await b.close();
  },
): Dataset {
  return {
    spec,
    kind: "domains",
    shape: a.shape,
    target: b.shape,
    count: Math.max(a.count, b.count),
    classes: [],
    fingerprint: `a: ${a.fingerprint}; b: ${b.fingerprint}`,
    get problems() {
      const byItem = new Map<string, Problem>();
      for (const problem of [...a.problems, ...b.problems]) byItem.set(problem.item, problem);
      return [...byItem.values()];
    },
    domains: { a, b },
    async read() {
      throw new Error(`${spec}: its domains are read each by itself`);
    },
    close,
  };
}
