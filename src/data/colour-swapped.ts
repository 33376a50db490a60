// Shapes in warm colours and in cold ones: the counterpart has red and blue changed for one another, in every pixel. Red is
// commoner than yellow, so that no other mapping of the colours (a turn of the wheel) matches both sides.
import { InputError } from "../errors/index.ts";
import { box, canvas, disc, hsv, paint, placed, regular, type Shape, star, union } from "./painter.ts";
import { type PicturePair, pairSource } from "./pair-source.ts";

const SHAPES: readonly Shape[] = [
  disc(0.95),
  box(0.85, 0.85, 0.06),
  regular(3, 1.15),
  star(5, 1.15, 0.5),
  union(box(1, 0.34, 0.05), box(0.34, 1, 0.05)),
];

const source = pairSource({
  name: "colour-swapped",
  about:
    "shapes in warm colours and in cold ones, red and blue swapped (domains of 32 to 128 pixels), the true counterparts known",
  kind: "domains",
  version: 1,
  draw(random, size): PicturePair {
    const a = canvas(size, hsv(0.1, 0.12 * random.uniform(), 0.9 + 0.08 * random.uniform()));
    const count = 1 + random.integer(3);
    const angle = 2 * Math.PI * random.uniform(); // they stand around the middle
    for (let k = 0; k < count; k++) {
      const away = count === 1 ? 0.12 * random.uniform() : 0.24;
      const place = {
        x: 0.5 + away * Math.cos(angle + (2 * Math.PI * k) / count),
        y: 0.5 + away * Math.sin(angle + (2 * Math.PI * k) / count),
        scale: [0.3, 0.19, 0.16][count - 1] * (0.8 + 0.4 * random.uniform()),
        turn: 0.8 * random.uniform() - 0.4,
      };
      const shape = placed(SHAPES[random.integer(SHAPES.length)], place);
      const hue = -0.06 + 0.22 * random.uniform() ** 2; // crimson to yellow
      paint(a, shape, hsv(hue, 0.75 + 0.25 * random.uniform(), 0.75 + 0.25 * random.uniform()));
    }
    const plane = size * size;
    const [red, green, blue] = [0, 1, 2].map((c) => a.pixels.subarray(c * plane, (c + 1) * plane));
    return { a, b: { size, pixels: Float32Array.of(...blue, ...green, ...red) } };
  },
});

export const colourSwapped: typeof source = {
  ...source,
  open(options) {
    if (options.channels === 1) {
      throw new InputError("--channels: colour-swapped is about colours, got 1 (grey). Pass --channels 3.");
    }
    return source.open(options);
  },
};
