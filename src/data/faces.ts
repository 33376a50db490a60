// Cartoon faces with attributes, each a fair coin of its own and none a matter of the looks (skin, hair, colours, place, size): whoever
// changes an attribute can be measured exactly, since the same face with it and without it is known.
import { type RandomStream, stream } from "../random/index.ts";
import type { DataOptions, DatasetSource } from "./dataset.ts";
import { endlessDataset } from "./endless.ts";
import { drawLooks, FACE_TRAITS, type FaceTrait, paintFace } from "./face-drawing.ts";
import { chooseChannels, chooseSize } from "./image-options.ts";
import { develop } from "./painter.ts";

const NAME = "faces";
const SIZES = { spec: NAME, own: 64, min: 32, max: 128 };

export const faces: DatasetSource = {
  name: NAME,
  about: `cartoon faces in colour, with the attributes ${FACE_TRAITS.join(", ")} (images of 32 to 128 pixels)`,
  kind: "images",
  classes: [],
  open(options) {
    const size = chooseSize(options, SIZES);
    const channels = chooseChannels(options, 3);
    return endlessDataset({
      spec: NAME,
      kind: "images",
      shape: [channels, size, size],
      classes: [],
      attributes: FACE_TRAITS,
      seed: options.seed,
      version: 1,
      draw(random, out, { attributes }) {
        attributes.set(drawAttributes(random));
        develop(paintFace(traitsOf(attributes), drawLooks(random), size), channels, out);
        return -1;
      },
    });
  },
};

/**
 * The face of sample `index` as it is with these attributes, 0 or 1 for each of the set's, [channels, size, size] in [−1, 1]: the right
 * answer where a network was asked to change some of them.
 */
export function faceWith(options: DataOptions, index: number, attributes: ArrayLike<number>): Float32Array {
  const size = chooseSize(options, SIZES);
  const channels = chooseChannels(options, 3);
  const random = stream(options.seed, NAME, index);
  drawAttributes(random); // the sample's own
  const face = new Float32Array(channels * size * size);
  develop(paintFace(traitsOf(attributes), drawLooks(random), size), channels, face);
  return face;
}

/** What a sample's stream decides first. */
const drawAttributes = (random: RandomStream): number[] => FACE_TRAITS.map(() => random.integer(2));

const traitsOf = (attributes: ArrayLike<number>): ReadonlySet<FaceTrait> =>
  new Set(FACE_TRAITS.filter((_, i) => attributes[i] === 1));
