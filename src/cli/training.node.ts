// A training from the main thread: it starts the worker, shows what the worker tells, and hears signals. The first SIGINT or
// SIGTERM ends the run after its step; a second one ends the process at once, in the middle of whatever runs.

import { Worker } from "node:worker_threads";
import { InputError } from "../errors/index.ts";
import { createDisplay, type Display } from "./display.node.ts";
import { printJson } from "./output.node.ts";
import type { SessionEvent, SessionRequest, SessionResult } from "./session.node.ts";
import { EXIT_CODES as END_CODES } from "./signals.node.ts";
import { formatCount, formatDuration } from "./text.ts";
import type { WorkerMessage, WorkerRequest } from "./train-worker.node.ts";

/** A training also ends when nobody reads what it prints. */
const EXIT_CODES = { ...END_CODES, SIGPIPE: 141 } as const;
type StopSignal = keyof typeof EXIT_CODES;

/** Problems of the data shown one by one; the rest is counted. */
const SHOWN_PROBLEMS = 5;

/** Runs a session and prints its result; the exit code. */
export async function runTraining(session: SessionRequest, { json }: { readonly json: boolean }): Promise<number> {
  const display = createDisplay(json ? process.stderr : process.stdout);
  const story = new Story(display);
  const stopper = new Stopper(display);
  let result: SessionResult;
  try {
    result = await runWorker({ session, stop: stopper.flag }, (event) => story.tell(event));
  } finally {
    stopper.release();
    display.close();
  }
  if (json) printJson(jsonOf(result, story));
  else for (const line of story.ending(result)) display.line(line);
  return result.reason === "stopped" && stopper.signal !== undefined ? EXIT_CODES[stopper.signal] : 0;
}

function runWorker(request: WorkerRequest, onEvent: (event: SessionEvent) => void): Promise<SessionResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./train-worker.node.js", import.meta.url), { workerData: request });
    let end: (() => void) | undefined;
    worker.on("message", (message: WorkerMessage) => {
      if (message.type === "event") onEvent(message.event);
      else if (message.type === "result") end = () => resolve(message.result);
      else end = () => reject(new InputError(message.message));
    });
    worker.on("error", (error) => {
      end = () => reject(error);
    });
    worker.on("exit", (code) => (end ?? (() => reject(new Error(`the training thread ended with ${code}`))))());
  });
}

/** Hears the signals that end a run, and a reader that has gone away. */
class Stopper {
  readonly flag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  signal: StopSignal | undefined;
  readonly #display: Display;

  constructor(display: Display) {
    this.#display = display;
    process.on("SIGINT", this.#onSignal);
    process.on("SIGTERM", this.#onSignal);
    process.stdout.on("error", this.#onError);
  }

  release(): void {
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
    process.stdout.off("error", this.#onError);
  }

  readonly #onSignal = (signal: "SIGINT" | "SIGTERM"): void => {
    if (this.signal === undefined) {
      this.#stop(signal);
      this.#display.line("Stopping after this step, with a checkpoint. Once more to end at once.");
      return;
    }
    this.release();
    process.kill(process.pid, signal); // nobody listens now, so it does what it does to any process
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") throw error;
    if (this.signal === undefined) this.#stop("SIGPIPE");
  };

  #stop(signal: StopSignal): void {
    this.signal = signal;
    Atomics.store(new Int32Array(this.flag), 0, 1);
  }
}

/** Tells a session's events to a display, and remembers what its ending needs. */
class Story {
  readonly #display: Display;
  start = 0;
  problems = 0;
  picture: string | undefined;
  checkpoint: string | undefined;

  constructor(display: Display) {
    this.#display = display;
  }

  tell(event: SessionEvent): void {
    switch (event.type) {
      case "started":
        this.#display.line(`Run ${event.folder}`);
        for (const note of event.notes) this.#display.line(`  ${note}`);
        break;
      case "ready": {
        const { networks } = event.summary;
        const sizes = networks.map(({ label, parameters }) => `${label} ${formatCount(parameters)}`).join(", ");
        this.#display.line(`  parameters ${sizes}`);
        this.start = event.step;
        if (event.step > 0) this.#display.line(`  going on from step ${event.step}`);
        break;
      }
      case "step":
        this.#display.step(event);
        break;
      case "sample":
        this.picture = event.path;
        break;
      case "checkpoint":
        this.checkpoint = event.path;
        break;
      case "remark":
        this.#display.line(event.step > 0 ? `Step ${formatCount(event.step)}: ${event.text}` : event.text);
        break;
      case "problem":
        this.problems++;
        if (this.problems <= SHOWN_PROBLEMS) this.#display.line(`Skipped ${event.item}: ${event.reason}`);
        if (this.problems === SHOWN_PROBLEMS) this.#display.line("More like it are only counted; all: problems.jsonl");
        break;
      case "skipped-checkpoint":
        this.#display.line(`Passed over the checkpoint of step ${event.step}: ${event.reason}`);
        break;
    }
  }

  /** The last lines: what was done, where it is, and what to do with it. */
  ending({ reason, folder, step, images, seconds, config, ending, making }: SessionResult): string[] {
    const done = `${formatCount(step)} steps, ${formatCount(images)} images, ${formatDuration(seconds)}`;
    const longer = (["steps", "epochs", "minutes"] as const).flatMap((key) =>
      reason === "finished" && config[key] !== undefined ? [` --${key} ${2 * config[key]}`] : [],
    );
    const title = this.start === step ? "Nothing left to do" : reason === "finished" ? "Finished" : "Stopped";
    return [
      `${title}: ${done}`,
      ...(ending === undefined ? [] : [`  because     ${ending}`]),
      ...(this.problems > 0 ? [`  skipped     ${this.problems} items of the data: ${folder}/problems.jsonl`] : []),
      `  pictures    ${this.picture === undefined ? `${folder}/samples` : `${folder}/${this.picture}`}`,
      ...(this.checkpoint === undefined ? [] : [`  checkpoint  ${folder}/${this.checkpoint}`]),
      `  more        ${making}`,
      `              ganforge resume ${folder}${longer.join("")}`,
    ];
  }
}

function jsonOf({ folder, config, making: _, ...result }: SessionResult, { problems, picture, checkpoint }: Story) {
  return { run: folder, recipe: config.recipe, data: config.data, ...result, problems, picture, checkpoint };
}
