// Real signals to a real training: the first ends it after its step, with a checkpoint; the second at once.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ganforgeJson, start, TINY, temporaryFolder } from "./command.ts";

const LONG = ["--steps", "1000000", "--out", "run"];

describe("a signal", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s saves after the step and exits %i; the run goes on from there", async (signal, code) => {
    const cwd = temporaryFolder();
    const training = start(cwd, "train", "vanilla", ...TINY, ...LONG);
    await training.saw("step ");
    training.process.kill(signal);
    const outcome = await training.ended;
    expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({ code, stderr: "" });
    expect(outcome.stdout).toContain("ganforge resume run");

    const { step } = await ganforgeJson<{ step: number }>(cwd, "info", "run");
    expect(step).toBeGreaterThan(0);
    const resumed = await ganforgeJson(cwd, "resume", "run", "--steps", `${step + 2}`);
    expect(resumed).toMatchObject({ reason: "finished", step: step + 2 });
  });

  test("that comes twice ends the process at once, in the middle of a step, and harms nothing", async () => {
    const cwd = temporaryFolder();
    // One step of this takes seconds.
    const heavy = ["--data", "glyphs", "--size", "64", "--batch", "64", "--threads", "1", "--device", "cpu"];
    const training = start(cwd, "train", "dcgan", ...heavy, "--out", "run");
    await training.saw("parameters");
    training.process.kill("SIGINT");
    await training.saw("Stopping after this step");
    training.process.kill("SIGINT");
    const { code, signal } = await training.ended;
    expect({ code, signal }).toEqual({ code: null, signal: "SIGINT" });
    expect(readdirSync(join(cwd, "run"))).not.toContain("checkpoints");
    expect(await ganforgeJson(cwd, "info", "run")).toMatchObject({ step: 0, checkpoints: [] });
  });
});

test("with --json the document is whole after a signal, and says that the run was stopped", async () => {
  const cwd = temporaryFolder();
  const training = start(cwd, "train", "vanilla", ...TINY, ...LONG, "--json");
  await new Promise<void>((resolve) =>
    training.process.stderr.on("data", (text) => text.includes("step ") && resolve()),
  );
  training.process.kill("SIGINT");
  const { code, stdout } = await training.ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ run: "run", reason: "stopped" });
});

test("a reader that goes away ends the run like a signal, without a word", async () => {
  const cwd = temporaryFolder();
  const training = start(cwd, "train", "vanilla", ...TINY, ...LONG);
  await training.saw("step ");
  training.process.stdout.destroy();
  const { code, stderr } = await training.ended;
  expect({ code, stderr }).toEqual({ code: 141, stderr: "" });
  const { step } = await ganforgeJson<{ step: number }>(cwd, "info", "run");
  expect(step).toBeGreaterThan(0);
}, 30_000);
