// D asked what it takes of samples, as it stands in training: dropout is there, and batch norm takes its statistics from the batch.

import { InputError } from "../errors/index.ts";
import { sizeOf } from "../graph/index.ts";
import { stream } from "../random/index.ts";
import type { AnyRecipe } from "../recipes/index.ts";
import type { Backend } from "../runtime/index.ts";
import { buildMaking, compileSampler, type MakerOptions } from "./making.ts";

export interface Judge {
  /** Samples that it scores together. */
  readonly count: number;
  /** Whether it must be told what they are labelled. */
  readonly needsLabels: boolean;
  /** Scores of samples [count, ...sample], where needed with labels [count, K]: one for each, or for as many as D judges together. */
  score(samples: Float32Array, labels?: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * D over the run's state, whose arrays `state` gives by name at each call; undefined where the recipe does not say how D scores a
 * sample. It scores `most` samples together, or a few less where it judges them in packs.
 */
export async function openJudge(
  { recipe, options, data }: Omit<MakerOptions, "make">,
  { backend, threads, most }: { readonly backend: Backend; readonly threads: number; readonly most: number },
  state: (names: readonly string[]) => Promise<Readonly<Record<string, Float32Array>>>,
): Promise<Judge | undefined> {
  const { scores } = recipe;
  if (scores === undefined) return undefined;
  /** What D takes of each sample, as if it were made. */
  const score: AnyRecipe["makes"][string] = (...given) => {
    const taken = scores(...given);
    return taken.reshape([taken.shape[0], -1]).mean([1]); // [n, …] → [n]
  };
  const asked = { recipe: { ...recipe, makes: { score }, samplesAsTrained: true }, options, data };
  const count = largest(most, (n) => buildMaking(asked, n));
  const { program, inputs, arrays } = compileSampler({ ...asked, lowering: await backend.lowering() }, count);
  const session = await backend.load(program, { threads });
  const random: Record<string, Float32Array> = {};
  for (const { name, shape, source } of inputs) {
    const values = new Float32Array(count * sizeOf(shape));
    if (source.kind === "normal") random[name] = stream(0, "score", name).fillNormal(values);
    if (source.kind === "uniform") random[name] = stream(0, "score", name).fillUniform(values, source.low, source.high);
  }
  const nameOf = (kind: string) => inputs.find(({ source }) => source.kind === kind)?.name;
  const [image, told] = [nameOf("image")!, nameOf("labels")];
  const names = arrays.map(({ name }) => name);
  return {
    count,
    needsLabels: told !== undefined,
    async score(samples, labels) {
      const given = { [image]: samples, ...(told !== undefined && { [told]: labels! }), ...random };
      return (await session.run({ ...(await state(names)), ...given })).image;
    },
    close: () => session.close(),
  };
}

/** The largest number, up to `most`, for which something can be built. Throws what stands against 1. */
function largest(most: number, build: (n: number) => unknown): number {
  for (let n = most; n > 1; n--) {
    try {
      build(n);
      return n;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  build(1);
  return 1;
}
