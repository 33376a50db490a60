// Sentences as the tokens that BERT and its kin were trained on: WordPiece (Wu et al. 2016), by a tokenizer.json as Hugging Face's
// tokenizers write it. Normalisation, splitting and word pieces follow the published BERT tokenizer.

import { InputError } from "../errors/index.ts";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../formats/index.ts";

export interface Tokenizer {
  /** A sentence's tokens as the model numbers them, the special ones at its ends among them; cut to the model's length. */
  encode(text: string): number[];
}

/** Tokens of a sentence where the file does not say: the length of BERT's own. */
const MOST_TOKENS = 512;

/** The tokenizer of a tokenizer.json. InputError, naming `where`, when it is damaged or of another kind than WordPiece. */
export function readTokenizer(text: string, where: string): Tokenizer {
  const file = object(parseJson(text, where), where, "it");
  const model = object(file.model, where, "its model");
  const kind = model.type ?? "none";
  if (kind !== "WordPiece") refuse(where, `its model is of the kind ${kind}`);
  const vocabulary = new Map(
    Object.entries(object(model.vocab, where, "its vocabulary")).map(([token, id]) => [token, Number(id)]),
  );
  const unknown = vocabulary.get(String(model.unk_token));
  if (unknown === undefined) refuse(where, `its vocabulary has no token ${model.unk_token} for unknown words`);
  const pieces = piecesOf({
    vocabulary,
    unknown,
    prefix: String(model.continuing_subword_prefix ?? "##"),
    longest: Number(model.max_input_chars_per_word ?? 100),
  });
  const normalise = normaliserOf(file.normalizer, where);
  const splitter = isJsonObject(file.pre_tokenizer) ? file.pre_tokenizer.type : "none";
  if (splitter !== "BertPreTokenizer") refuse(where, `it splits words by ${splitter}`);
  const { before, after } = frameOf(file.post_processor, where);
  const most = isJsonObject(file.truncation) ? Number(file.truncation.max_length) : MOST_TOKENS;
  return {
    encode(sentence) {
      const tokens = (normalise(sentence).match(WORDS) ?? []).flatMap(pieces);
      return [...before, ...tokens.slice(0, most - before.length - after.length), ...after];
    },
  };
}

/** Runs without white space or punctuation, and each punctuation mark by itself; all of ASCII's symbols count as such. */
const WORDS = /[\p{P}!-/:-@[-`{-~]|[^\s\p{P}!-/:-@[-`{-~]+/gu;

function refuse(where: string, problem: string): never {
  throw new InputError(
    `${where}: ${problem}. Tokenizers of BERT's kind are read: WordPiece, with BERT's normalizer and pre-tokenizer. Give another model, or vectors made elsewhere by --caption-vectors.`,
  );
}

function object(value: JsonValue | undefined, where: string, what: string): JsonObject {
  return isJsonObject(value) ? value : refuse(where, `${what} is no object`);
}

/** The longest known beginning of a word, then of what is left, with the prefix before all but the first; unknown where one is not known. */
function piecesOf({
  vocabulary,
  unknown,
  prefix,
  longest,
}: {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly unknown: number;
  readonly prefix: string;
  readonly longest: number;
}): (word: string) => number[] {
  return (word) => {
    const characters = Array.from(word);
    if (characters.length > longest) return [unknown];
    const found: number[] = [];
    for (let start = 0; start < characters.length; ) {
      let end = characters.length;
      const at = () => vocabulary.get((start > 0 ? prefix : "") + characters.slice(start, end).join(""));
      while (end > start && at() === undefined) end--;
      if (end === start) return [unknown];
      found.push(at()!);
      start = end;
    }
    return found;
  };
}

type Normaliser = (text: string) => string;

const stripAccents: Normaliser = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "");
const clean: Normaliser = (text) => text.replace(/\s/gu, " ").replace(/[\p{C}\uFFFD]/gu, "");
const spaceHan: Normaliser = (text) => text.replace(/\p{Script=Han}/gu, " $& ");
const lowercase: Normaliser = (text) => text.toLowerCase();

function normaliserOf(given: JsonValue | undefined, where: string): Normaliser {
  if (given === null || given === undefined) return (text) => text;
  const { type, ...settings } = object(given, where, "its normalizer");
  switch (type) {
    case "BertNormalizer": {
      const steps = [
        ...(settings.clean_text === false ? [] : [clean]),
        ...(settings.handle_chinese_chars === false ? [] : [spaceHan]),
        ...((settings.strip_accents ?? settings.lowercase) === false ? [] : [stripAccents]),
        ...(settings.lowercase === false ? [] : [lowercase]),
      ];
      return (text) => steps.reduce((value, step) => step(value), text);
    }
    case "Lowercase":
      return lowercase;
    case "StripAccents":
      return stripAccents;
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD":
      return (text) => text.normalize(type);
    case "Sequence": {
      const parts = Array.isArray(settings.normalizers) ? settings.normalizers : [];
      const steps = parts.map((part) => normaliserOf(part, where));
      return (text) => steps.reduce((value, step) => step(value), text);
    }
    default:
      return refuse(where, `its normalizer is ${type}`);
  }
}

/** The special tokens before and after a sentence. */
function frameOf(given: JsonValue | undefined, where: string): { before: readonly number[]; after: readonly number[] } {
  if (given === null || given === undefined) return { before: [], after: [] };
  const { type, ...settings } = object(given, where, "its post-processor");
  if (type === "BertProcessing") {
    const id = (pair: JsonValue | undefined) => (Array.isArray(pair) ? Number(pair[1]) : Number.NaN);
    return { before: [id(settings.cls)], after: [id(settings.sep)] };
  }
  if (type !== "TemplateProcessing" || !Array.isArray(settings.single)) {
    return refuse(where, `its post-processor is ${type}`);
  }
  const known = object(settings.special_tokens, where, "the table of its special tokens");
  const places = settings.single.map((part: JsonValue) => {
    const special = isJsonObject(part) && isJsonObject(part.SpecialToken) ? part.SpecialToken : undefined;
    if (special === undefined) return undefined; // the sentence's place
    const token = object(known[String(special.id)], where, `its special token ${special.id}`);
    return Array.isArray(token.ids) ? token.ids.map(Number) : [];
  });
  const sentence = places.indexOf(undefined);
  const ids = (from: number, to: number) => places.slice(from, to).flatMap((each) => each ?? []);
  return { before: ids(0, sentence), after: ids(sentence + 1, places.length) };
}
