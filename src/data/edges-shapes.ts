// Line drawings of one or two shapes, each with its coloured picture. The drawing decides all but one thing: a thick line makes a
// shape warm, a thin one cold, its kind gives the hue, the light comes from the upper left; where the stripes lie, one phase for
// the picture, no drawing tells. Whoever answers with the mean of all phases, as an L1 loss alone does, answers without stripes.
import { type RandomStream, stream } from "../random/index.ts";
import type { DataOptions } from "./dataset.ts";
import { chooseChannels, chooseSize } from "./image-options.ts";
import {
  box,
  type Colour,
  canvas,
  develop,
  disc,
  hsv,
  outline,
  paint,
  placed,
  regular,
  type Shape,
  star,
  stripe,
  union,
} from "./painter.ts";
import { type PicturePair, pairSource, SIZES } from "./pair-source.ts";

const NAME = "edges-shapes";
const PAPER: Colour = [1, 1, 1];
const LINE: Colour = [0.08, 0.08, 0.1];
const TABLE: Colour = [0.95, 0.93, 0.88];

/** Widths of lines, in pictures. */
const THIN = 0.02;
const THICK = 0.05;

/** Stripes: the width of a light and a dark one together, and how much of the light is left in the dark ones. */
const PERIOD = 0.16;
const SHADE = 0.45;

/** The kinds of shapes, with their hues where the line is thick (warm) and where it is thin (cold). */
const KINDS: readonly { readonly shape: Shape; readonly warm: number; readonly cold: number }[] = [
  { shape: disc(0.92), warm: -0.08, cold: 0.42 }, // crimson, green
  { shape: box(0.8, 0.8, 0.08), warm: -0.02, cold: 0.49 }, // red, teal
  { shape: regular(3, 1.1), warm: 0.035, cold: 0.56 }, // vermilion, azure
  { shape: star(5, 1.12, 0.5), warm: 0.14, cold: 0.63 }, // gold, blue
  { shape: union(box(1, 0.36, 0.05), box(0.36, 1, 0.05)), warm: 0.085, cold: 0.71 }, // a cross: orange, violet
];

export const edgesShapes = pairSource({
  name: NAME,
  about:
    "line drawings with their coloured pictures (pairs of 32 to 128 pixels): kind and line decide all but the stripes' place",
  kind: "pairs",
  version: 1,
  draw: (random, size) => draw(drawing(random), size, random.uniform()),
});

/**
 * The right answers to the drawing of sample `index`: its picture b with the stripes at `count` phases, evenly spread, as
 * [count, channels, size, size]. The distance of an answer from the nearest of them is its true error.
 */
export function edgesShapesAnswers(options: DataOptions, index: number, count: number): Float32Array {
  const size = chooseSize(options, { spec: NAME, ...SIZES });
  const channels = chooseChannels(options, 3);
  const length = channels * size * size;
  const answers = new Float32Array(count * length);
  for (let k = 0; k < count; k++) {
    const { b } = draw(drawing(stream(options.seed, NAME, index)), size, k / count);
    develop(b, channels, answers.subarray(k * length, (k + 1) * length));
  }
  return answers;
}

/** One shape on the paper. */
interface Figure {
  readonly shape: Shape;
  readonly colour: Colour;
  readonly width: number;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** All that the line drawing tells. */
function drawing(random: RandomStream): readonly Figure[] {
  const count = 1 + random.integer(2);
  const angle = 2 * Math.PI * random.uniform(); // from the middle to the first shape; the second lies opposite
  return Array.from({ length: count }, (_, k) => {
    const { shape, warm, cold } = KINDS[random.integer(KINDS.length)];
    const thick = random.integer(2) === 1;
    const radius = count === 1 ? 0.24 + 0.12 * random.uniform() : 0.18 + 0.04 * random.uniform();
    const away = count === 1 ? 0.1 * random.uniform() : 0.25;
    const x = 0.5 + away * Math.cos(angle + Math.PI * k);
    const y = 0.5 + away * Math.sin(angle + Math.PI * k);
    const turn = 0.7 * random.uniform() - 0.35;
    return {
      shape: placed(shape, { x, y, scale: radius, turn }),
      colour: hsv(thick ? warm : cold, 0.75, 0.9),
      width: thick ? THICK : THIN,
      x,
      y,
      radius,
    };
  });
}

/** The drawing a and its picture b, the stripes moved by `phase` of a period. */
function draw(figures: readonly Figure[], size: number, phase: number): PicturePair {
  const a = canvas(size, PAPER);
  const b = canvas(size, TABLE);
  for (const { shape, colour, width, x, y, radius } of figures) {
    paint(a, shape, PAPER); // hides what lies behind
    paint(a, outline(shape, width), LINE);
    paint(b, shape, (px, py) => {
      const light = 1 - 0.25 * Math.max(-1, Math.min(1, (px - x + py - y) / (1.6 * radius)));
      const dark = stripe((px + py) / (Math.SQRT2 * PERIOD) + phase, PERIOD * size);
      return lit(colour, light * (1 - dark * (1 - SHADE)));
    });
  }
  return { a, b };
}

function lit([red, green, blue]: Colour, light: number): Colour {
  return [Math.min(1, red * light), Math.min(1, green * light), Math.min(1, blue * light)];
}
