// Judging from the command line: the page is served while the command runs, answers are kept as they come, and a signal ends it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/commands/judge.node.ts";
import { InputError } from "../../src/errors/index.ts";
import { decodePng } from "../../src/formats/index.ts";
import { ganforgeJson, start, TINY, TINY_IMAGES, temporaryFolder } from "./command.ts";

const cwd = temporaryFolder(afterAll);

beforeAll(async () => {
  const quick = ["--steps", "1", "--threads", "1", "--sample-every", "100"];
  const sized = TINY_IMAGES.map((word) => (word === "16" ? "28" : word));
  await ganforgeJson(cwd, "train", "dcgan", ...TINY_IMAGES, ...quick, "--out", "one");
  await ganforgeJson(cwd, "train", "dcgan", ...TINY_IMAGES, ...quick, "--seed", "2", "--out", "two");
  await ganforgeJson(cwd, "train", "dcgan", ...sized, ...quick, "--out", "larger");
  await ganforgeJson(cwd, "train", "vanilla", ...TINY, ...quick, "--out", "points");
}, 90_000);

interface Next {
  readonly done?: boolean;
  readonly question?: { readonly number: number; readonly of: number; readonly kind: "one" | "two" };
}

const linesOf = (run: string) =>
  readFileSync(join(cwd, run, "judgements.jsonl"), "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

/** Starts a judging and finds its page. */
async function judging(...args: string[]) {
  const started = start(cwd, "judge", ...args);
  const stream = args.includes("--json") ? started.process.stderr : started.process.stdout;
  let text = "";
  const url = await new Promise<string>((resolve, reject) => {
    stream.on("data", (more) => {
      text += more;
      const found = /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\//.exec(text)?.[0];
      if (found) resolve(found);
    });
    started.process.on("close", () => reject(new Error(`ended without a page: ${text}`)));
  });
  const next = async (): Promise<Next> => (await fetch(`${url}question`)).json() as Promise<Next>;
  const answer = async (question: number, word: string): Promise<Next> => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ question, answer: word });
    return (await fetch(`${url}answer`, { method: "POST", headers, body })).json() as Promise<Next>;
  };
  return { ...started, url, next, answer };
}

describe("judge", () => {
  test("shows real and made pictures of one size, two runs and their pairs, and prints the result when all is judged", async () => {
    const { url, next, answer, ended } = await judging("one", "two", "--count", "8", "--milliseconds", "200", "--json");
    const sizes = new Set<string>();
    let { question } = await next();
    while (question !== undefined) {
      const png = await (await fetch(`${url}picture/${question.number}/0`)).arrayBuffer();
      const { width, height, channels } = decodePng(new Uint8Array(png), "picture");
      sizes.add([width, height, channels].join());
      ({ question } = await answer(question.number, question.kind === "one" ? "made" : "left"));
    }
    expect([...sizes]).toEqual(["16,16,1"]);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    const { makers, preferences, ...result } = JSON.parse(stdout);
    expect(result).toMatchObject({ runs: ["one", "two"], sitting: 1, finished: true, answers: 16 });
    // Whoever says "made" to everything takes every real picture for made, and no made one for real.
    expect(makers).toMatchObject([
      { by: "one", real: { count: 4, of: 4 }, made: { count: 0, of: 2 }, hype: { share: 0.5 } },
      { by: "two", real: { count: 4, of: 4 }, made: { count: 0, of: 2 }, hype: { share: 0.5 } },
    ]);
    expect(preferences).toMatchObject([{ first: "one", second: "two", share: { of: 8 } }]);
    expect(linesOf("one")).toHaveLength(16);
  });

  test("ended by Ctrl-C keeps what was said, prints the result so far and exits 130; the next sitting is another", async () => {
    const { answer, process: child, ended } = await judging("two", "--count", "4");
    await answer(1, "real");
    await answer(2, "real");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
    for (const text of ["2 answers", "HYPE", "two/judgements.jsonl"]) expect(stdout).toContain(text);
    expect(linesOf("two").map(({ sitting, question }) => [sitting, question])).toEqual([
      [1, 1],
      [1, 2],
    ]);
    const again = await judging("two", "--count", "4");
    await again.answer(1, "made");
    again.process.kill("SIGKILL"); // no chance to tidy up: the answer is there all the same
    await again.ended;
    expect(linesOf("two").at(-1)).toMatchObject({ kind: "one", sitting: 2, question: 1, answer: "made" });
    await ganforgeJson(cwd, "report", "two", "--out", "two.html");
    expect(readFileSync(join(cwd, "two.html"), "utf8")).toContain("3 answers");
  });

  test("ended before anything was judged says so", async () => {
    const { process: child, ended } = await judging("larger", "--milliseconds", "staircase");
    child.kill("SIGTERM");
    const { code, stdout } = await ended;
    expect(code).toBe(143);
    expect(stdout).toContain("No picture has been judged.");
  });

  const before = process.cwd();
  beforeAll(() => process.chdir(cwd));
  afterAll(() => process.chdir(before));

  test.each([
    [["points"], "points makes points, and people judge pictures"],
    [["one", "larger"], "one makes pictures of 1×16×16, larger of 1×28×28"],
    [["one", "one/"], "one is given twice"],
    [
      ["one", "--milliseconds", "fast"],
      '--milliseconds: must be whole numbers from 1 to 60000 between commas, staircase or unlimited, got "fast"',
    ],
    [["one", "--milliseconds", "250,0"], "--milliseconds"],
    [["one", "--count", "3"], "--count"],
    [["one", "--port", "70000"], "--port"],
    [["one", "--make", "other"], "--make"],
    [["one", "--checkpoint", "7"], "step 7"],
    [["nowhere"], "nowhere"],
  ])("refuses %s in one line", async (args, says) => {
    const error = await run(args).catch((caught) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain("\n");
  });
});
