// A line chart as SVG that stands alone: its own styles, for light, dark and paper; nothing in it is fetched or moves. Many values are
// drawn pale with their running mean over them, few as dots, with their intervals as bars or as a band.

import {
  bandOf,
  type Interval,
  intervalsOf,
  isCrowded,
  isDense,
  type Point,
  pointsOf,
  runningMean,
  type Series,
  type Span,
  spanOf,
  ticksOf,
} from "./curve.ts";
import { escapeHtml } from "./html.ts";
import { numberText } from "./numbers.ts";

export interface ChartOptions {
  readonly title: string;
  /** What runs along x (default "step"). */
  readonly x?: string;
  /** Values that others are held against, each a line across with its name. */
  readonly levels?: readonly Level[];
}

export interface Level {
  readonly name: string;
  readonly y: number;
}

const WIDTH = 420;
const HEIGHT = 262;
/** Width of a character, about. */
const CHARACTER = 7;

/** Values that are marked each. */
const MOST_DOTS = 30;

/** Okabe and Ito (2008): told apart by eyes of every kind; brighter on a dark ground. */
const COLOURS = [
  ["#0072b2", "#56b4e9"],
  ["#d55e00", "#ff8a4c"],
  ["#009e73", "#2fd0a0"],
  ["#b0508b", "#e79ac9"],
  ["#a87900", "#f0c040"],
  ["#555555", "#bbbbbb"],
] as const;
/** Told apart without colours too. */
const DASHES = ["none", "7 3", "2 2.5", "9 3 2 3", "4 2", "1 3"] as const;

/** Series that one chart can tell apart. */
export const MOST_SERIES = COLOURS.length;

// Colours are set plainly, without variables: programs that make pictures of drawings know none.
const coloured = (light: boolean) => {
  const [ground, ink, faint, rule] = light
    ? ["#fff", "#1c1c1c", "#666", "#ddd"]
    : ["#16181c", "#e8e8e8", "#a0a4ab", "#363a42"];
  return [
    `.gf-chart .ground{fill:${ground}}.gf-chart text{fill:${faint}}.gf-chart .title,.gf-chart .name{fill:${ink}}`,
    `.gf-chart .rule{stroke:${rule}}.gf-chart .level{stroke:${ink}}`,
    ...COLOURS.map((pair, i) => `.gf-chart .s${i}{color:${pair[light ? 0 : 1]}}`),
  ].join("");
};
const STYLE = [
  `${coloured(true)}@media screen and (prefers-color-scheme:dark){${coloured(false)}}`,
  ".gf-chart text{font:13px system-ui,sans-serif}.gf-chart .title{font-size:14px;font-weight:600}",
  ".gf-chart .rule,.gf-chart .level{fill:none}.gf-chart .raw,.gf-chart .mean,.gf-chart .bar{fill:none;stroke:currentColor}",
  ".gf-chart .raw{stroke-width:1;opacity:.35}.gf-chart .band{fill:currentColor;opacity:.18}.gf-chart .mean{stroke-width:2;stroke-linejoin:round}",
  ".gf-chart .bar{stroke-width:1.2}.gf-chart .dot{fill:currentColor}.gf-chart .level{stroke-width:1.2;stroke-dasharray:5 4}",
].join("");

/** What is drawn of one series. */
interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
  readonly dense: boolean;
  /** The line itself: the running mean of a dense series, all of another. */
  readonly line: readonly Point[];
  readonly bands: readonly (readonly Interval[])[];
  readonly bars: readonly Interval[];
}

/**
 * A chart of up to six series (`MOST_SERIES`; Error for more). Rare values far off the rest are cut off, and the chart says so; positive values over
 * a wide range have a logarithmic axis. The same series give the same text.
 *
 * @example lineChart([{ name: "FID", x: steps, y: values }], { title: "FID over checkpoints" })
 */
export function lineChart(series: readonly Series[], { title, x: along = "step", levels = [] }: ChartOptions): string {
  if (series.length > MOST_SERIES) throw new Error(`lineChart: at most ${MOST_SERIES} series, got ${series.length}`);
  const curves = series.map(curveOf);
  const across = levels.filter(({ y }) => Number.isFinite(y));
  const named = curves.length > 1 || across.length > 0 || curves.some(({ name }) => name !== title);
  const legend = named ? legendOf(curves, across) : { markup: "", height: 0 };
  const xs = curves.flatMap(({ points }) => (points.length > 0 ? [points[0][0], points.at(-1)![0]] : []));
  const spanX = spanOfX(
    xs,
    curves.some(({ dense }) => !dense),
  );
  const spanY = spanOf(
    [
      ...curves.flatMap(({ points, bands, bars }) => [
        ...points.map(([, y]) => y),
        ...[...bands.flat(), ...bars].flatMap(({ low, high }) => [low, high]),
      ]),
      ...across.map(({ y }) => y),
    ],
    {
      cut: curves.some(({ dense }) => dense),
      kept: [
        ...curves.flatMap(({ dense, line }) => (dense ? line.map(([, y]) => y) : [])),
        ...across.map(({ y }) => y),
      ],
    },
  );
  const ticksX = ticksOf(spanX, 5);
  const ticksY = ticksOf(spanY, 5);
  const labels = tickTexts(ticksY);
  const labelsX = tickTexts(ticksX);
  const left = 14 + CHARACTER * Math.max(2, ...labels.map((label) => label.length));
  const top = 32 + legend.height;
  const [right, bottom] = [WIDTH - 12, HEIGHT - 36];
  const toX = (x: number) => left + ((x - spanX.low) / (spanX.high - spanX.low)) * (right - left);
  const toY = (y: number) => bottom - shareOf(spanY, y) * (bottom - top);

  const remarks = [
    ...(spanY.log ? ["logarithmic"] : []),
    ...(spanY.beyond === undefined ? [] : [`up to ${numberText(spanY.beyond)}, cut off`]),
  ];
  const about = [
    ...curves.map(({ name, points }) => `${name}: ${points.length} values, last ${numberText(points.at(-1)?.[1])}`),
    ...across.map(({ name }) => name),
  ];
  const shapes = (["bands", "bars"] as const).filter((shape) => curves.some((curve) => curve[shape].length > 0));
  const parts = [
    `<svg class="gf-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title}. ${about.join("; ")}`)}">`,
    `<style>${STYLE}</style><rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="8" y="19">${escapeHtml(shortened(title, 47 - remarks.join(", ").length))}</text>`,
    remarks.length > 0 && `<text x="${WIDTH - 8}" y="19" text-anchor="end">${escapeHtml(remarks.join(", "))}</text>`,
    legend.markup,
    ...ticksY.map((y, i) => {
      const at = fixed(toY(y));
      return `<path class="rule" d="M${left} ${at}H${right}"/><text x="${left - 6}" y="${at + 4}" text-anchor="end">${labels[i]}</text>`;
    }),
    ...ticksX.map((x, i) => {
      const at = fixed(toX(x));
      return `<path class="rule" d="M${at} ${bottom}v4"/><text x="${at}" y="${bottom + 17}" text-anchor="middle">${labelsX[i]}</text>`;
    }),
    `<text x="${right}" y="${HEIGHT - 5}" text-anchor="end">${escapeHtml(along)}</text>`,
    shapes.length > 0 && `<text x="8" y="${HEIGHT - 5}">${shapes.join(", ")}: 95 % intervals</text>`,
    `<path class="rule" d="M${left} ${top}V${bottom}H${right}"/>`,
    // A drawing within the drawing: what lies beyond the axes is cut off at its edge.
    `<svg x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" viewBox="${left} ${top} ${right - left} ${bottom - top}">`,
    ...across.map(({ y }) => `<path class="level" d="M${left} ${fixed(toY(y))}H${right}"/>`),
    ...curves.map((curve, i) => drawn(curve, i, toX, toY)),
    "</svg>",
    curves.every(({ points }) => points.length === 0) &&
      `<text x="${(left + right) / 2}" y="${(top + bottom) / 2}" text-anchor="middle">no values</text>`,
    "</svg>",
  ];
  return parts.filter((part) => part !== false).join("");
}

function curveOf({ name, ...series }: Series): Curve {
  const points = pointsOf({ name, ...series });
  const dense = isDense(points);
  return { name, points, dense, line: dense ? runningMean(points) : points, ...intervalsOf({ name, ...series }) };
}

function drawn(
  { points, dense, line, bands, bars }: Curve,
  i: number,
  toX: (x: number) => number,
  toY: (y: number) => number,
) {
  const place = ([x, y]: Point) => `${fixed(toX(x))} ${fixed(toY(y))}`;
  const path = (all: readonly Point[]) => (all.length === 0 ? "" : `M${all.map(place).join("L")}`);
  const barPaths = bars.map(({ x, low, high }) => {
    const [at, from, to] = [fixed(toX(x)), fixed(toY(low)), fixed(toY(high))];
    return `M${at} ${from}V${to}M${fixed(at - 3)} ${from}h6M${fixed(at - 3)} ${to}h6`;
  });
  return [
    `<g class="s${i}">`,
    dense ? paleOf(points, path) : "",
    ...bands.map((band) => areaOf(band, path)),
    bars.length > 0 ? `<path class="bar" d="${barPaths.join("")}"/>` : "",
    `<path class="mean" d="${path(line)}"${dashOf(i)}/>`,
    ...(points.length > MOST_DOTS
      ? []
      : points.map(([x, y]) => `<circle class="dot" cx="${fixed(toX(x))}" cy="${fixed(toY(y))}" r="3"/>`)),
    "</g>",
  ].join("");
}

/** All values of a dense series: a line through them, or the band that they fill. */
function paleOf(points: readonly Point[], path: (points: readonly Point[]) => string): string {
  if (!isCrowded(points)) return `<path class="raw" d="${path(points)}"/>`;
  return areaOf(bandOf(points), path);
}

function areaOf(band: readonly Interval[], path: (points: readonly Point[]) => string): string {
  const above = band.map(({ x, high }): Point => [x, high]);
  const below = band.map(({ x, low }): Point => [x, low]).reverse();
  return `<path class="band" d="${path([...above, ...below])}Z"/>`;
}

/** Names beside a piece of their line, in as many rows as they take. */
function legendOf(
  curves: readonly Curve[],
  levels: readonly Level[],
): { readonly markup: string; readonly height: number } {
  const entries = [
    ...curves.map(({ name }, i) => ({ name: shortened(name, 34), group: `s${i}`, line: "mean", dash: dashOf(i) })),
    ...levels.map(({ name }) => ({
      name: shortened(name, 52),
      group: "",
      line: "level",
      dash: "",
    })),
  ];
  let [x, row] = [8, 0];
  const items = entries.map(({ name, group, line, dash }) => {
    const width = 34 + CHARACTER * name.length + 14;
    if (x + width > WIDTH && x > 8) [x, row] = [8, row + 1];
    const [at, y] = [x, 38 + 17 * row];
    x += width;
    return `<g class="${group}"><path class="${line}" d="M${at} ${y - 4}h28"${dash}/><text class="name" x="${at + 34}" y="${y}">${escapeHtml(name)}</text></g>`;
  });
  return { markup: items.join(""), height: 18 + 17 * row };
}

const dashOf = (i: number): string => (DASHES[i] === "none" ? "" : ` stroke-dasharray="${DASHES[i]}"`);

/** With room at both ends for dots. */
function spanOfX(xs: readonly number[], dots: boolean): Span {
  if (xs.length === 0) return { low: 0, high: 1, log: false };
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const room = high === low ? 1 : dots ? 0.025 * (high - low) : 0;
  return { low: low - room, high: high + room, log: false };
}

/** Where a value lies in a span: 0 at its low end, 1 at its high one. */
function shareOf({ low, high, log }: Span, y: number): number {
  if (log) return (Math.log(y) - Math.log(low)) / (Math.log(high) - Math.log(low));
  return (y - low) / (high - low);
}

/** Ticks as text, all in the unit that suits the largest: 5000, 10000 → "5k", "10k". */
function tickTexts(ticks: readonly number[]): string[] {
  const most = Math.max(...ticks.map(Math.abs));
  const [unit, letter] = most >= 1e6 && most < 1e9 ? [1e6, "M"] : most >= 1e4 && most < 1e6 ? [1e3, "k"] : [1, ""];
  return ticks.map((tick) => (tick === 0 ? "0" : `${numberText(tick / unit)}${letter}`));
}

/** Text of at most so many characters. */
function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

const fixed = (value: number): number => Math.round(value * 10) / 10;
