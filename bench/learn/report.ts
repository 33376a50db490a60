// The results as Markdown: for each experiment a table of means and spreads over seeds, and the claims that hold or do not.

import type { Claim, Experiment } from "./experiment.ts";

export interface Result {
  readonly experiment: string;
  readonly name: string;
  readonly seed: number;
  readonly flags: string;
  readonly figures: Readonly<Record<string, number>>;
}

const HEAD = `# What the recipes learn

Made by \`npm run bench:learn -- --write\` from the lines of learn-results.jsonl. Each figure is the mean over the seeds, ± their standard
deviation; \`seeds\` says which. Every run is on one thread of the CPU device; minutes are by the clock, of a machine that had other work
beside and at times stood still. A claim is judged by the means.
What each recipe that learns from noise makes of Gaussians on a ring and on a grid stands in [reproduce/ring.md](../reproduce/ring.md) and
[grid.md](../reproduce/grid.md), beside the published figures.
`;

export function describeLearning(
  experiments: readonly Experiment[],
  results: readonly Result[],
  machine: readonly string[],
): string {
  const sections = experiments.map((experiment) => describe(experiment, results));
  return [
    HEAD,
    ...sections,
    `## The machine of the latest runs\n\nEarlier ones were made on others like it, with two cores.\n\n${machine.map((line) => `- ${line}`).join("\n")}\n`,
  ].join("\n");
}

function describe({ name, about, cases, claims }: Experiment, results: readonly Result[]): string {
  const of = (each: string) => results.filter((result) => result.experiment === name && result.name === each);
  const measured = cases.filter((each) => of(each.name).length > 0);
  const title = `## ${name}\n\n${about}\n`;
  if (measured.length === 0) return `${title}\nNot measured yet.\n`;
  const figures = [
    ...new Set(measured.flatMap((each) => of(each.name).flatMap((result) => Object.keys(result.figures)))),
  ];
  const rows = measured.map((each) => {
    const seeds = of(each.name).map(({ seed }) => seed);
    const cells = figures.map((figure) => spread(of(each.name).flatMap((result) => result.figures[figure] ?? [])));
    return [each.name, ...cells, seeds.sort((a, b) => a - b).join(" "), `\`${each.flags}\``];
  });
  const lines = [["case", ...figures, "seeds", "flags"], ["---", ...figures.map(() => "---:"), "---", "---"], ...rows];
  const table = lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const verdict = ({ holds }: Claim): string => {
    let seeds = Number.POSITIVE_INFINITY;
    const mean = (each: string, figure: string) => {
      const numbers = of(each).flatMap((result) => result.figures[figure] ?? []);
      seeds = Math.min(seeds, numbers.length);
      return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    };
    const does = holds(mean);
    if (seeds === 0) return "not measured yet";
    return `${does ? "holds" : "**does not hold**"}${seeds === 1 ? ", of one seed" : ""}`;
  };
  const judged = claims.map((claim) => `- ${verdict(claim)}: ${claim.text}`);
  return [title, table, "", ...judged, ""].join("\n");
}

/** Mean ± standard deviation, to three digits. */
function spread(numbers: readonly number[]): string {
  if (numbers.length === 0) return "–";
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  if (numbers.length === 1) return short(mean);
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (numbers.length - 1);
  return `${short(mean)} ± ${short(Math.sqrt(variance))}`;
}

const short = (value: number): string =>
  Number.isInteger(value) ? `${value}` : Number(value.toPrecision(3)).toString();
