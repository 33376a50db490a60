// Progress of work that has no loss to show: a bar kept up to date on a terminal, a line now and then elsewhere.

import type { WriteStream } from "node:tty";

const WIDTH = 24;
const REDRAW_MS = 100;
const PLAIN_MS = 5000;

export interface Bar {
  /** How far the work called `what` has come. */
  show(what: string, done: number, all: number): void;
  /** A line of its own. */
  line(text: string): void;
  /** Takes the bar away. */
  clear(): void;
}

export function createBar(stream: WriteStream): Bar {
  const live = stream.isTTY && process.env.TERM !== "dumb";
  let shownAt = performance.now();
  let drawn = false;
  const clear = () => {
    if (drawn) stream.write("\r\x1b[K");
    drawn = false;
  };
  return {
    show(what, done, all) {
      const now = performance.now();
      if (now - shownAt < (live ? REDRAW_MS : PLAIN_MS)) return;
      shownAt = now;
      const share = Math.min(1, done / all);
      const text = `${Math.floor(100 * share)}% ${what}, ${done} of ${all}`;
      if (!live) {
        stream.write(`${text}\n`);
        return;
      }
      const room = Math.max(0, Math.min(WIDTH, (stream.columns || 80) - text.length - 2));
      const filled = Math.round(share * room);
      stream.write(
        `\r\x1b[K${"█".repeat(filled)}${"░".repeat(room - filled)} ${text}`.slice(0, (stream.columns || 80) + 3),
      );
      drawn = true;
    },
    line(text) {
      clear();
      stream.write(`${text}\n`);
    },
    clear,
  };
}
