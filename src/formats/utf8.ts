// UTF-8 (RFC 3629), strict both ways: the core has no TextEncoder, and a file's text is either right or refused.

import { InputError } from "../errors/index.ts";

/** The UTF-8 bytes of `text`. Throws for a lone surrogate, which no UTF-8 can say. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length); // a UTF-16 unit needs at most three bytes
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) as number;
    if (code < 0x80) {
      bytes[length++] = code;
    } else if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >> 6);
      bytes[length++] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      if (code >= 0xd800 && code < 0xe000) throw new Error(`encodeUtf8: lone surrogate at index ${i}`);
      bytes[length++] = 0xe0 | (code >> 12);
      bytes[length++] = 0x80 | ((code >> 6) & 63);
      bytes[length++] = 0x80 | (code & 63);
    } else {
      bytes[length++] = 0xf0 | (code >> 18);
      bytes[length++] = 0x80 | ((code >> 12) & 63);
      bytes[length++] = 0x80 | ((code >> 6) & 63);
      bytes[length++] = 0x80 | (code & 63);
      i++; // the second half of the surrogate pair
    }
  }
  return bytes.slice(0, length);
}

/** The text whose UTF-8 is `bytes`. Throws InputError, naming `where`, for anything RFC 3629 forbids. */
export function decodeUtf8(bytes: Uint8Array, where = "text"): string {
  const parts: string[] = [];
  let units: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i];
    const extra = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
    let code = extra <= 0 ? first : first & (0x3f >> extra);
    let valid = extra >= 0 && i + extra < bytes.length;
    for (let k = 1; valid && k <= extra; k++) {
      valid = (bytes[i + k] & 0xc0) === 0x80;
      code = (code << 6) | (bytes[i + k] & 63);
    }
    // Over-long three- and four-byte forms, surrogates, and what lies past U+10FFFF.
    if (extra === 2) valid &&= code >= 0x800 && (code < 0xd800 || code >= 0xe000);
    if (extra === 3) valid &&= code >= 0x10000 && code <= 0x10ffff;
    if (!valid) {
      throw new InputError(
        `${where}: byte ${i} (0x${first.toString(16)}) is not UTF-8. The file is damaged; make it again.`,
      );
    }
    if (code < 0x10000) units.push(code);
    else units.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
    i += extra + 1;
    if (units.length >= 4096) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  parts.push(String.fromCharCode(...units));
  return parts.join("");
}
