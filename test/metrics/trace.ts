// A run as a diagnosis hears it, small enough to keep: means of the metrics that it listens to over blocks of ten steps, and what it
// measured of each set of samples. Recorded by bench/symptoms.ts; read back as lines of metrics.jsonl that have the same means.

export interface Trace {
  readonly kind: "healthy" | "passing" | "broken";
  /** What is special about the run. */
  readonly about: string;
  /** The symptoms that it must show. */
  readonly shows: readonly string[];
  /** The first step's metrics, against which some figures are held. */
  readonly first: Readonly<Record<string, number>>;
  /** Of each metric, its mean over each block; null where no step of it reported it. */
  readonly blocks: Readonly<Record<string, readonly (number | null)[]>>;
  /** Steps between sets of samples, and of each number measured, its value for each set; null where it could not be had. */
  readonly every: number;
  readonly samples: Readonly<Record<string, readonly (number | null)[]>>;
}

type Line = Readonly<Record<string, number>>;

const BLOCK = 10;
/** D's loss, G's gradient and D's scores. */
const HEARD = /^(score\/(real|fake)|loss\/D|gradient\/[^D])/;
const short = (value: number): number => Number(value.toPrecision(3));

export function traceOf(lines: readonly Line[], every: number, facts: Pick<Trace, "kind" | "about" | "shows">): Trace {
  const whole = lines.slice(0, lines.length - (lines.length % BLOCK));
  const named = (match: (name: string) => boolean) => [...new Set(lines.flatMap(Object.keys))].filter(match).sort();
  const meanOf = (block: readonly Line[], name: string): number | null => {
    const values = block.map((line) => line[name]).filter((value) => value !== undefined);
    return values.length === 0 ? null : short(values.reduce((sum, value) => sum + value, 0) / values.length);
  };
  const blocks = Array.from({ length: whole.length / BLOCK }, (_, b) => whole.slice(b * BLOCK, (b + 1) * BLOCK));
  const sampled = whole.filter(({ step }) => step % every === 0);
  const numberOf = (line: Line, name: string) => (line[name] === undefined ? null : short(line[name]));
  return {
    ...facts,
    first: Object.fromEntries(
      named((name) => HEARD.test(name)).flatMap((name) => {
        const value = numberOf(lines[0], name);
        return value === null ? [] : [[name, value]];
      }),
    ),
    blocks: Object.fromEntries(
      named((name) => HEARD.test(name)).map((name) => [name, blocks.map((block) => meanOf(block, name))]),
    ),
    every,
    samples: Object.fromEntries(
      named((name) => name.startsWith("samples/")).map((name) => [name, sampled.map((line) => numberOf(line, name))]),
    ),
  };
}

export function linesOf({ first, blocks, every, samples }: Trace): Line[] {
  const count = Math.max(...Object.values(blocks).map(({ length }) => length));
  return Array.from({ length: count * BLOCK }, (_, i) => {
    const step = i + 1;
    const block = Math.floor(i / BLOCK);
    const line: Record<string, number> = { step };
    for (const [name, means] of Object.entries(blocks)) {
      const mean = means[block];
      if (mean === null) continue;
      // The first block's other steps make up for its first.
      if (block === 0 && first[name] !== undefined) {
        line[name] = i === 0 ? first[name] : (BLOCK * mean - first[name]) / (BLOCK - 1);
      } else line[name] = mean;
    }
    if (step % every === 0) {
      for (const [name, values] of Object.entries(samples)) {
        const value = values[step / every - 1];
        if (value !== null) line[name] = value;
      }
    }
    return line;
  });
}
