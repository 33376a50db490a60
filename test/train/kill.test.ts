// A handful of real kills of the real command; `npm run torture` makes two hundred.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { killAndResume } from "../../bench/kills.ts";

const command = fileURLToPath(new URL("../../dist/bin/main.node.js", import.meta.url));

test("a run killed again and again, most often inside a save, ends with the bits of one that was left alone", async () => {
  expect(existsSync(command), `${command} is missing; build it with: npm run build`).toBe(true);
  const folder = mkdtempSync(join(tmpdir(), "ganforge-kill-"));
  try {
    const report = await killAndResume({
      ...{ command, folder, recipe: "vanilla", steps: 40, checkpointEvery: 5, kills: 5, seed: 1 },
      flags: [
        "--data",
        "ring",
        "--device",
        "cpu",
        "--threads",
        "1",
        "--batch",
        "32",
        "--sample-every",
        "20",
        "--ema",
        "0.9",
      ],
    });
    expect(report.failures).toEqual([]);
    expect(report.kills.length).toBe(5);
    expect(report.endings).toEqual(Array(report.runs).fill(report.unbroken));
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 240_000); // some ten sessions of about a second each, on an idle machine
