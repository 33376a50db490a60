// The variants of a run's iteration (see compile-step.ts), compiled and loaded when first needed. They share one state: what a
// variant does not touch waits here while that variant runs.

import type { Backend, Session } from "../runtime/index.ts";
import type { CompiledStep } from "./compile-step.ts";
import { batchesOf, type DataStream, type Fields, fillFeeds } from "./feeds.ts";

type State = Record<string, Float32Array>;

/** The compiled iterations of a run, by their number. */
export type Compile = (iteration: number) => CompiledStep;

/** Compiles each variant once: `compile` is asked for one iteration of each. */
export function compileVariants(compile: Compile): Compile {
  const variants = new Map<string, CompiledStep>();
  const first = compile(0);
  variants.set(keyOf(first, 0), first);
  return (iteration) => {
    const key = keyOf(first, iteration);
    const compiled = variants.get(key) ?? compile(iteration);
    variants.set(key, compiled);
    return compiled;
  };
}

const keyOf = (compiled: CompiledStep, iteration: number): string => compiled.updatesAt(iteration).join();

/** What a number of iterations, from the first on, have used up. */
export interface Spent {
  /** How many of them each update was part of. */
  readonly turns: number[];
  /** Batches from each stream, the main one (that most is taken from) first. */
  readonly batches: Map<DataStream, number>;
}

export function spentBefore(compile: Compile, iteration: number): Spent {
  const { streams, updatesAt } = compile(0);
  const spent: Spent = {
    turns: updatesAt(0).map(() => 0),
    batches: new Map([...streams.keys()].map((stream) => [stream, 0])),
  };
  for (let i = 0; i < iteration; i++) spend(spent, compile(i), i);
  return spent;
}

function spend({ turns, batches }: Spent, compiled: CompiledStep, iteration: number): void {
  compiled.updatesAt(iteration).forEach((active, update) => {
    if (active) turns[update]++;
  });
  for (const [stream, count] of batchesOf(compiled.feeds)) batches.set(stream, (batches.get(stream) ?? 0) + count);
}

/** How many iterations take `batches` batches of the main stream. */
export function stepsFor(compile: Compile, batches: number): number {
  const { streams, isOnly } = compile(0);
  const [main] = [...streams.keys()];
  const all = streams.get(main);
  if (all === undefined) return batches;
  if (isOnly) return Math.ceil(batches / all);
  let steps = 0;
  for (let taken = 0; taken < batches; steps++) taken += batchesOf(compile(steps).feeds).get(main) ?? 0;
  return steps;
}

/** A run's iterations on a device. */
export class Steps {
  readonly #compile: Compile;
  readonly #load: (compiled: CompiledStep) => Promise<Session>;
  readonly #sessions = new Map<CompiledStep, Session>();
  readonly #spent: Spent;
  readonly #seed: number;
  /** What the current session does not hold. */
  #waiting: State;
  #current: CompiledStep | undefined;
  #iteration: number;

  /** Goes on from `state` at `iteration`. */
  constructor(
    compile: Compile,
    backend: Backend,
    {
      threads,
      seed,
      iteration,
      state,
    }: { readonly threads: number; readonly seed: number; readonly iteration: number; readonly state: State },
  ) {
    this.#compile = compile;
    this.#load = ({ program }) => backend.load(program, { threads });
    this.#seed = seed;
    this.#spent = spentBefore(compile, iteration);
    this.#waiting = state;
    this.#iteration = iteration;
  }

  /** Batches taken from each stream so far. */
  get positions(): ReadonlyMap<DataStream, number> {
    return this.#spent.batches;
  }

  /** Makes the next iteration: its program, what it was fed, and what it gave. */
  async next(data: (stream: DataStream) => Promise<Fields>): Promise<{
    readonly compiled: CompiledStep;
    readonly feeds: State;
    readonly fetches: Readonly<State>;
  }> {
    const iteration = this.#iteration;
    const compiled = this.#compile(iteration);
    const session = await this.#enter(compiled);
    const turnsBefore = (update: number) => this.#spent.turns[update];
    const feeds = await fillFeeds(compiled.feeds, { seed: this.#seed, iteration, turnsBefore }, data);
    const fetches = await session.run(feeds);
    spend(this.#spent, compiled, iteration);
    this.#iteration++;
    return { compiled, feeds, fetches };
  }

  /** A copy of the state by name: all of it, or the arrays named, as far as there are such. */
  async readState(names?: readonly string[]): Promise<State> {
    const wanted = (name: string) => names === undefined || names.includes(name);
    const waiting = Object.entries(this.#waiting).filter(([name]) => wanted(name));
    const session = this.#current && this.#sessions.get(this.#current);
    const held = this.#current?.program.state.map(({ input }) => input).filter(wanted) ?? [];
    return {
      ...Object.fromEntries(waiting.map(([name, values]) => [name, values.slice()])),
      ...(await session?.readState(held)),
    };
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await session.close();
  }

  /** Moves the state into the variant's session. */
  async #enter(compiled: CompiledStep): Promise<Session> {
    let session = this.#sessions.get(compiled);
    if (this.#current === compiled) return session!;
    session ??= await this.#load(compiled);
    this.#sessions.set(compiled, session);
    const state = await this.readState();
    const needed = new Set(compiled.program.state.map(({ input }) => input));
    const entries = Object.entries(state);
    await session.writeState(Object.fromEntries(entries.filter(([name]) => needed.has(name))));
    this.#waiting = Object.fromEntries(entries.filter(([name]) => !needed.has(name)));
    this.#current = compiled;
    return session;
  }
}
