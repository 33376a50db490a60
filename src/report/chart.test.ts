import { describe, expect, test } from "vitest";
import { stream } from "../random/index.ts";
import { lineChart, MOST_SERIES } from "./chart.ts";
import { bandOf, type Point, runningMean, spanOf, ticksOf } from "./curve.ts";

const series = (name: string, values: readonly number[]) => ({ name, x: values.map((_, i) => i + 1), y: values });

describe("a chart", () => {
  test("is an SVG that stands alone: nothing in it is fetched, and its names are escaped", () => {
    const svg = lineChart([series(`<b>"x"`, [1, 2, 3])], { title: "<script>alert(1)</script>" });
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.match(/https?:\/\/[^"]*/g)).toEqual(["http://www.w3.org/2000/svg"]);
    expect(svg).not.toMatch(/<script|<b>|href|url\(|@import/);
    expect(svg).toContain("&lt;b&gt;&quot;x&quot;");
    const opened = svg.match(/<(svg|g|text|style)\b/g)!.length;
    expect(svg.match(/<\/(svg|g|text|style)>/g)).toHaveLength(opened);
  });

  test("has a legend and ticks, and says its numbers in words", () => {
    const svg = lineChart([series("loss/D", [0, 5, 10]), series("loss/G", [2, 4, 6])], { title: "Losses" });
    for (const text of [">loss/D<", ">loss/G<", ">0<", ">10<", ">step<"]) expect(svg).toContain(text);
    expect(svg).toMatch(/aria-label="Losses\. loss\/D: 3 values, last 10; loss\/G: 3 values, last 6"/);
    expect(svg.match(/<circle/g)).toHaveLength(6);
  });

  test("of 100,000 values is as small as of 1,000", () => {
    const noise = stream(1, "chart");
    const of = (n: number) => [...noise.fillNormal(new Float32Array(n))];
    const small = lineChart([series("a", of(1000)), series("b", of(1000))], { title: "t" });
    const large = lineChart([series("a", of(100_000)), series("b", of(100_000))], { title: "t" });
    expect(large.length).toBeLessThan(1.2 * small.length);
    expect(large.length).toBeLessThan(30_000);
  });

  test("draws intervals where there are any, and gaps where values are missing", () => {
    const low = [0.5, Number.NaN, 2.5];
    const svg = lineChart([{ ...series("a", [1, Number.NaN, 3]), low, high: [1.5, Number.NaN, 3.5] }], { title: "t" });
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg.match(/class="bar" d="([^"]*)"/)![1].match(/V/g)).toHaveLength(2);
    expect(svg).not.toContain("NaN");
  });

  test("draws many intervals on end as a band that breaks where one is missing, and says what it shows", () => {
    const values = Array.from({ length: 20 }, (_, i) => i);
    const low = values.map((y) => (y === 9 ? Number.NaN : y - 1));
    const svg = lineChart([{ ...series("a", values), low, high: values.map((y) => y + 1) }], { title: "t" });
    const bands = [...svg.matchAll(/class="band" d="([^"]*)Z"/g)].map(([, d]) => d.split("L").length);
    expect(bands).toEqual([18, 20]); // an edge above and one below, of 9 places and of 10
    expect(svg).not.toContain('class="bar"');
    expect(svg).toContain(">bands: 95 % intervals<");
    expect(lineChart([series("a", values)], { title: "t" })).not.toContain("intervals");
  });

  test("draws levels across, within the axis, and names them", () => {
    const levels = [{ name: "floor & 2", y: 2 }];
    const svg = lineChart([series("a", [50, 60])], { title: "t", levels });
    expect(svg).toContain(">floor &amp; 2<");
    expect(svg).toMatch(/aria-label="[^"]*; floor &amp; 2"/);
    const heights = [...svg.matchAll(/class="level" d="M\d+ ([\d.]+)H/g)].map(([, y]) => Number(y));
    const dots = [...svg.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(1);
    expect(heights[0]).toBeGreaterThan(Math.max(...dots)); // further down
    expect(heights[0]).toBeLessThan(262 - 36);
    expect(lineChart([series("a", [1])], { title: "t", levels: [{ name: "nowhere", y: Number.NaN }] })).not.toContain(
      "nowhere",
    );
  });

  test("has colours of its own for light and for dark, which need no variables", () => {
    const svg = lineChart([series("a", [1, 2])], { title: "t", levels: [{ name: "floor", y: 1 }] });
    expect(svg).not.toMatch(/var\(|--/);
    const [, light, dark] = /<style>(.*?)@media screen and \(prefers-color-scheme:dark\)\{(.*?)\}\}/.exec(svg)!;
    for (const part of ["ground", "rule", "level", "s0"]) {
      const colourOf = (css: string) => new RegExp(`\\.${part}\\{\\w+:(#\\w+)`).exec(`${css}}`)![1];
      expect(colourOf(light)).not.toBe(colourOf(dark));
    }
  });

  test.each([[[]], [[Number.NaN]], [[7]], [[0, 0, 0]], [[-1e-30, 1e30]], [[1e-300, 1e-290, 1e-280]]])(
    "of %j has numbers in all its places",
    (values) => {
      const svg = lineChart([series("a", values)], { title: "t" });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      if (values.every(Number.isNaN)) expect(svg).toContain("no values");
    },
  );

  test("refuses more series than it can tell apart", () => {
    const many = Array.from({ length: MOST_SERIES + 1 }, (_, i) => series(`s${i}`, [1]));
    expect(() => lineChart(many, { title: "t" })).toThrow(`${MOST_SERIES}`);
  });
});

describe("curves", () => {
  const noise = stream(2, "curve").fillNormal(new Float32Array(50_000));
  const points = Array.from(noise, (y, x): Point => [x, y]);

  test("a band holds every value between its edges", () => {
    const band = bandOf(points);
    expect(band.length).toBeLessThanOrEqual(201);
    expect(Math.min(...band.map(({ low }) => low))).toBe(noise.reduce((a, b) => Math.min(a, b)));
    expect(Math.max(...band.map(({ high }) => high))).toBe(noise.reduce((a, b) => Math.max(a, b)));
  });

  test("a running mean is what a plain mean over the window is", () => {
    const line = runningMean(points);
    const reach = 49_999 / 30 / 2;
    for (const [x, y] of [line[0], line[80], line.at(-1)!]) {
      const within = points.filter(([at]) => Math.abs(at - x) <= reach);
      expect(y).toBeCloseTo(within.reduce((sum, [, each]) => sum + each, 0) / within.length, 10);
    }
    expect(runningMean([[5, 3]]).every(([x, y]) => x === 5 && y === 3)).toBe(true);
  });

  test("one spike is cut off and told; values of many sizes get a logarithmic axis", () => {
    const calm = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    const spike = spanOf([...calm, 1e6], { cut: true, kept: [] });
    expect(spike).toMatchObject({ log: false, beyond: 1e6 });
    expect(spike.high).toBeLessThan(2);
    expect(spanOf([...calm, 1e6], { cut: false, kept: [] }).high).toBeGreaterThan(1e6);
    const wide = spanOf([1, 10, 100, 1000], { cut: false, kept: [] });
    expect(wide.log).toBe(true);
    expect(ticksOf(wide, 5)).toEqual([1, 10, 100, 1000]);
  });

  test.each([
    [0, 10, [0, 2, 4, 6, 8, 10]],
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [-3, 2, [-3, -2, -1, 0, 1, 2]],
    [0.1001, 0.1003, [0.1001, 0.10015, 0.1002, 0.10025, 0.1003]],
  ])("ticks from %d to %d are round", (low, high, expected) => {
    expect(ticksOf({ low, high, log: false }, 5)).toEqual(expected);
  });
});
