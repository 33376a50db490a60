// A cartoon face, painted part by part from back to front. Its own coordinates: the middle of the head is the origin, the chin lies at
// (0, 1), and it looks to the right; turned to the left it is its own mirror image.
import type { RandomStream } from "../random/index.ts";
import {
  blend,
  box,
  type Canvas,
  type Colour,
  canvas,
  common,
  disc,
  ellipse,
  hsv,
  type Ink,
  line,
  outline,
  paint,
  placed,
  type Shape,
  union,
  without,
} from "./painter.ts";

/** What a face may have or not. */
export const FACE_TRAITS = ["glasses", "smile", "long-hair", "hat", "turned-left"] as const;
export type FaceTrait = (typeof FACE_TRAITS)[number];

/** All else that tells one face from another. */
export interface FaceLooks {
  readonly ground: Colour;
  readonly skin: Colour;
  readonly hair: Colour;
  readonly eyes: Colour;
  readonly shirt: Colour;
  readonly hat: Colour;
  readonly frame: Colour;
  /** The middle of the head, and half its height, in widths of the picture. */
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  /** Of the head, in radians clockwise. */
  readonly tilt: number;
  /** Half the head's width, to half its height. */
  readonly width: number;
  /** How far apart the eyes are, and how high the brows. */
  readonly eyeGap: number;
  readonly browHeight: number;
}

const SKINS: readonly Colour[] = [
  [0.99, 0.87, 0.77],
  [0.93, 0.75, 0.6],
  [0.78, 0.57, 0.42],
  [0.56, 0.38, 0.27],
];
const HAIRS: readonly Colour[] = [
  [0.1, 0.08, 0.09],
  [0.32, 0.19, 0.11],
  [0.62, 0.3, 0.12],
  [0.9, 0.72, 0.34],
];
const WHITE: Colour = [1, 1, 1];
const DARK: Colour = [0.12, 0.1, 0.12];
const LENS: Colour = [0.72, 0.87, 0.97];
const LIPS: Colour = [0.62, 0.16, 0.18];

/** Looks by chance; takes as many numbers from `random` whatever they are. */
export function drawLooks(random: RandomStream): FaceLooks {
  const stray = (width: number) => width * (2 * random.uniform() - 1);
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const along = (palette: readonly Colour[]) => {
    const at = random.uniform() * (palette.length - 1);
    return blend(palette[Math.floor(at)], palette[Math.floor(at) + 1], at % 1);
  };
  return {
    ground: hsv(random.uniform(), between(0.05, 0.25), between(0.86, 0.98)),
    skin: along(SKINS),
    hair: along(HAIRS),
    eyes: hsv(between(0.05, 0.62), between(0.4, 0.7), between(0.25, 0.55)),
    shirt: hsv(random.uniform(), between(0.35, 0.8), between(0.4, 0.8)),
    hat: hsv(random.uniform(), between(0.65, 0.95), between(0.45, 0.85)),
    frame: blend(DARK, hsv(random.uniform(), 0.9, 0.5), 0.6 * random.uniform()),
    x: 0.5 + stray(0.035),
    y: 0.55 + stray(0.02),
    scale: 0.29 * (1 + stray(0.07)),
    tilt: stray(0.08),
    width: between(0.74, 0.84),
    eyeGap: between(0.29, 0.33),
    browHeight: between(0.3, 0.36),
  };
}

/** Lays a shape, in the face's own coordinates, over what is there. */
type Brush = (shape: Shape, ink: Ink) => void;

const at = (shape: Shape, x: number, y: number): Shape => placed(shape, { x, y });
const above =
  (level: number): Shape =>
  (_x, y) =>
    y - level;
const below =
  (level: number): Shape =>
  (_x, y) =>
    level - y;

/** How far to the side the face's middle is, seen on a head that looks that way. */
const SIDE = 0.24;

/** The face with these traits and looks on [3, size, size]. */
export function paintFace(traits: ReadonlySet<FaceTrait>, looks: FaceLooks, size: number): Canvas {
  const { skin, hair, width } = looks;
  const picture = canvas(size, looks.ground);
  const side = traits.has("turned-left") ? -1 : 1;
  const { x, y, scale, tilt: turn } = looks;
  const onBody = (shape: Shape, ink: Ink) => paint(picture, placed(shape, { x, y, scale }), ink);
  const onHead: Brush = (shape, ink) => {
    const mirrored: Shape = (u, v) => shape(side * u, v);
    paint(picture, placed(mirrored, { x, y, scale, turn }), ink);
  };

  // Behind the face: body, hair that falls on the shoulders, neck.
  onBody(at(ellipse(1.45, 1.1), 0, 2.25), looks.shirt);
  if (traits.has("long-hair")) onHead(longHair(width), shade(hair, 0.82));
  onBody(at(box(0.3, 0.45, 0.1), 0, 1.1), shade(skin, 0.84));

  // The head, with an ear on the side that it turns away, and hair that leaves the face free.
  onHead(at(ellipse(0.17, 0.24), -width + 0.02, 0.12), shade(skin, 0.9));
  onHead(ellipse(width, 1), skin);
  onHead(shortHair(width), hair);

  const near = SIDE - looks.eyeGap;
  const far = SIDE + looks.eyeGap;
  if (traits.has("glasses")) {
    for (const [middle, radius] of lenses(near, far)) onHead(at(ellipse(radius, 0.25), middle, 0.02), LENS);
  }
  paintEye(onHead, looks, near, 1);
  paintEye(onHead, looks, far, 0.82); // it is seen from the side
  onHead(line([0.28, 0.08, 0.41, 0.36, 0.25, 0.39], 0.06), shade(skin, 0.74));
  paintMouth(onHead, traits.has("smile"));
  if (traits.has("glasses")) paintFrame(onHead, looks, near, far);
  if (traits.has("long-hair")) onHead(strand(width), hair);
  if (traits.has("hat")) paintHat(onHead, looks);
  return picture;
}

/** An eye that looks where the head does, and its brow; `narrow` times as wide as one that is seen from the front. */
function paintEye(onHead: Brush, { eyes, hair, browHeight }: FaceLooks, middle: number, narrow: number): void {
  onHead(at(ellipse(0.15 * narrow, 0.17), middle, 0.02), WHITE);
  onHead(at(disc(0.1), middle + 0.045, 0.03), eyes);
  onHead(at(disc(0.055), middle + 0.05, 0.03), DARK);
  const half = 0.16 * narrow;
  const brow = 0.02 - browHeight;
  onHead(line([middle - half, brow + 0.03, middle, brow - 0.02, middle + half, brow + 0.03], 0.075), shade(hair, 0.7));
}

/** A wide open smile with teeth, or a short line. */
function paintMouth(onHead: Brush, smile: boolean): void {
  if (!smile) {
    onHead(line([0.06, 0.67, 0.25, 0.65, 0.42, 0.67], 0.08), LIPS);
    return;
  }
  const mouth = common(at(disc(0.36), SIDE, 0.5), below(0.52));
  const inside: Shape = (x, y) => mouth(x, y) + 0.045;
  onHead(mouth, LIPS);
  onHead(common(inside, above(0.66)), WHITE);
}

const lenses = (near: number, far: number) =>
  [
    [near, 0.27],
    [far, 0.24],
  ] as const;

function paintFrame(onHead: Brush, { frame, width }: FaceLooks, near: number, far: number): void {
  for (const [middle, radius] of lenses(near, far)) {
    onHead(outline(at(ellipse(radius, 0.27), middle, 0.02), 0.1), frame);
  }
  onHead(line([near + 0.27, 0, far - 0.24, 0], 0.09), frame);
  onHead(line([-width, -0.02, near - 0.27, 0], 0.09), frame);
}

/** A crown with a band, and a brim below it. */
function paintHat(onHead: Brush, { hat }: FaceLooks): void {
  onHead(at(box(0.72, 0.5, 0.22), 0, -1.0), hat);
  onHead(at(box(0.73, 0.1), 0, -0.74), shade(hat, 0.5));
  onHead(at(box(1.12, 0.1, 0.1), 0.08, -0.6), shade(hat, 0.85));
}

/** Over the top of the head, and down at the back as far as the ear. */
function shortHair(width: number): Shape {
  const whole = at(ellipse(width + 0.09, 1.06), -0.03, -0.05);
  const face = at(ellipse(width - 0.02, 1), SIDE, 0.5);
  return without(common(whole, above(0.02)), face);
}

/** Beside the ear and down to the shoulder, in front of them. */
function strand(width: number): Shape {
  return at(box(0.19, 0.9, 0.17), -width, 0.65);
}

/** Down to the shoulders on both sides. */
function longHair(width: number): Shape {
  const crown = ellipse(width + 0.16, 1.08);
  const fall = at(box(width + 0.2, 0.95, 0.35), 0, 0.62);
  return union(at(crown, -0.03, -0.04), fall);
}

function shade([red, green, blue]: Colour, by: number): Colour {
  return [red * by, green * by, blue * by];
}
