// The thread that trains: onnxruntime blocks its thread for the length of a step, and the main one must hear signals.

import { parentPort, workerData } from "node:worker_threads";
import { InputError } from "../errors/index.ts";
import { runSession, type SessionEvent, type SessionRequest, type SessionResult } from "./session.node.ts";

export interface WorkerRequest {
  readonly session: SessionRequest;
  /** [0] becomes 1 when the run is to stop after its step. */
  readonly stop: SharedArrayBuffer;
}

export type WorkerMessage =
  | { readonly type: "event"; readonly event: SessionEvent }
  | { readonly type: "result"; readonly result: SessionResult }
  | { readonly type: "refused"; readonly message: string };

/** Steps can take less than a millisecond; nobody reads that fast. */
const EVENT_MS = 50;

const { session, stop } = workerData as WorkerRequest;
const flag = new Int32Array(stop);
const post = (message: WorkerMessage) => parentPort!.postMessage(message);

let postedAt = Number.NEGATIVE_INFINITY;
let held: SessionEvent | undefined;
function emit(event: SessionEvent): void {
  const now = performance.now();
  if (event.type === "step" && now - postedAt < EVENT_MS) {
    held = event;
    return;
  }
  if (event.type === "step") postedAt = now;
  else flush();
  held = undefined;
  post({ type: "event", event });
}

function flush(): void {
  if (held !== undefined) post({ type: "event", event: held });
  held = undefined;
}

try {
  const result = await runSession(session, { emit, shouldStop: () => Atomics.load(flag, 0) > 0 });
  flush();
  post({ type: "result", result });
} catch (error) {
  if (!(error instanceof InputError)) throw error; // reaches the main thread as the worker's "error"
  post({ type: "refused", message: error.message });
}
