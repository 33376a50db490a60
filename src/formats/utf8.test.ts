import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const platformDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The platform's answer, or undefined where it refuses. */
function platformDecode(bytes: Uint8Array): string | undefined {
  try {
    return platformDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function ourDecode(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes, "x.txt");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return undefined;
  }
}

describe("UTF-8", () => {
  test("encodes every code point as the platform does, and decodes it back", () => {
    for (let block = 0; block < 0x110000; block += 0x400) {
      if (block >= 0xd800 && block < 0xe000) continue; // surrogates are no characters
      const text = Array.from({ length: 0x400 }, (_, i) => String.fromCodePoint(block + i)).join("");
      const bytes = encodeUtf8(text);
      expect(Buffer.compare(bytes, new TextEncoder().encode(text))).toBe(0);
      expect(decodeUtf8(bytes)).toBe(text);
    }
  });

  test("accepts and refuses exactly what the platform does: every first byte, second bytes around 80..BF", () => {
    for (let a = 0; a < 256; a++) {
      for (let b = 0x7e; b < 0xc2; b++) {
        const edges = a >= 0xe0 ? [0x7f, 0x80, 0xbf, 0xc0] : [];
        const samples = [[a], [b, a], [a, b], ...edges.map((c) => [a, b, c]), ...edges.map((c) => [a, b, 0x80, c])];
        for (const bytes of samples.map((sample) => Uint8Array.from(sample))) {
          if (ourDecode(bytes) !== platformDecode(bytes)) expect.fail(`differs at ${Array.from(bytes)}`);
        }
      }
    }
  });

  test("refuses a lone surrogate, which has no UTF-8", () => {
    expect(() => encodeUtf8("ab\ud800c")).toThrow("lone surrogate at index 2");
    expect(() => encodeUtf8("\udc00")).toThrow("lone surrogate at index 0");
  });

  test("names the file and the byte", () => {
    expect(() => decodeUtf8(Uint8Array.from([65, 66, 0xff]), "run.json")).toThrow(
      "run.json: byte 2 (0xff) is not UTF-8",
    );
  });
});
