// The packed tarball in an empty project: what npm would publish is complete, its types check, its command and its library run.

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "./command.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const project = temporaryFolder(afterAll);
const installed = join(project, "node_modules", "ganforge");

/** Installs the tarball as npm does, but for the dependencies: those stand in this repository already, at the same versions. */
beforeAll(() => {
  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", project];
  const [{ filename }] = JSON.parse(execFileSync("npm", pack, { cwd: root, encoding: "utf8", stdio: "pipe" }));
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(project, filename), "-C", installed, "--strip-components=1"]);
  const { dependencies, bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const name of [...Object.keys(dependencies), "@types/node"]) {
    const link = join(project, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link);
  }
  chmodSync(join(installed, bin.ganforge), 0o755);
  mkdirSync(join(project, "node_modules", ".bin"));
  symlinkSync(join(installed, bin.ganforge), join(project, "node_modules", ".bin", "ganforge"));
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
}, 60_000);

function typeErrors(file: string, source: string, options: object): string {
  writeFileSync(join(project, file), source);
  const base = { strict: true, noEmit: true, target: "ES2023", lib: ["ES2023"], types: [] };
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...base, ...options }, files: [file] }),
  );
  const tsc = join(root, "node_modules", ".bin", "tsc");
  return spawnSync(tsc, ["-p", "tsconfig.json"], { cwd: project, encoding: "utf8" }).stdout;
}

const entries: string[] = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).exports)
  .filter((entry) => entry !== "./package.json")
  .map((entry) => entry.replace(/^\./, "ganforge"));

test("every entry point type-checks in Node", () => {
  const imports = entries.map(
    (entry, i) => `import * as e${i} from "${entry}"; export const n${i} = Object.keys(e${i});`,
  );
  const use = `import { train, cpu, openDataset, openNodeStore, type RunConfig } from "ganforge";
export const parts: [typeof train, typeof cpu, typeof openDataset, typeof openNodeStore, RunConfig["recipe"]?][] = [];`;
  const module = { module: "NodeNext", moduleResolution: "NodeNext", types: ["node"] };
  expect(typeErrors("node.ts", [...imports, use].join("\n"), module)).toBe("");
});

test("the core type-checks without Node's types, as a bundler for browsers sees it", () => {
  const source = `import { train, MemoryStore, findRecipe, graph } from "ganforge";
export const loss: graph.Tensor = graph.input("x", [2, 3]).square().mean();
export const parts = [train, new MemoryStore(), findRecipe("dcgan")];
// @ts-expect-error: files belong to Node
import { openNodeStore } from "ganforge";
export const none = openNodeStore;`;
  expect(typeErrors("core.ts", source, { module: "ESNext", moduleResolution: "bundler" })).toBe("");
});

test("every entry point loads, and what it exports is there", () => {
  const script = `for (const entry of ${JSON.stringify(entries)}) {
    const names = Object.keys(await import(entry));
    if (names.length === 0) throw new Error(entry + " exports nothing");
  }
  console.log("loaded");`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: project,
    encoding: "utf8",
  });
  expect({ stdout, stderr }).toEqual({ stdout: "loaded\n", stderr: "" });
});

test("the command runs from the project's folder", () => {
  const ganforge = (...args: string[]) =>
    spawnSync(join(project, "node_modules", ".bin", "ganforge"), args, { cwd: project, encoding: "utf8" });
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(ganforge("--version").stdout).toBe(`${version}\n`);
  const tiny = ["--data", "ring", "--batch", "8", "--hidden-g", "8", "--hidden-d", "8", "--steps", "2"];
  const { status, stderr } = ganforge("train", "vanilla", ...tiny, "--device", "cpu");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(readdirSync(join(project, "runs"))).toEqual(["vanilla-ring-1"]);
});

test("no test and no source goes into the tarball", () => {
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  expect(files.filter((file) => /\.test\.|(^|[/\\])(src|test|bench)[/\\]|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  expect(files).toContain(join("dist", "index.node.d.ts"));
});
