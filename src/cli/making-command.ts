// The command that makes something with a trained run, as the end of a training proposes it.

import type { Dataset } from "../data/index.ts";
import { formOf } from "../data/index.ts";
import { buildMaking, type MakerOptions } from "../train/index.ts";

/**
 * A command that `folder` will not refuse: samples from noise, of what a caption says, or another picture in the place of one.
 *
 * @example makingCommand({ recipe, options }, dataset, "runs/dcgan-glyphs-1") // "ganforge sample runs/dcgan-glyphs-1 --count 64"
 */
export function makingCommand(
  maker: Pick<MakerOptions, "recipe" | "options">,
  dataset: Dataset,
  folder: string,
): string {
  const data = formOf(dataset);
  const sources = buildMaking({ ...maker, data }, 1).inputs.map(({ source }) => source.kind);
  const pictures = sources.filter((kind) => kind === "image").length;
  if (pictures > 1) return `ganforge translate ${folder} picture.png --with other.png`;
  if (pictures === 1) {
    const [name] = [...(data.attributes ?? []), ...data.classes];
    return `ganforge translate ${folder} picture.png${sources.includes("labels") ? ` --class ${quoted(name)}` : ""}`;
  }
  if (!sources.includes("text")) return `ganforge sample ${folder} --count 64`;
  const caption = dataset.caption?.(0);
  return `ganforge sample ${folder} ${caption === undefined ? "--text-vectors FILE" : `--text ${quoted(caption)}`} --count 8`;
}

/** As a shell takes it for one word. */
const quoted = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `"${text.replace(/["\\$`]/g, "\\$&")}"`);
