// The contract of a backend: who executes a compiled program, where its state lives, and whether it works on this machine.

import type { Shape } from "../graph/index.ts";
import { type Lowering, plainLowering } from "../onnx/index.ts";

/**
 * An ONNX model with the roles of its values. State is read under one name and written under another, which feeds the next run;
 * without an output it stays as it is.
 */
export interface Program {
  readonly model: Uint8Array;
  readonly state: readonly { readonly input: string; readonly output?: string; readonly shape: Shape }[];
  readonly feeds: readonly { readonly name: string; readonly shape: Shape }[];
  readonly fetches: readonly { readonly name: string; readonly shape: Shape }[];
}

export type Arrays = Readonly<Record<string, Float32Array>>;

export interface SessionOptions {
  /** Threads for one operator; 0 lets the backend choose. */
  readonly threads: number;
  /** Where closing writes how long each operator took in each run: this path and an ending of onnxruntime's own. The CPU does so. */
  readonly profilePrefix?: string;
}

/** A program loaded on a device, with its state. Arrays that go in are copied or read before `run` resolves; arrays that come out are the caller's. */
export interface Session {
  /** One run: takes every feed, moves the state, and gives every fetch. */
  run(feeds: Arrays): Promise<Arrays>;
  /** A copy of the current state by input name: all of it, or the names given. */
  readState(names?: readonly string[]): Promise<Record<string, Float32Array>>;
  /** Replaces the named parts of the state. */
  writeState(values: Arrays): Promise<void>;
  close(): Promise<void>;
}

export type DeviceName = "cpu" | "webgpu" | "cuda";

export interface Probe {
  readonly works: boolean;
  /** What was found, or why it does not work and what to do about it. */
  readonly detail: string;
}

export interface Backend {
  readonly device: DeviceName;
  /** Really runs a tiny training step and compares it with the reference interpreter. Never throws. */
  probe(): Promise<Probe>;
  /** The forms of operators that run best here; checked, so that what they compute is right. */
  lowering(): Promise<Lowering>;
  load(program: Program, options: SessionOptions): Promise<Session>;
}

/** The backend with plain operators in place of its own forms of them: for where those are in doubt. */
export const withPlainLowering = (backend: Backend): Backend => ({ ...backend, lowering: async () => plainLowering });
