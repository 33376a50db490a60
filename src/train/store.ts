// The Store contract: where a run folder lives (run.json, metrics.jsonl, samples/, checkpoints/, exports/). Nothing else holds a run's state.
// test/stores.test.ts is the contract as a suite that every implementer passes.

import { InputError } from "../errors/index.ts";

/** Files by path, "/" between names; a path that `checkPath` refuses is an InputError in every method. */
export interface Store {
  /** What messages call the run: its folder. */
  readonly where: string;

  /** The file's bytes, the caller's to keep. InputError when there is no such file. */
  read(path: string): Promise<Uint8Array>;

  /**
   * Replaces the file as a whole: whatever happens, and whenever, it holds the old bytes or the new, never a mixture and never nothing.
   * When the promise resolves, the new bytes have been read back and they, and all lines appended before, survive a power cut.
   */
  write(path: string, bytes: Uint8Array): Promise<void>;

  /**
   * Adds one line to the file, without the "\n", which the store adds. A process killed midway leaves a last line without its "\n":
   * readers drop it, and so does the next append.
   */
  append(path: string, line: string): Promise<void>;

  /** The names of the files in a folder ("" is the run's own), sorted; none when there is no such folder. */
  list(folder: string): Promise<string[]>;

  /** Removes the file; it need not exist. */
  remove(path: string): Promise<void>;

  exists(path: string): Promise<boolean>;

  /** The file's size in bytes. InputError when there is no such file. */
  size(path: string): Promise<number>;
}

/** What keeps a store from its work and the user can mend: `problem`, then `remedy`, each a clause without a full stop. */
export class StoreError extends InputError {
  readonly problem: string;
  readonly remedy: string;

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem}. ${remedy}.`, options);
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** Whether `path` is names of letters, digits, "_", "-", "+" and inner dots, with "/" between: nothing that leaves the folder or hides in it. */
export function isPath(path: string): boolean {
  return /^[\w+-][\w.+-]*(\/[\w+-][\w.+-]*)*$/.test(path);
}

/** Throws InputError unless `isPath(path)`. */
export function checkPath(path: string): void {
  if (isPath(path)) return;
  throw new InputError(
    `${JSON.stringify(path)} is no path in a run folder. Use names of letters, digits, _, -, + and dots, with / between.`,
  );
}
