import { describe, expect, test } from "vitest";
import { buildVocabulary, encodeCaptions, encodeWords, wordForm, wordsOf } from "./text.ts";

describe("wordsOf", () => {
  test("reads words in lower case and passes over what lies between them", () => {
    expect(wordsOf("A small, RED circle (on the left)…")).toEqual(["a", "small", "red", "circle", "on", "the", "left"]);
    expect(wordsOf("keycap: 10 | money-mouth_face")).toEqual(["keycap", "10", "money", "mouth", "face"]);
    expect(wordsOf("  #!? ")).toEqual([]);
  });

  test("keeps apostrophes inside words, and letters of any script whole", () => {
    expect(wordsOf("'the man’s' o'clock'")).toEqual(["the", "man's", "o'clock"]);
    expect(wordsOf("Größe ÉTÉ Ёлка")).toEqual(["größe", "été", "ёлка"]);
    expect(wordsOf("e\u0301te\u0301")).toEqual(wordsOf("été")); // the same letters, composed or not
  });
});

describe("buildVocabulary", () => {
  test("puts frequent words first, and as frequent ones by alphabet, whatever the captions' order", () => {
    const captions = ["b a", "a c", "a b", "d c"];
    expect(buildVocabulary(captions)).toEqual(["a", "b", "c", "d"]);
    expect(buildVocabulary(captions.toReversed())).toEqual(["a", "b", "c", "d"]);
    expect(buildVocabulary(["z z y", "y x"])).toEqual(["y", "z", "x"]);
  });

  test("keeps the most frequent where there are too many", () => {
    expect(buildVocabulary(["a a b b b c"], 2)).toEqual(["b", "a"]);
    const many = Array.from({ length: 2100 }, (_, i) => `w${i}`);
    expect(buildVocabulary([...many, "w2099"])).toHaveLength(2000);
    expect(buildVocabulary([...many, "w2099"])[0]).toBe("w2099");
  });
});

describe("captions as numbers", () => {
  const form = { kind: "words", words: 4, vocabulary: ["a", "circle", "red"] } as const;

  test("are places from 1, with 0 for unknown words and after the end", () => {
    expect(encodeWords("A red circle", form)).toEqual({ values: Float32Array.of(1, 3, 2, 0), unknown: [] });
    expect(encodeWords("a blue, blue circle", form)).toEqual({
      values: Float32Array.of(1, 0, 0, 2),
      unknown: ["blue"],
    });
    expect(encodeWords("", form)).toEqual({ values: new Float32Array(4), unknown: [] });
  });

  test("are cut at the last place, and what is not read is not called unknown", () => {
    expect(encodeWords("a red a red blue", form)).toEqual({ values: Float32Array.of(1, 3, 1, 3), unknown: [] });
  });

  test("are the same one by one and together", () => {
    const captions = ["a red circle", "", "circle blue red a a"];
    expect([...encodeCaptions(captions, form)]).toEqual(
      captions.flatMap((text) => [...encodeWords(text, form).values]),
    );
  });

  test("have room for the longest caption, up to 24 words, and for one where there are none", () => {
    expect(wordForm(["a b c", "d e"])).toEqual({ kind: "words", words: 3, vocabulary: ["a", "b", "c", "d", "e"] });
    expect(wordForm(["w ".repeat(30)]).words).toBe(24);
    expect(wordForm([""])).toEqual({ kind: "words", words: 1, vocabulary: [] });
  });
});
