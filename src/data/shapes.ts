// Pictures of one shape with a sentence that says what it is: the truth that text to image can be measured against, exactly.
// The sentence tells shape, colour, size and place; the ground, the tint, the turn and a small stray are left to chance.

import { type RandomStream, stream } from "../random/index.ts";
import type { DatasetSource } from "./dataset.ts";
import { endlessDataset } from "./endless.ts";
import { chooseChannels, chooseSize } from "./image-options.ts";
import { box, canvas, develop, disc, hsv, paint, placed, regular, type Shape, star } from "./painter.ts";
import { wordForm } from "./text.ts";

const NAME = "shapes";

/** All that a caption tells. */
export interface ShapeTraits {
  readonly shape: "circle" | "square" | "triangle" | "star";
  readonly colour: "red" | "yellow" | "green" | "blue" | "purple";
  readonly size: "small" | "large";
  readonly place: "left" | "right" | "top" | "bottom" | "centre";
}

/** The shapes about the origin, each with the area of a disc of radius 1. */
export const SHAPES: Readonly<Record<ShapeTraits["shape"], Shape>> = {
  circle: disc(1),
  square: box(Math.sqrt(Math.PI) / 2, Math.sqrt(Math.PI) / 2),
  triangle: regular(3, Math.sqrt((4 * Math.PI) / Math.sqrt(27))), // its area is R² √27 / 4
  star: star(5, Math.sqrt(Math.PI / (5 * 0.45 * Math.sin(Math.PI / 5))), 0.45), // 5 R · 0.45 R · sin 36°
};

/** Hues in turns of the wheel. */
export const HUES: Readonly<Record<ShapeTraits["colour"], number>> = {
  red: 0,
  yellow: 0.15,
  green: 0.36,
  blue: 0.6,
  purple: 0.8,
};

/** Radii of the disc as large as the shape, in widths of the picture. */
export const RADII: Readonly<Record<ShapeTraits["size"], number>> = { small: 0.09, large: 0.165 };

/** Where the shape's middle lies, in widths of the picture. */
export const PLACES: Readonly<Record<ShapeTraits["place"], readonly [x: number, y: number]>> = {
  left: [0.3, 0.5],
  right: [0.7, 0.5],
  top: [0.5, 0.3],
  bottom: [0.5, 0.7],
  centre: [0.5, 0.5],
};

const WHERE: Readonly<Record<ShapeTraits["place"], string>> = {
  left: "on the left",
  right: "on the right",
  top: "at the top",
  bottom: "at the bottom",
  centre: "in the centre",
};

/** How one may say it. */
const PHRASINGS: readonly ((traits: ShapeTraits) => string)[] = [
  ({ shape, colour, size, place }) => `a ${size} ${colour} ${shape} ${WHERE[place]}`,
  ({ shape, colour, size, place }) => `${WHERE[place]} there is a ${size} ${colour} ${shape}`,
  ({ shape, colour, size, place }) => `a ${colour} ${shape}, ${size}, ${WHERE[place]}`,
  ({ shape, colour, size, place }) => `the ${shape} ${WHERE[place]} is ${size} and ${colour}`,
];

/** The sentence for these traits in one of four phrasings, counted from 0. */
export function describeShape(traits: ShapeTraits, phrasing = 0): string {
  return PHRASINGS[phrasing](traits);
}

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as K[];

/** Every combination of traits: 200. */
export function allShapeTraits(): ShapeTraits[] {
  return keysOf(SHAPES).flatMap((shape) =>
    keysOf(HUES).flatMap((colour) =>
      keysOf(RADII).flatMap((size) => keysOf(PLACES).map((place) => ({ shape, colour, size, place }))),
    ),
  );
}

/** The traits of sample `index`: what its caption says and its picture shows. */
export function shapeTraitsAt(seed: number, index: number): ShapeTraits {
  return drawTraits(stream(seed, NAME, index)).traits;
}

/** What a sample's stream decides first: what there is to see, and which phrasing says it. */
function drawTraits(random: RandomStream): { traits: ShapeTraits; phrasing: number } {
  const one = <K extends string>(table: Readonly<Record<K, unknown>>) => {
    const keys = keysOf(table);
    return keys[random.integer(keys.length)];
  };
  const traits = { shape: one(SHAPES), colour: one(HUES), size: one(RADII), place: one(PLACES) };
  return { traits, phrasing: random.integer(PHRASINGS.length) };
}

function captionOf(random: RandomStream): string {
  const { traits, phrasing } = drawTraits(random);
  return describeShape(traits, phrasing);
}

/** Paints the shape on [3, size, size]: every number taken from `random` is one of those that the caption does not tell. */
function paintShape({ shape, colour, size: large, place }: ShapeTraits, random: RandomStream, size: number) {
  const stray = (width: number) => width * (2 * random.uniform() - 1);
  const grey = 0.9 + stray(0.07);
  const picture = canvas(size, [grey + stray(0.02), grey + stray(0.02), grey + stray(0.02)]);
  const [x, y] = PLACES[place];
  const at = { x: x + stray(0.025), y: y + stray(0.025), scale: RADII[large] * (1 + stray(0.06)), turn: stray(0.2) };
  paint(picture, placed(SHAPES[shape], at), hsv(HUES[colour] + stray(0.015), 0.85 + stray(0.1), 0.82 + stray(0.1)));
  return picture;
}

export const shapes: DatasetSource = {
  name: NAME,
  about: "one coloured shape each and a sentence that says which, how large and where (images of 32 to 128 pixels)",
  kind: "captions",
  classes: keysOf(SHAPES),
  open(options) {
    const size = chooseSize(options, { spec: NAME, own: 64, min: 32, max: 128 });
    const channels = chooseChannels(options, 3);
    const sentences = allShapeTraits().flatMap((traits) => PHRASINGS.map((say) => say(traits)));
    const kind = options.kinds?.find((each) => each === "captions" || each === "images") ?? "captions";
    return endlessDataset({
      spec: NAME,
      kind,
      shape: [channels, size, size],
      classes: keysOf(SHAPES),
      seed: options.seed,
      version: 1,
      ...(kind === "captions" && { captions: { form: wordForm(sentences), of: captionOf } }),
      draw(random, out) {
        const { traits } = drawTraits(random);
        develop(paintShape(traits, random, size), channels, out);
        return keysOf(SHAPES).indexOf(traits.shape);
      },
    });
  },
};
