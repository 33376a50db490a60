// A reproduced table as Markdown: ours as mean ± standard error over the seeds, the published figures below it, and how both came about.

import type { Reproduced, Table } from "./table.ts";

/** The page, for one protocol. Cases without a result say so. */
export function tablePage(
  { title, source, protocol, figures, cases, count }: Table,
  results: readonly Reproduced[],
  full: boolean,
): string {
  const head = ["", ...figures.map((figure) => figure.title), "seeds", "minutes each"];
  const rows = cases.flatMap(({ name, published }) => {
    const own = results.filter((result) => result.case === name);
    const cells = figures.map((figure) => meanAndError(own.map((result) => result.figures[figure.name])));
    const minutes = own.reduce((sum, each) => sum + each.minutes, 0) / own.length;
    const ours =
      own.length === 0
        ? [name, ...figures.map(() => "not yet"), "0", ""]
        : [name, ...cells, `${own.length}`, minutes.toPrecision(2)];
    const theirs = ["published", ...figures.map((figure) => published[figure.name] ?? ""), "", ""];
    return Object.keys(published).length > 0 ? [ours, theirs] : [ours];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return `# ${title}

Published: ${source}. Ours: ${full ? "the full protocol" : "a shortened protocol"}, mean ± standard error over the seeds, of ${count.toLocaleString("en-US")} samples.

${[line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n")}

- **Published protocol:** ${protocol.published}
- **Ours:** ${full ? protocol.full : protocol.shortened}
`;
}

/** "7.8 ± 0.1"; of one value the value alone. */
export function meanAndError(values: readonly number[]): string {
  const n = values.length;
  if (n === 0) return "";
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const short = (value: number) => `${Number(value.toPrecision(3))}`;
  if (n === 1) return short(mean);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return `${short(mean)} ± ${Number(Math.sqrt(variance / n).toPrecision(2))}`;
}
