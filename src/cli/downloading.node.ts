// Downloads on a terminal: a line of progress, and Ctrl-C that leaves what has come for the next time.

import type { WriteStream } from "node:tty";
import { downloadSet } from "../data/index.node.ts";
import { print, printJson } from "./output.node.ts";
import { formatBytes } from "./text.ts";

/** Exit code of a command that Ctrl-C ended. */
const INTERRUPTED = 130;
const REDRAW_MS = 100;
const PLAIN_MS = 5000;

/** Downloads a set; the exit code. */
export async function getData(name: string, folder: string, { json }: { readonly json: boolean }): Promise<number> {
  const stream = json ? process.stderr : process.stdout;
  const show = progressLine(stream);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  try {
    const { path, licence } = await downloadSet(name, folder, {
      signal: stop.signal,
      onProgress: ({ file, received, total }) => show(`${file}: ${formatBytes(received)} of ${formatBytes(total)}`),
    });
    show();
    if (json) printJson({ name, path, licence });
    else print(`${name}: ${path}\nLicence: ${licence}`);
    return 0;
  } catch (error) {
    show();
    if (!stop.signal.aborted) throw error;
    stream.write(`Stopped. What has come stays in ${folder}; the same command goes on from there.\n`);
    return INTERRUPTED;
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** Shows a text in place of the last one on a terminal, now and then elsewhere; without a text, ends. */
function progressLine(stream: WriteStream): (text?: string) => void {
  let last: string | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  return (text) => {
    const now = performance.now();
    if (text === undefined) {
      if (last !== undefined) stream.write(stream.isTTY ? `\r\x1b[K${last}\n` : `${last}\n`);
      last = undefined;
      return;
    }
    last = text;
    if (now - shownAt < (stream.isTTY ? REDRAW_MS : PLAIN_MS)) return;
    shownAt = now;
    stream.write(stream.isTTY ? `\r\x1b[K${text.slice(0, (stream.columns || 80) - 1)}` : `${text}\n`);
  };
}
