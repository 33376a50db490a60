// A reproduced table as Markdown: ours as mean ± standard error over the seeds, the published figures below it, and how both came about.

import type { Reproduced, Table } from "./table.ts";

export interface PageOptions {
  readonly full: boolean;
  /** What the table was made on, where that is not its own set. */
  readonly data?: string | undefined;
  /** Cases of which there is a picture, in a folder of the table's name. */
  readonly pictured: readonly string[];
}

/** Where the picture of a case lies, beside the page. */
export const pictureFile = (page: string, name: string): string =>
  `${page}/${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.png`;

/** What a page is called, without ".md": one for each protocol and set. */
export const pageName = ({ name }: Table, { full, data }: Pick<PageOptions, "full" | "data">): string =>
  [name, data, full && "full"].filter(Boolean).join("-");

/** The page, for one protocol and set. Cases without a result say so. */
export function tablePage(table: Table, results: readonly Reproduced[], options: PageOptions): string {
  const { title, source, protocol, figures, cases, measuredOn, data: own } = table;
  const { full, data = own.set, pictured } = options;
  const head = ["", ...figures.map((figure) => figure.title), "seeds", "minutes each"];
  const rows = cases.flatMap(({ name, published }) => {
    const ours = results.filter((result) => result.case === name);
    const cells = figures.map((figure) => meanAndError(ours.map((result) => result.figures[figure.name])));
    const minutes = ours.reduce((sum, each) => sum + each.minutes, 0) / ours.length;
    const row =
      ours.length === 0
        ? [name, ...figures.map(() => "not yet"), "0", ""]
        : [name, ...cells, `${ours.length}`, minutes.toPrecision(2)];
    const theirs = ["published", ...figures.map((figure) => published[figure.name] ?? ""), "", ""];
    return Object.keys(published).length > 0 ? [row, theirs] : [row];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const page = pageName(table, options);
  const pictures = pictured.map((name) => `**${name}**\n\n![what ${name} makes](${pictureFile(page, name)})\n`);
  return `# ${title}

Published: ${source}. Ours: ${full ? "the full protocol" : "a shortened protocol"}, on ${data}, mean ± standard error over the seeds, of ${measuredOn}.

${[line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n")}

- **Published protocol:** ${protocol.published}
- **Ours:** ${full ? protocol.full : protocol.shortened}
${pictures.length > 0 ? `\n## What the first seed makes\n\n${pictures.join("\n")}` : ""}`;
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
