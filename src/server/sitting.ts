// One person's sitting: which pictures come in which order, how long each is shown, what was answered. It knows no server and no clock.

import { encodePng, gridFromBatch } from "../formats/index.ts";
import { type RandomStream, stream } from "../random/index.ts";
import type { Judgement } from "../report/index.ts";

/**
 * How long a picture is shown: each of the given times equally often (null: until it is answered), or a staircase, which shortens after a
 * right answer and lengthens after a wrong one.
 */
export type Exposure = readonly (number | null)[] | "staircase";

/** Three times as far up as down: where it stands still, three answers of four are right (Zhou et al. 2019, §3.1). */
const STAIRCASE = { start: 500, right: -10, wrong: 30, least: 100, most: 1000 } as const;

/** Pictures as PNG files, all of one size. */
export interface SittingOptions {
  readonly real: readonly Uint8Array[];
  /** To be told from real ones, by the name of who made them. */
  readonly made: Readonly<Record<string, readonly Uint8Array[]>>;
  /** To be compared with each other: the same number of two makers. */
  readonly pairs?: Readonly<Record<string, readonly Uint8Array[]>>;
  readonly exposure: Exposure;
  /** Counts the sittings of a run, from 1. */
  readonly sitting: number;
  readonly seed: number;
}

/** What a person is asked now. Nothing in it tells which picture is which. */
export interface Question {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  readonly kind: "one" | "two";
  /** Null: until it is answered. */
  readonly milliseconds: number | null;
}

interface Shown {
  readonly pictures: readonly Uint8Array[];
  /** The maker of each picture; undefined for real ones. */
  readonly by: readonly (string | undefined)[];
  /** Undefined where the staircase decides. */
  readonly milliseconds: number | null | undefined;
}

/** The words that answer each kind of question. */
const WORDS = { one: ["real", "made"], two: ["left", "right"] } as const;

/** Single pictures come first, then pairs; within each, the order is that of the seed and the sitting. */
export class Sitting {
  readonly judgements: Judgement[] = [];
  readonly #shown: readonly Shown[];
  readonly #number: number;
  #milliseconds: number = STAIRCASE.start;

  constructor({ real, made, pairs = {}, exposure, sitting, seed }: SittingOptions) {
    const random = stream(seed, "judge", sitting);
    this.#number = sitting;
    const sides: { readonly picture: Uint8Array; readonly by: string | undefined }[][] = [
      real.map((picture) => ({ picture, by: undefined })),
      Object.entries(made).flatMap(([by, pictures]) => pictures.map((picture) => ({ picture, by }))),
    ];
    // Within each side the times take turns, so that each shows as many real pictures as made ones.
    const ones = sides.flatMap((side) =>
      inOrder(side, random).map(({ picture, by }, i): Shown => {
        const milliseconds = exposure === "staircase" ? undefined : exposure[i % exposure.length];
        return { pictures: [picture], by: [by], milliseconds };
      }),
    );
    const [[a, ofA] = ["", []], [b, ofB] = ["", []]] = Object.entries(pairs);
    const twos = ofA.map((picture, i): Shown => {
      const pair = [
        { picture, by: a },
        { picture: ofB[i], by: b },
      ];
      if (random.integer(2) === 1) pair.reverse();
      return { pictures: pair.map((each) => each.picture), by: pair.map((each) => each.by), milliseconds: null };
    });
    this.#shown = [...inOrder(ones, random), ...inOrder(twos, random)];
  }

  /** The question to be answered next; undefined when all are. */
  get question(): Question | undefined {
    const shown = this.#shown[this.judgements.length];
    if (shown === undefined) return undefined;
    return {
      ...{ number: this.judgements.length + 1, of: this.#shown.length },
      kind: shown.pictures.length === 1 ? "one" : "two",
      milliseconds: shown.milliseconds === undefined ? this.#milliseconds : shown.milliseconds,
    };
  }

  /** A picture of the question that is open, by its place from the left. */
  picture(number: number, place: number): Uint8Array | undefined {
    return number === this.judgements.length + 1 ? this.#shown[number - 1]?.pictures[place] : undefined;
  }

  /** Takes an answer: what to keep of it, or undefined when it is none to the question that is open. */
  answer(number: number, word: string): Judgement | undefined {
    const { question } = this;
    const known = question && (WORDS[question.kind] as readonly string[]).includes(word);
    if (question === undefined || number !== question.number || !known) return undefined;
    const { by } = this.#shown[number - 1];
    const judgement = {
      kind: question.kind,
      sitting: this.#number,
      question: number,
      ...told(question, by),
      answer: word,
    };
    this.judgements.push(judgement as Judgement);
    if (question.kind === "one") this.#step((by[0] === undefined) === (word === "real"));
    return judgement as Judgement;
  }

  #step(right: boolean): void {
    const next = this.#milliseconds + (right ? STAIRCASE.right : STAIRCASE.wrong);
    this.#milliseconds = Math.max(STAIRCASE.least, Math.min(STAIRCASE.most, next));
  }
}

/** The truth of a question, as its judgement keeps it. */
function told({ kind, milliseconds }: Question, [first, second]: readonly (string | undefined)[]) {
  if (kind === "two") return { left: first, right: second };
  return { truth: first === undefined ? "real" : "made", ...(first !== undefined && { by: first }), milliseconds };
}

function inOrder<T>(items: readonly T[], random: RandomStream): T[] {
  return Array.from(random.permutation(items.length), (i) => items[i]);
}

/** Masks, to be shown after a picture, since its trace in the eye outlasts it: noise in blocks of several sizes. PNG files. */
export function drawMasks(count: number, seed: number): Uint8Array[] {
  const size = 64;
  return Array.from({ length: count }, (_, k) => {
    const random = stream(seed, "judge", "mask", k);
    const values = new Float32Array(3 * size * size);
    for (const block of [16, 4, 1]) {
      const across = size / block;
      const noise = random.fillUniform(new Float32Array(3 * across * across), -0.5, 0.5);
      for (let i = 0; i < values.length; i++) {
        const [c, y, x] = [Math.floor(i / size ** 2), Math.floor(i / size) % size, i % size];
        values[i] += noise[(c * across + Math.floor(y / block)) * across + Math.floor(x / block)];
      }
    }
    return encodePng(gridFromBatch(values, [1, 3, size, size], { padding: 0 }));
  });
}
