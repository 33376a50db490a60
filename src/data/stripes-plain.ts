// Striped shapes and plain ones, as zebras and horses: the counterpart of a striped shape is the same one in the colour of its
// light stripes. Stripes stand upright, a light one about the shape's middle, so that there is one right answer either way.

import {
  blend,
  box,
  type Colour,
  canvas,
  disc,
  ellipse,
  hsv,
  paint,
  placed,
  regular,
  star,
  stripe,
} from "./painter.ts";
import { pairSource } from "./pair-source.ts";

/** The width of a light and a dark stripe together, in pictures. */
const PERIOD = 0.125;
const DARK: Colour = [0.14, 0.11, 0.15];

const SHAPES = [
  disc(0.95),
  ellipse(1.15, 0.75),
  ellipse(0.75, 1.15),
  box(0.9, 0.9, 0.2),
  regular(3, 1.2),
  star(6, 1.2, 0.62),
];

export const stripesPlain = pairSource({
  name: "stripes-plain",
  about: "striped shapes and plain ones (domains of 32 to 128 pixels), the true counterparts known",
  kind: "domains",
  version: 1,
  draw(random, size) {
    const kind = SHAPES[random.integer(SHAPES.length)];
    const coat = hsv(random.uniform(), 0.5 + 0.3 * random.uniform(), 0.95);
    const ground = hsv(random.uniform(), 0.1, 0.94);
    const scale = 0.2 + 0.13 * random.uniform();
    const x = 0.5 + (0.44 - 1.15 * scale) * (2 * random.uniform() - 1);
    const y = 0.5 + (0.44 - 1.15 * scale) * (2 * random.uniform() - 1);
    const shape = placed(kind, { x, y, scale });
    const a = canvas(size, ground);
    const b = canvas(size, ground);
    paint(a, shape, (px) => blend(coat, DARK, stripe((px - x) / PERIOD + 0.25, PERIOD * size)));
    paint(b, shape, coat);
    return { a, b };
  },
});
