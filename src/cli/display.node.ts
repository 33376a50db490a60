// What a training shows while it runs: one line kept up to date on a terminal, plain lines every few seconds elsewhere.

import type { WriteStream } from "node:tty";
import { barLine, Pace, plainLine, type StepEvent } from "./progress-line.ts";

/** Where a command writes what people read. */
export interface Display {
  /** A line of its own, above the progress. */
  line(text: string): void;
  step(event: StepEvent): void;
  /** Ends the progress: its last state stays. */
  close(): void;
}

const REDRAW_MS = 100;
const PLAIN_MS = 5000;

export function createDisplay(stream: WriteStream): Display {
  return stream.isTTY && process.env.TERM !== "dumb" ? terminalDisplay(stream) : plainDisplay(stream);
}

/** Whether to write colours to a stream: on terminals, unless NO_COLOR (no-color.org) is set. */
function hasColor(stream: WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

function plainDisplay(stream: WriteStream): Display {
  const pace = new Pace();
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown: StepEvent | undefined;
  let last: StepEvent | undefined;
  const show = (event: StepEvent) => {
    shown = event;
    shownAt = performance.now();
    stream.write(`${plainLine(event, pace)}\n`);
  };
  return {
    line: (text) => stream.write(`${text}\n`),
    step(event) {
      last = event;
      pace.add(event);
      if (performance.now() - shownAt >= PLAIN_MS) show(event);
    },
    close() {
      if (last !== undefined && shown?.step !== last.step) show(last);
    },
  };
}

function terminalDisplay(stream: WriteStream): Display {
  const pace = new Pace();
  const paint = hasColor(stream) ? (bar: string) => `\x1b[36m${bar}\x1b[39m` : (bar: string) => bar;
  let last: StepEvent | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawnLength = 0;

  /** Goes back over the line, which a terminal made narrower since has broken into several. */
  const erase = () => {
    const above = Math.max(0, Math.ceil(drawnLength / (stream.columns || 80)) - 1);
    if (drawnLength > 0) stream.write(`${above > 0 ? `\x1b[${above}A` : ""}\r\x1b[J`);
    drawnLength = 0;
  };
  const draw = () => {
    erase();
    if (last === undefined) return;
    const width = (stream.columns || 80) - 1; // the last column would wrap on some terminals
    drawnLength = barLine(last, pace, { width }).length;
    stream.write(barLine(last, pace, { width, paint }));
    drawnAt = performance.now();
  };
  stream.on("resize", draw);
  return {
    line(text) {
      erase();
      stream.write(`${text}\n`);
      draw();
    },
    step(event) {
      last = event;
      pace.add(event);
      if (performance.now() - drawnAt >= REDRAW_MS) draw();
    },
    close() {
      stream.off("resize", draw);
      draw();
      if (last !== undefined) stream.write("\n");
      last = undefined;
      drawnLength = 0;
    },
  };
}
