// The variants of a run's iteration (see compile-step.ts), compiled and loaded when first needed. They share one state: what a
// variant does not touch waits here while that variant runs.

import type { Backend, Session } from "../runtime/index.ts";
import { type CompiledStep, METRICS } from "./compile-step.ts";
import { batchesOf, type DataStream, fillFeeds } from "./feeds.ts";
import { packOne, packSteps, type StepPack } from "./step-pack.ts";
import type { Streams } from "./streams.ts";

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

/** An iteration made: its program, what it was fed, and the numbers it gave. */
export interface MadeStep {
  readonly compiled: CompiledStep;
  readonly feeds: Readonly<State>;
  /** Values of the step's metrics, and then of its health. */
  readonly numbers: Float32Array;
  /** The epoch of the main stream's next batch, before the iteration. */
  readonly epoch: number;
}

export interface StepsOptions {
  readonly threads: number;
  readonly seed: number;
  /** The first iteration to make, and the state it begins with. */
  readonly iteration: number;
  /** Its values may come later than the session that they go into. */
  readonly state: State | Promise<State>;
  /** Iterations for one run of the session, where as many are asked for (default 1). */
  readonly perRun?: number | undefined;
}

/** A run's iterations on a device. */
export class Steps {
  readonly #compile: Compile;
  readonly #backend: Backend;
  readonly #threads: number;
  readonly #perRun: number;
  /** By the steps in it. */
  readonly #packs = new Map<string, StepPack>();
  readonly #sessions = new Map<StepPack, Session>();
  readonly #spent: Spent;
  readonly #seed: number;
  /** What the current session does not hold. */
  #waiting: State | Promise<State>;
  #current: StepPack | undefined;
  #iteration: number;

  constructor(compile: Compile, backend: Backend, { threads, seed, iteration, state, perRun = 1 }: StepsOptions) {
    this.#compile = compile;
    this.#backend = backend;
    this.#threads = threads;
    this.#perRun = perRun;
    this.#seed = seed;
    this.#spent = spentBefore(compile, iteration);
    this.#waiting = state;
    if (state instanceof Promise) state.catch(() => {}); // told to whoever awaits it, and that may be later
    this.#iteration = iteration;
  }

  /** Batches taken from each stream so far. */
  get positions(): ReadonlyMap<DataStream, number> {
    return this.#spent.batches;
  }

  /** Makes the next iteration, or as many as go into one run of the session where `most` allows as many. */
  async next(streams: Pick<Streams, "next" | "epoch">, most = 1): Promise<readonly MadeStep[]> {
    const pack = await this.#packOf(most < this.#perRun ? 1 : this.#perRun);
    const session = await this.#enter(pack);
    const fed: { feeds: State; epoch: number }[] = [];
    for (const compiled of pack.steps) {
      const { epoch } = streams;
      const turnsBefore = (update: number) => this.#spent.turns[update];
      const moment = { seed: this.#seed, iteration: this.#iteration, turnsBefore };
      fed.push({ feeds: await fillFeeds(compiled.feeds, moment, (stream) => streams.next(stream)), epoch });
      spend(this.#spent, compiled, this.#iteration);
      this.#iteration++;
    }
    const fetches = await session.run(pack.feeds(fed.map(({ feeds }) => feeds)));
    const numbers = pack.numbers(fetches[METRICS]);
    return pack.steps.map((compiled, k) => ({ compiled, ...fed[k], numbers: numbers[k] }));
  }

  /** A copy of the state by name: all of it, or the arrays named, as far as there are such. */
  async readState(names?: readonly string[]): Promise<State> {
    const wanted = (name: string) => names === undefined || names.includes(name);
    const waiting = Object.entries(await this.#waiting).filter(([name]) => wanted(name));
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

  /** The next `count` iterations as one program. */
  async #packOf(count: number): Promise<StepPack> {
    const { updatesAt } = this.#compile(0);
    const numbers = Array.from({ length: count }, (_, k) => this.#iteration + k);
    const key = numbers.map((iteration) => updatesAt(iteration).join()).join(" ");
    let pack = this.#packs.get(key);
    if (pack === undefined) {
      const steps = numbers.map(this.#compile);
      pack = count === 1 ? packOne(steps[0]) : packSteps(steps, await this.#backend.lowering());
      this.#packs.set(key, pack);
    }
    return pack;
  }

  /** Moves the state into the program's session. */
  async #enter(pack: StepPack): Promise<Session> {
    let session = this.#sessions.get(pack);
    if (this.#current === pack) return session!;
    session ??= await this.#backend.load(pack.program, { threads: this.#threads });
    this.#sessions.set(pack, session);
    const held = await (this.#current && this.#sessions.get(this.#current))?.readState();
    const state = { ...(await this.#waiting), ...held };
    const needed = new Set(pack.program.state.map(({ input }) => input));
    const entries = Object.entries(state);
    await session.writeState(Object.fromEntries(entries.filter(([name]) => needed.has(name))));
    this.#waiting = Object.fromEntries(entries.filter(([name]) => !needed.has(name)));
    this.#current = pack;
    return session;
  }
}
