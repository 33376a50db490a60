// Files inside a page: data URIs (RFC 2397) in base64 (RFC 4648), since the core has neither Buffer nor btoa.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A picture as a page holds it. */
export interface Picture {
  readonly type: "image/png" | "image/webp";
  readonly bytes: Uint8Array;
}

/** "data:image/png;base64,…" */
export function dataUri({ type, bytes }: Picture): string {
  return `data:${type};base64,${base64(bytes)}`;
}

function base64(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += 3000) {
    let line = "";
    for (let i = start; i < Math.min(start + 3000, bytes.length); i += 3) {
      // Bytes past the end read as undefined, which counts as 0 here.
      const word = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
      line += DIGITS[word >> 18] + DIGITS[(word >> 12) & 63] + DIGITS[(word >> 6) & 63] + DIGITS[word & 63];
    }
    lines.push(line);
  }
  const spare = (3 - (bytes.length % 3)) % 3;
  const text = lines.join("");
  return spare === 0 ? text : text.slice(0, -spare) + "=".repeat(spare);
}
