// The signals that end a command before its work is done, and what it then exits with.

/** As a shell reports a command that a signal ended: 128 + the signal's number. */
export const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

export type EndSignal = keyof typeof EXIT_CODES;

export interface Stopper {
  /** The first signal that came. A second one does to the process what it does to any. */
  readonly signal: EndSignal | undefined;
  /** Resolves when one comes. */
  readonly heard: Promise<EndSignal>;
  /** Hears no more. */
  release(): void;
}

/** Hears SIGINT and SIGTERM until one has come, or it is released. */
export function hearSignals(): Stopper {
  let signal: EndSignal | undefined;
  let resolve: (signal: EndSignal) => void = () => {};
  const heard = new Promise<EndSignal>((settle) => {
    resolve = settle;
  });
  const release = () => {
    process.off("SIGINT", hear);
    process.off("SIGTERM", hear);
  };
  const hear = (came: EndSignal) => {
    signal = came;
    release();
    resolve(came);
  };
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
  return {
    get signal() {
      return signal;
    },
    heard,
    release,
  };
}
