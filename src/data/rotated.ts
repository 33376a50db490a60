// Upright things and lying ones: the counterpart is the picture turned a quarter to the right, so that nothing stays in its place
// and shapes must change, as between the angles of DiscoGAN's cars and faces (Kim et al. 2017, §4.2).

import {
  blend,
  box,
  type Canvas,
  type Colour,
  canvas,
  disc,
  hsv,
  line,
  paint,
  placed,
  polygon,
  type Shape,
  union,
} from "./painter.ts";
import { pairSource } from "./pair-source.ts";

const WOOD: Colour = [0.5, 0.33, 0.2];
const DARK: Colour = [0.24, 0.22, 0.3];
const WHITE: Colour = [1, 1, 1];

/** A thing from −1 to 1, its parts from back to front. None is its own mirror image, so that turning it over is not turning it. */
type Thing = (colour: Colour) => readonly (readonly [part: Shape, ink: Colour])[];

const at = (x: number, y: number, shape: Shape): Shape => placed(shape, { x, y });
const post = (x: number, top: number, width: number): Shape => line([x, top, x, 0.95], width);

const house: Thing = (colour) => [
  [at(0.42, -0.5, box(0.12, 0.3)), DARK],
  [at(0, 0.5, box(0.66, 0.45)), colour],
  [polygon([-0.9, 0.1, 0, -0.8, 0.9, 0.1]), blend(colour, DARK, 0.75)],
  [at(-0.26, 0.65, box(0.15, 0.3)), DARK],
];

const flag: Thing = (colour) => [
  [post(-0.4, -0.95, 0.14), WOOD],
  [polygon([-0.33, -0.95, 0.85, -0.5, -0.33, -0.05]), colour],
];

const boat: Thing = (colour) => [
  [post(-0.05, -0.95, 0.1), WOOD],
  [polygon([0.06, -0.9, 0.85, 0.35, 0.06, 0.35]), colour],
  [polygon([-0.16, -0.5, -0.16, 0.35, -0.7, 0.35]), blend(colour, WHITE, 0.5)],
  [polygon([-0.95, 0.45, 0.95, 0.45, 0.6, 0.95, -0.6, 0.95]), WOOD],
];

const tree: Thing = (colour) => [
  [post(-0.1, 0, 0.22), WOOD],
  [union(at(-0.1, -0.35, disc(0.6)), at(0.42, 0.02, disc(0.36))), colour],
];

const THINGS = [house, flag, boat, tree];

export const rotated = pairSource({
  name: "rotated",
  about: "upright things and lying ones, turned by 90° (domains of 32 to 128 pixels), the true counterparts known",
  kind: "domains",
  version: 1,
  draw(random, size) {
    const thing = THINGS[random.integer(THINGS.length)];
    const colour = hsv(random.uniform(), 0.6 + 0.25 * random.uniform(), 0.85);
    const ground = hsv(random.uniform(), 0.08, 0.96);
    const place = {
      x: 0.5 + 0.08 * (2 * random.uniform() - 1),
      y: 0.5 + 0.08 * (2 * random.uniform() - 1),
      scale: 0.28 + 0.1 * random.uniform(),
      turn: 0.2 * (2 * random.uniform() - 1),
    };
    const a = canvas(size, ground);
    for (const [part, ink] of thing(colour)) paint(a, placed(part, place), ink);
    return { a, b: turnedRight(a) };
  },
});

/** The picture a quarter further clockwise: its left edge becomes its upper edge. */
function turnedRight({ size, pixels }: Canvas): Canvas {
  const turned = new Float32Array(pixels.length);
  const plane = size * size;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        turned[c * plane + x * size + (size - 1 - y)] = pixels[c * plane + y * size + x];
      }
    }
  }
  return { size, pixels: turned };
}
