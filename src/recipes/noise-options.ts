// What every recipe from noise lets one choose of its players; see networks/noise.ts.

import type { NetworkFamily } from "../networks/index.ts";
import { choice, integer, integers } from "./options.ts";

/** A table of options; what a paper has its own value for is given. */
export function noiseOptions({
  own,
  zDim,
  width,
  prior = "normal",
  pack = 1,
}: {
  /** The paper's networks for images. */
  readonly own: NetworkFamily;
  readonly zDim: number;
  readonly width: number;
  readonly prior?: "normal" | "uniform";
  readonly pack?: number;
}) {
  return {
    networks: choice(
      ["auto", "mlp", "dcgan", "resnet", "r3gan"],
      "auto",
      `the players; auto is ${own} for images, mlp for points`,
    ),
    zDim: integer(zDim, "size of z"),
    prior: choice(["normal", "uniform"], prior, "z ~ N(0, 1) or U(−1, 1)"),
    width: integer(
      width,
      "channels: of dcgan's largest feature map, each halving of which doubles them, or of all of resnet's and r3gan's",
    ),
    hidden: integers([128, 128, 128], "widths of the hidden layers of mlp"),
    pack: integer(pack, "m, how many samples D judges at once, as one (PacGAN)"),
  };
}
