// On a terminal, which `script` of util-linux makes: one line kept up to date, as narrow as the terminal, coloured unless told not to.

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { main, TINY, temporaryFolder } from "./command.ts";

const hasScript = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;
if (!hasScript) console.log("skipped: tests of the terminal need util-linux's script");

const ESCAPE = "\x1b";

/** What a terminal receives during a training. */
function onTerminal(columns: number, steps: number, env: Readonly<Record<string, string>> = {}): string {
  const train = [process.execPath, main, "train", "vanilla", ...TINY, "--steps", `${steps}`, "--out", "run"].join(" ");
  const { NO_COLOR: _, ...inherited } = process.env;
  const { stdout, status } = spawnSync("script", ["-qec", `stty cols ${columns} rows 10; ${train}`, "/dev/null"], {
    cwd: temporaryFolder(),
    env: { ...inherited, TERM: "xterm", ...env },
    encoding: "utf8",
  });
  expect(status).toBe(0);
  return stdout;
}

test.skipIf(!hasScript)("the progress stays within 40 columns, in place, and ends with its last state", () => {
  const output = onTerminal(40, 400, { NO_COLOR: "1" });
  const drawn = output.split(`\r${ESCAPE}[J`).slice(1); // each begins where the line before it stood
  expect(drawn.length).toBeGreaterThan(2);
  const lines = drawn.map((text) => text.split("\r\n")[0]);
  for (const line of lines) expect(line.length).toBeLessThan(40);
  expect(lines.at(-1)).toMatch(/^100% 400\/400 D \d\.\d\d G \d\.\d\d/);
  expect(output).toContain("Finished: 400 steps");
  expect(output.split(ESCAPE).length - 1).toBe(drawn.length); // no other escape: no colour
  expect(drawn.length).toBeLessThan(100); // not one for each step
});

test.skipIf(!hasScript)("the bar is coloured, unless NO_COLOR is set or the terminal is dumb", () => {
  const cyan = `${ESCAPE}[36m█`;
  expect(onTerminal(100, 20)).toContain(cyan);
  expect(onTerminal(100, 20, { NO_COLOR: "1" })).not.toContain(cyan);
  const dumb = onTerminal(100, 20, { TERM: "dumb" });
  expect(dumb).not.toContain(ESCAPE);
  expect(dumb).toMatch(/^step 20\/20 \(100%\)/m);
});
