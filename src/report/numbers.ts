// Numbers as pages write them.

/** Four digits, without needless zeros: 0.6931, 12,345, 1.2e-7; "–" for what is no number. */
export function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return countText(value);
  const rounded = Number(value.toPrecision(4));
  const size = Math.abs(rounded);
  if (size >= 1e9 || (size < 1e-4 && size > 0)) return String(Number(rounded.toPrecision(3)).toExponential());
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 8 });
}

/** 1234567 → "1,234,567" */
export function countText(value: number): string {
  return value.toLocaleString("en-US");
}

/** A share as per cent with one decimal: 0.275 → "27.5 %". */
export function percentText(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)}\u00a0%` : "–";
}

/** Bytes as "512 bytes", "40.1 KB", "12.3 MB", "1.2 GB". */
export function bytesText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** power).toFixed(1)} ${["KB", "MB", "GB"][power - 1]}`;
}

/** Seconds as "45 s", "12 min", "2 h 5 min". */
export function durationText(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${countText(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
