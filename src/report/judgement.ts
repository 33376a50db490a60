// What people said of pictures, and what follows from it. HYPE, human eye perceptual evaluation (Zhou et al. 2019): the share of
// pictures, half of them real, that people take for what they are not; 50 % where they cannot tell.

/** An answer to one question: a line of judgements.jsonl. */
export type Judgement =
  | {
      readonly kind: "one";
      /** Counts the sittings of a run, from 1. */
      readonly sitting: number;
      readonly question: number;
      readonly truth: "real" | "made";
      /** Who made it; absent for real ones. */
      readonly by?: string;
      /** How long it was shown; null for as long as the person liked. */
      readonly milliseconds: number | null;
      readonly answer: "real" | "made";
    }
  | {
      readonly kind: "two";
      readonly sitting: number;
      readonly question: number;
      readonly left: string;
      readonly right: string;
      /** The one that looks better. */
      readonly answer: "left" | "right";
    };

/** So many of so many, and the share that they stand for, with its 95 % confidence interval. */
export interface Share {
  readonly count: number;
  readonly of: number;
  /** NaN of none. */
  readonly share: number;
  readonly interval: readonly [low: number, high: number];
}

/** How often people were wrong. */
export interface ErrorRates {
  readonly real: Share;
  readonly made: Share;
  /** HYPE: the mean of both rates, which is the share of all answers where half the pictures are real; 0.5 is chance. */
  readonly hype: { readonly share: number; readonly interval: readonly [low: number, high: number] };
}

export interface JudgementResult {
  readonly answers: number;
  /** By maker. */
  readonly makers: readonly (ErrorRates & { readonly by: string })[];
  /** Over all makers, by exposure, the shortest first. */
  readonly exposures: readonly (ErrorRates & { readonly milliseconds: number | null })[];
  /** Where the exposure followed the answers: the one at which most pictures, and at least three, were shown; the shortest of equals. */
  readonly modalMilliseconds?: number;
  /** Of each two makers that were shown beside each other. */
  readonly preferences: readonly Preference[];
}

export interface Preference {
  readonly first: string;
  readonly second: string;
  /** How often the first was preferred. */
  readonly share: Share;
  /** Of the two-sided sign test: how likely a preference at least so strong is where there is none. */
  readonly p: number;
}

const Z = 1.959964; // of 95 %
const LEAST_AT_MODE = 3;

/** A share with the interval of Wilson (1927). */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { count, of, share: Number.NaN, interval: [0, 1] };
  const share = count / of;
  const scale = 1 + Z ** 2 / of;
  const centre = (share + Z ** 2 / (2 * of)) / scale;
  const reach = (Z / scale) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  return { count, of, share, interval: [Math.max(0, centre - reach), Math.min(1, centre + reach)] };
}

/** The mean of two independent shares; its interval is put together from theirs by squares (Newcombe 1998, method 10). */
export function meanOfShares(a: Share, b: Share): ErrorRates["hype"] {
  const share = (a.share + b.share) / 2;
  const side = (end: 0 | 1) => Math.hypot(a.share - a.interval[end], b.share - b.interval[end]) / 2;
  if (Number.isNaN(share)) return { share, interval: [0, 1] };
  return { share, interval: [Math.max(0, share - side(0)), Math.min(1, share + side(1))] };
}

/** The sign test: how likely `count` of `of` fair coins, or a result as far off half, is. */
export function signTest(count: number, of: number): number {
  const far = Math.max(count, of - count);
  // Σ C(of, k)/2^of for k ≥ far; each term from the one before, started in logarithms so that 2^of may be any size.
  let log = -of * Math.LN2;
  for (let k = 1; k <= far; k++) log += Math.log(of - k + 1) - Math.log(k);
  let term = Math.exp(log);
  let tail = 0;
  for (let k = far; k <= of; k++) {
    tail += term;
    term *= (of - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

/** What the answers of one sitting, or of several, say; `staircase` when exposures followed the answers. */
export function judge(judgements: readonly Judgement[], { staircase = false } = {}): JudgementResult {
  const ones = judgements.filter((each) => each.kind === "one");
  const real = ones.filter(({ truth }) => truth === "real");
  const made = ones.filter(({ truth }) => truth === "made");
  const makers = [...new Set(made.map(({ by = "" }) => by))].sort();
  const times = [...new Set(ones.map(({ milliseconds }) => milliseconds))].sort((a, b) => timeOf(a) - timeOf(b));
  const counts = times.map((time) => ones.filter(({ milliseconds }) => milliseconds === time).length);
  const most = Math.max(...counts);
  const modal = most < LEAST_AT_MODE ? undefined : times[counts.indexOf(most)];
  return {
    answers: judgements.length,
    makers: makers.map((by) => ({
      by,
      ...ratesOf(
        real,
        made.filter((each) => each.by === by),
      ),
    })),
    exposures: times.map((milliseconds) => {
      const shown = (list: One) => list.filter((each) => each.milliseconds === milliseconds);
      return { milliseconds, ...ratesOf(shown(real), shown(made)) };
    }),
    ...(staircase && typeof modal === "number" && { modalMilliseconds: modal }),
    preferences: preferencesOf(judgements.filter((each) => each.kind === "two")),
  };
}

type One = readonly Extract<Judgement, { kind: "one" }>[];
type Two = readonly Extract<Judgement, { kind: "two" }>[];

const timeOf = (milliseconds: number | null): number => milliseconds ?? Number.POSITIVE_INFINITY;

function ratesOf(real: One, made: One): ErrorRates {
  const wrong = (list: One) => shareOf(list.filter(({ truth, answer }) => answer !== truth).length, list.length);
  const [ofReal, ofMade] = [wrong(real), wrong(made)];
  return { real: ofReal, made: ofMade, hype: meanOfShares(ofReal, ofMade) };
}

function preferencesOf(pairs: Two): Preference[] {
  const namesOf = ({ left, right }: Two[number]) => [left, right].sort();
  const kinds = new Map(pairs.map((pair) => [namesOf(pair).join("\n"), namesOf(pair)]));
  return [...kinds.values()].map(([first, second]) => {
    const shown = pairs.filter((pair) => namesOf(pair).join("\n") === [first, second].join("\n"));
    const count = shown.filter(({ left, right, answer }) => (answer === "left" ? left : right) === first).length;
    return { first, second, share: shareOf(count, shown.length), p: signTest(count, shown.length) };
  });
}
