// What commands print as their result.

/** One JSON document on stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** A line, or lines, on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
