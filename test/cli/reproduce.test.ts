// ganforge reproduce: what is done is kept and not done again.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tables } from "../../src/reproduce/index.node.ts";
import { ganforge, ganforgeJson, start, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);

test("trials that are done are not done again, and those of other settings do not count", async () => {
  const [{ name: table, cases }] = tables;
  const line = (index: number, steps: number) => ({
    ...{ table, case: cases[index].name, seed: 1, full: false, minutes: 1 },
    training: { ...cases[index].training(false), steps },
    figures: { modes: index, held: 1, good: 50, "reverse-kl": 0.1 },
  });
  const now = cases[0].training(false).steps as number;
  mkdirSync(join(cwd, "out"));
  const lines = [...cases.map((_, i) => line(i, now)), line(0, now + 1)];
  writeFileSync(join(cwd, "out", `${table}.jsonl`), lines.map((each) => `${JSON.stringify(each)}\n`).join(""));
  const { results } = await ganforgeJson<{ results: unknown[] }>(
    cwd,
    "reproduce",
    table,
    "--seeds",
    "1",
    "--out",
    "out",
  );
  expect(results).toHaveLength(cases.length);
  expect(readFileSync(join(cwd, "out", `${table}.md`), "utf8")).toContain("| LSGAN | 2 | 1 | 50 | 0.1 | 1 | 1.0 |");
});

test("Ctrl-C gives the trial under way up, keeps what is done, and exits 130", async () => {
  const running = start(cwd, "reproduce", "grid", "--only", "GAN", "--seeds", "1", "--out", "stopped");
  await expect.poll(() => existsSync(join(cwd, "stopped")), { timeout: 20_000 }).toBe(true); // heard signals come right after
  await new Promise((resolve) => setTimeout(resolve, 1000));
  running.process.kill("SIGINT");
  const { code, stdout, stderr } = await running.ended;
  expect(code, stderr).toBe(130);
  expect(stdout).toContain("| GAN | not yet |");
  expect(stderr).toContain("goes on from there");
});

test.each([
  [["rong"], 'there is no table "rong"'],
  [["ring", "--only", "GANN"], '--only: ring has no case "GANN"'],
  [["ring", "--seeds", "0"], "--seeds"],
  [["ring", "--data", "glyphs"], "--data: ring is about the set ring alone"],
])("%j is refused", async (args, told) => {
  const { code, stdout, stderr } = await ganforge(cwd, "reproduce", ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(told);
});

test("help names every table", async () => {
  const { stdout } = await ganforge(cwd, "reproduce", "--help");
  for (const { name } of tables) expect(stdout).toContain(name);
});
