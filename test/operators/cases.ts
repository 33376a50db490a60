// Small graphs around every operator. The table is typed over all operators: one without a case does not compile.

import { type ConvGeometry, concat, constant, fill, make, type OpName } from "../../src/graph/index.ts";
import { awayFromZero, type Case, given, ladder, uniform } from "./case.ts";

const plain: ConvGeometry = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], groups: 1 };
const dcgan: ConvGeometry = { ...plain, strides: [2, 2], pads: [1, 1, 1, 1] };
/** Odd in every way: the bottom row and the right column of x [·, ·, 8, 10] meet no 3×2 filter. */
const uneven: ConvGeometry = { strides: [3, 2], pads: [1, 0, 0, 2], dilations: [1, 2], groups: 2 };

/** Two operands of each kind that stretch: alike, along one axis, along both axes of each other, a scalar on either side. */
const pairs = [
  ["alike", [2, 3], [2, 3]],
  ["one stretches", [2, 3], [1, 3]],
  ["both stretch", [2, 1], [1, 3]],
  ["scalar right", [2, 3], []],
  ["scalar left", [], [2, 3]],
] as const;

const onPairs = (op: "add" | "sub" | "mul" | "div"): Case[] =>
  pairs.map(([name, a, b]) => ({
    name,
    inputs: { a: uniform(a), b: op === "div" ? awayFromZero(b) : uniform(b) },
    build: ({ a, b }) => make(op, [a, b], {}),
  }));

/** a is 0, ½, 1, … and b halfway between, so that no two are equal. */
const extremum = (op: "maximum" | "minimum"): Case[] =>
  pairs.map(([name, a, b]) => ({
    name,
    inputs: { a: ladder(a), b: ladder(b, -0.875) },
    build: ({ a, b }) => make(op, [a, b], {}),
  }));

/** Cases at the ends of the number line. */
export const EXTREME = "extreme";

const SATURATING = [-100, -30, -1, -1e-3, 0, 1e-3, 1, 30, 100];

export const cases: { readonly [K in OpName]: readonly Case[] } = {
  input: [{ name: "itself", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x }],
  fill: [
    { name: "of a shape", inputs: { x: uniform([2, 3]) }, build: ({ x }) => concat([x, fill(1.5, [2, 2])], 1) },
    { name: "scalar", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x.mul(fill(-0.75)).add(1e-3) },
  ],
  constant: [
    {
      name: "factor",
      inputs: { x: uniform([2, 3]) },
      build: ({ x }) => x.mul(constant([1, -2, 3, 0.5, 0, 7], [2, 3])),
    },
  ],

  neg: [{ name: "any", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x.neg() }],
  exp: [
    { name: "any", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x.exp() },
    { name: EXTREME, inputs: { x: given([3], [-100, 0, 80]) }, build: ({ x }) => x.exp() },
  ],
  log: [
    { name: "positive", inputs: { x: uniform([2, 3], 0.25, 4) }, build: ({ x }) => x.log() },
    { name: EXTREME, inputs: { x: given([4], [1e-12, 1e-3, 100, 1e12]) }, build: ({ x }) => x.log() },
  ],
  sqrt: [{ name: "positive", inputs: { x: uniform([2, 3], 0.25, 4) }, build: ({ x }) => x.sqrt() }],
  tanh: [
    { name: "any", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x.tanh() },
    { name: EXTREME, inputs: { x: given([9], SATURATING) }, build: ({ x }) => x.tanh() },
  ],
  sigmoid: [
    { name: "any", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x.sigmoid() },
    { name: EXTREME, inputs: { x: given([9], SATURATING) }, build: ({ x }) => x.sigmoid() },
  ],
  softplus: [
    { name: "any", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x.softplus() },
    { name: EXTREME, inputs: { x: given([9], SATURATING) }, build: ({ x }) => x.softplus() },
  ],
  abs: [{ name: "either sign", inputs: { x: awayFromZero([2, 3]) }, build: ({ x }) => x.abs() }],
  sign: [
    { name: "alone", inputs: { x: awayFromZero([2, 3]) }, build: ({ x }) => x.sign() },
    { name: "a factor", inputs: { x: awayFromZero([2, 3]) }, build: ({ x }) => x.sign().mul(x) },
  ],
  step: [
    { name: "alone", inputs: { x: awayFromZero([2, 3]) }, build: ({ x }) => x.step() },
    { name: "a factor", inputs: { x: awayFromZero([2, 3]) }, build: ({ x }) => x.step().mul(x) },
  ],
  leakyRelu: [
    { name: "leaky", inputs: { x: awayFromZero([2, 3]) }, build: ({ x }) => x.leakyRelu(0.2) },
    { name: "ReLU", inputs: { x: awayFromZero([2, 3]) }, build: ({ x }) => x.relu().mul(x) },
  ],
  leakyReluGrad: [
    {
      name: "leaky",
      inputs: { x: awayFromZero([2, 3]), g: uniform([2, 3]) },
      build: ({ x, g }) => make("leakyReluGrad", [x, g], { slope: 0.2 }),
    },
    {
      name: "ReLU",
      inputs: { x: awayFromZero([2, 3]), g: uniform([2, 3]) },
      build: ({ x, g }) => make("leakyReluGrad", [x, g], { slope: 0 }).mul(g),
    },
  ],

  add: onPairs("add"),
  sub: onPairs("sub"),
  mul: onPairs("mul"),
  div: onPairs("div"),
  maximum: extremum("maximum"),
  minimum: extremum("minimum"),

  sum: [
    { name: "all", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x.sum().mul(x) },
    { name: "middle", inputs: { x: uniform([2, 3, 4]) }, build: ({ x }) => x.square().sum([1]) },
    { name: "kept", inputs: { x: uniform([2, 3, 2, 2]) }, build: ({ x }) => x.sum([0, 2, 3], true).mul(x) },
  ],
  max: [
    { name: "all", inputs: { x: ladder([2, 3]) }, build: ({ x }) => x.max().square() },
    { name: "last", inputs: { x: ladder([2, 3, 4]) }, build: ({ x }) => x.max([2]) },
    { name: "kept", inputs: { x: ladder([2, 3, 2]) }, build: ({ x }) => x.max([0, 2], true).mul(x) },
  ],

  reshape: [{ name: "square", inputs: { x: uniform([2, 6]) }, build: ({ x }) => x.square().reshape([3, 1, 4]) }],
  transpose: [
    { name: "a cycle", inputs: { x: uniform([2, 3, 4]) }, build: ({ x }) => x.square().transpose([2, 0, 1]) },
    { name: "of a matrix", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x.transpose([1, 0]).exp() },
  ],
  broadcast: [
    { name: "an axis", inputs: { x: uniform([2, 1, 3]) }, build: ({ x }) => x.square().broadcast([2, 4, 3]) },
    { name: "a scalar", inputs: { x: uniform([]) }, build: ({ x }) => x.square().broadcast([2, 3]) },
  ],
  slice: [{ name: "inner", inputs: { x: uniform([4, 5]) }, build: ({ x }) => x.square().slice([1, 2], [2, 3]) }],
  pad: [{ name: "uneven", inputs: { x: uniform([2, 3]) }, build: ({ x }) => x.square().pad([1, 0], [0, 2]) }],
  mirror: [
    { name: "of uneven pictures", inputs: { x: uniform([2, 1, 4, 3]) }, build: ({ x }) => x.square().mirror(2) },
    { name: "as deep as it goes", inputs: { x: uniform([1, 2, 2, 5]) }, build: ({ x }) => x.mirror(1).exp() },
  ],
  fold: [
    { name: "of uneven pictures", inputs: { x: uniform([2, 1, 8, 7]) }, build: ({ x }) => x.square().fold(2) },
    { name: "along a long side", inputs: { x: uniform([1, 1, 4, 70]) }, build: ({ x }) => x.square().fold(1) },
    { name: "with all of it mirrored", inputs: { x: uniform([1, 1, 74, 4]) }, build: ({ x }) => x.fold(1).square() },
  ],
  concat: [
    {
      name: "rows",
      inputs: { a: uniform([1, 3]), b: uniform([2, 3]) },
      build: ({ a, b }) => concat([a, b.square(), a.exp()], 0),
    },
    {
      name: "channels",
      inputs: { a: uniform([2, 1, 2]), b: uniform([2, 3, 2]) },
      build: ({ a, b }) => concat([a, b.square()], 1),
    },
  ],

  matmul: [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({
      name: `${transposeA ? "Aᵀ" : "A"} ${transposeB ? "Bᵀ" : "B"}`,
      inputs: { a: uniform(transposeA ? [3, 2] : [2, 3]), b: uniform(transposeB ? [4, 3] : [3, 4]) },
      build: ({ a, b }: Parameters<Case["build"]>[0]) => a.matmul(b, { transposeA, transposeB }),
    })),
  ),
  conv: [
    {
      name: "plain",
      inputs: { x: uniform([2, 2, 4, 5]), w: uniform([3, 2, 3, 2]) },
      build: ({ x, w }) => x.conv(w, plain),
    },
    {
      name: "k4 s2 p1",
      inputs: { x: uniform([2, 2, 6, 6]), w: uniform([3, 2, 4, 4]) },
      build: ({ x, w }) => x.conv(w, dcgan),
    },
    {
      name: "uneven",
      inputs: { x: uniform([2, 4, 8, 10]), w: uniform([2, 2, 3, 2]) },
      build: ({ x, w }) => x.conv(w, uneven),
    },
  ],
  convInputGrad: [
    {
      name: "k4 s2 p1",
      inputs: { y: uniform([2, 3, 3, 3]), w: uniform([3, 2, 4, 4]) },
      build: ({ y, w }) => y.convInputGrad(w, dcgan, [6, 6]),
    },
    {
      name: "uneven",
      inputs: { y: uniform([2, 2, 3, 5]), w: uniform([2, 2, 3, 2]) },
      build: ({ y, w }) => y.convInputGrad(w, uneven, [8, 10]),
    },
  ],
  convFilterGrad: [
    {
      name: "k4 s2 p1",
      inputs: { x: uniform([2, 2, 6, 6]), y: uniform([2, 3, 3, 3]) },
      build: ({ x, y }) => x.convFilterGrad(y, dcgan, [4, 4]),
    },
    {
      name: "uneven",
      inputs: { x: uniform([2, 4, 8, 10]), y: uniform([2, 2, 3, 5]) },
      build: ({ x, y }) => x.convFilterGrad(y, uneven, [3, 2]),
    },
  ],

  stopGradient: [
    {
      name: "one factor",
      inputs: { x: uniform([2, 3]), w: uniform([2, 3]) },
      build: ({ x, w }) => x.stopGradient().mul(w.square()),
      stopped: ["x"],
    },
  ],
};
