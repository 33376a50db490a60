// Captions as numbers: a sentence becomes its words in lower case, each word its place in a vocabulary.

import type { TextForm } from "./dataset.ts";

/** How captions of words become numbers. */
export type WordForm = Extract<TextForm, { readonly kind: "words" }>;

/** The most words that a vocabulary keeps, and that a caption is read for. */
const MOST_KNOWN = 2000;
const MOST_WORDS = 24;

/** Letters, their marks and digits, with apostrophes inside: "man's". What lies between is not read. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:'\p{L}+)*/gu;

/** The words of a sentence in lower case: "A small, red circle." → a, small, red, circle. */
export function wordsOf(text: string): string[] {
  return text.normalize("NFC").toLowerCase().replaceAll("’", "'").match(WORD) ?? [];
}

/** The words of the captions, the more frequent first and those as frequent by alphabet (the order of character codes): the first `most`. */
export function buildVocabulary(captions: Iterable<string>, most = MOST_KNOWN): string[] {
  const counts = new Map<string, number>();
  for (const caption of captions) for (const word of wordsOf(caption)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const byFrequency = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return byFrequency.slice(0, most).map(([word]) => word);
}

/** The form that fits these captions: their vocabulary, and room for the longest of them, or for its first 24 words. */
export function wordForm(captions: readonly string[]): WordForm {
  let longest = 1;
  for (const caption of captions) longest = Math.max(longest, wordsOf(caption).length);
  return { kind: "words", words: Math.min(longest, MOST_WORDS), vocabulary: buildVocabulary(captions) };
}

/**
 * A caption as numbers [words]: the places of its words in the vocabulary, counted from 1; 0 for a word that is not there, and
 * where the caption is shorter. Words past the last place are not read. With them, the words read that are not known, each once.
 *
 * @example encodeWords("a red cat", { kind: "words", words: 4, vocabulary: ["a", "red"] }) // values 1 2 0 0, unknown "cat"
 */
export function encodeWords(text: string, form: WordForm): { values: Float32Array; unknown: string[] } {
  const values = new Float32Array(form.words);
  const unknown = encodeInto(values, text, placesOf(form));
  return { values, unknown };
}

/** Captions as numbers [n, words], as `encodeWords` gives them one by one. */
export function encodeCaptions(captions: readonly string[], form: WordForm): Float32Array {
  const places = placesOf(form);
  const values = new Float32Array(captions.length * form.words);
  captions.forEach((caption, i) => {
    encodeInto(values.subarray(i * form.words, (i + 1) * form.words), caption, places);
  });
  return values;
}

/** Each word's place, counted from 1. */
const placesOf = ({ vocabulary }: WordForm): ReadonlyMap<string, number> =>
  new Map(vocabulary.map((word, place) => [word, place + 1]));

function encodeInto(values: Float32Array, text: string, places: ReadonlyMap<string, number>): string[] {
  const unknown = new Set<string>();
  for (const [i, word] of wordsOf(text).slice(0, values.length).entries()) {
    values[i] = places.get(word) ?? 0;
    if (!places.has(word)) unknown.add(word);
  }
  return [...unknown];
}
