// Numbers, durations and tables as text for a terminal.

/** 45 → "45s", 80 → "1m20s", 7500 → "2h05m", 273600 → "3d04h". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: readonly (readonly [unit: string, size: number])[] = [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ];
  const first = Math.max(
    0,
    parts.findIndex(([, size]) => whole >= size),
  );
  if (whole < 60) return `${whole}s`;
  const [[unit, size], [nextUnit, nextSize]] = [parts[first], parts[first + 1]];
  const rest = Math.floor((whole % size) / nextSize);
  return `${Math.floor(whole / size)}${unit}${String(rest).padStart(2, "0")}${nextUnit}`;
}

/** 1234567 → "1,234,567" */
export function formatCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 12.345678 → "12.35", 0.00012345 → "0.0001235"; what only rounding keeps from 0 → "0". */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return "not a number";
  return `${Math.abs(value) < 1e-12 ? 0 : Number(value.toPrecision(4))}`;
}

/** Bytes as "512 bytes", "40.1 KB", "12.3 MB", "1.2 GB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${["", "KB", "MB", "GB"][power]}`;
}

/** Rows in columns two spaces apart, each as wide as its widest cell; columns in `right` are set flush right. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const pad = (cell: string, i: number) => (right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]));
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

/** Text indented by `by` spaces in each line. */
export function indent(text: string, by = 2): string {
  return text.replace(/^(?=.)/gm, " ".repeat(by));
}
