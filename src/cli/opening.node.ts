// Opening data as the settings say, captions by a model of their own included.

import { type DataOptions, type Dataset, openDataset } from "../data/index.node.ts";
import { InputError } from "../errors/index.ts";
import { openSentenceEncoder, withSentenceVectors } from "../train/index.node.ts";

/** Opens a set; `captionEncoder` is the path of a model whose sentence vectors stand for its captions. InputError where they do not fit. */
export async function openData(
  spec: string,
  { captionEncoder, ...options }: DataOptions & { readonly captionEncoder?: string | undefined },
): Promise<Dataset> {
  const dataset = await openDataset(spec, options);
  if (captionEncoder === undefined) return dataset;
  try {
    if (dataset.text === undefined) {
      throw new InputError(`--caption-encoder: reads captions, and ${spec} holds ${dataset.kind}. Leave it out.`);
    }
    if (options.captionVectors !== undefined) {
      throw new InputError("--caption-encoder: makes what --caption-vectors gives. Leave one of them out.");
    }
    return withSentenceVectors(dataset, await openSentenceEncoder(captionEncoder));
  } catch (error) {
    await dataset.close();
    throw error;
  }
}
