import { describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { readTokenizer } from "./word-piece.ts";

const tokens = [
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "un",
  "##aff",
  "##able",
  "red",
  "circle",
  "##s",
  ",",
  "!",
  "über",
  "uber",
  "o",
  "'",
  "clock",
  "猫",
  "$",
];
const file = {
  truncation: null as unknown,
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null as unknown,
    lowercase: true,
  } as unknown,
  pre_tokenizer: { type: "BertPreTokenizer" } as unknown,
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    special_tokens: {
      "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
      "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
    },
  } as unknown,
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 20,
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
  },
};
const tokenizer = (changes: Partial<typeof file> = {}) =>
  readTokenizer(JSON.stringify({ ...file, ...changes }), "tokenizer.json");
/** The tokens between the special ones. */
const pieces = (text: string, changes: Partial<typeof file> = {}) =>
  tokenizer({ post_processor: null, ...changes })
    .encode(text)
    .map((id) => tokens[id]);

describe("a WordPiece tokenizer", () => {
  test("takes the longest known pieces, the later ones marked", () => {
    expect(pieces("unaffable")).toEqual(["un", "##aff", "##able"]);
    expect(pieces("red circles")).toEqual(["red", "circle", "##s"]);
  });

  test("gives one unknown token for a word that is not made of known pieces, or is too long", () => {
    expect(pieces("unknown red")).toEqual(["[UNK]", "red"]);
    expect(pieces(`un${"aff".repeat(7)}`)).toEqual(["[UNK]"]);
    expect(pieces(`un${"aff".repeat(6)}`)).toEqual(["un", ...Array(6).fill("##aff")]);
  });

  test("splits at white space and around punctuation and symbols", () => {
    expect(pieces(" Red,\tCIRCLE !\n o'clock $red")).toEqual([
      "red",
      ",",
      "circle",
      "!",
      "o",
      "'",
      "clock",
      "$",
      "red",
    ]);
    expect(pieces("")).toEqual([]);
  });

  test("lowers case and strips accents unless told otherwise, and sets Han characters apart", () => {
    expect(pieces("ÜBER red猫red re\u0000d")).toEqual(["uber", "red", "猫", "red", "red"]);
    const cased = { type: "BertNormalizer", lowercase: false, strip_accents: null };
    expect(pieces("über Red", { normalizer: cased })).toEqual(["über", "[UNK]"]);
    const kept = { type: "BertNormalizer", lowercase: true, strip_accents: false };
    expect(pieces("ÜBER", { normalizer: kept })).toEqual(["über"]);
    const steps = { type: "Sequence", normalizers: [{ type: "NFD" }, { type: "Lowercase" }, { type: "StripAccents" }] };
    expect(pieces("Über", { normalizer: steps })).toEqual(["uber"]);
  });

  test("frames a sentence by the special tokens, which stay when it is cut", () => {
    expect(tokenizer().encode("red circle")).toEqual([2, 7, 8, 3]);
    const bert = { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] };
    expect(tokenizer({ post_processor: bert }).encode("red")).toEqual([2, 7, 3]);
    expect(tokenizer({ truncation: { max_length: 4 } }).encode("red red red red")).toEqual([2, 7, 7, 3]);
    expect(tokenizer().encode("red ".repeat(600))).toHaveLength(512);
  });

  test.each([
    ["another model", { model: { ...file.model, type: "BPE" } }, "its model is of the kind BPE"],
    ["no unknown token", { model: { ...file.model, unk_token: "<unk>" } }, "its vocabulary has no token <unk>"],
    ["another normalizer", { normalizer: { type: "Precompiled" } }, "its normalizer is Precompiled"],
    ["another splitting", { pre_tokenizer: { type: "Metaspace" } }, "it splits words by Metaspace"],
    ["another frame", { post_processor: { type: "RobertaProcessing" } }, "its post-processor is RobertaProcessing"],
  ])("refuses %s, saying what is read", (_, changes, problem) => {
    expect(() => tokenizer(changes)).toThrow(InputError);
    expect(() => tokenizer(changes)).toThrow(`tokenizer.json: ${problem}`);
  });

  test("refuses what is no tokenizer at all", () => {
    expect(() => readTokenizer("[1]", "x")).toThrow("x: it is no object");
    expect(() => readTokenizer("{", "x")).toThrow(InputError);
    expect(() => readTokenizer("{}", "x")).toThrow("x: its model is no object");
  });
});
