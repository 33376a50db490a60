// Results as Markdown, which reads as well on a terminal, and the parts of a page that commands write.

/** A table with its first row as the header; all columns but those in front to the right. */
export function table([header, ...rows]: readonly (readonly string[])[], left = 1): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i < left ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}

export const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");

export const pair = (a: number, b: number, format: (value: number) => string): string => `${format(a)} / ${format(b)}`;

export const milliseconds = (ms: number): string => ms.toFixed(ms < 100 ? 1 : 0);

export const times = (ratio: number): string => ratio.toFixed(ratio < 100 ? 2 : 0);

export const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;

/** A page with a text between the marks of a command, under a heading of its own, in place of what stood there under the same one. */
export function replacePart(page: string, command: string, heading: string, text: string): string {
  const [begin, end] = ["begin", "end"].map((mark) => `<!-- ${command}: ${mark} -->`);
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`bench: the page has no "${begin}" followed by "${end}"`);
  const before = page
    .slice(from + begin.length, to)
    .split(/^(?=### )/m)
    .map((section) => section.trim());
  const title = `### ${heading}\n`;
  const others = before.filter((section) => section !== "" && !section.startsWith(title));
  return [page.slice(0, from + begin.length), ...others, `${title}\n${text}`, page.slice(to)].join("\n\n");
}
