import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { flagOf, formatOption, recipes } from "../../src/recipes/index.ts";
import { ganforge, ganforgeJson, main } from "./command.ts";

const commands = [
  ...["train", "resume", "sample", "translate", "export", "evaluate", "compare", "report", "judge"],
  ...["train-classifier", "profile", "reproduce", "data", "info", "list", "doctor"],
];

test("help names every command", async () => {
  const { code, stdout, stderr } = await ganforge(".", "--help");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  expect((await ganforge(".")).stdout).toBe(stdout);
});

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect((await ganforge(".", "--version")).stdout).toBe(`${version}\n`);
});

test.each([...commands, ...recipes.map(({ name }) => `train ${name}`)])(
  "%s --help shows usage and examples, and loads no engine",
  (command) => {
    // At its end the process tells which shared libraries it has loaded.
    const probe = `data:text/javascript,process.on("exit", () => process.stderr.write(
      String(process.report.getReport().sharedObjects.filter((file) => file.includes("onnxruntime")).length)))`;
    const args = ["--import", probe, main, ...command.split(" "), "--help"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "0" });
    expect(stdout).toMatch(new RegExp(`^Usage: ganforge ${command}( |\\n)`, "m"));
    expect(stdout).toMatch(new RegExp(`^Examples:\\n  \\$ ganforge ${command.split(" ")[0]}`, "m"));
  },
);

test("a recipe's help shows each of its options with its default", async () => {
  for (const { name, options, presets = {} } of recipes) {
    const text = (await ganforge(".", "train", name, "--help")).stdout.replace(/\s+/g, " ");
    for (const [key, spec] of Object.entries(options)) {
      // From the flag to the next one that is described: a description may name other flags.
      const start = text.search(new RegExp(`--${flagOf(key)} [<[]`));
      const entry = text.slice(start).split(/ (?=--[a-z0-9-]+ [<[])/)[0];
      expect(entry).toContain(spec.about);
      expect(entry).toContain(`default: ${formatOption(spec.default)}`);
    }
    for (const preset of Object.keys(presets)) expect(text).toContain(`${preset} ${presets[preset].about}`);
  }
});

test("lists print as tables and as JSON", async () => {
  const listed = await ganforgeJson<{ name: string; options: object }[]>(".", "list", "recipes");
  expect(listed.map(({ name }) => name)).toEqual(recipes.map(({ name }) => name));
  expect(listed.map(({ options }) => Object.keys(options))).toEqual(recipes.map(({ options }) => Object.keys(options)));
  const data = await ganforgeJson<{ name: string; kind: string }[]>(".", "list", "data");
  expect(data).toContainEqual(expect.objectContaining({ name: "glyphs", kind: "images" }));
  const { stdout } = await ganforge(".", "list", "data");
  for (const { name, kind } of data) expect(stdout).toMatch(new RegExp(`^${name} +${kind} `, "m"));
});
