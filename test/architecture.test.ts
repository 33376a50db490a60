// The layout as a check: which folder may import which, through which door, and what words stay out of which files.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { listDatasets } from "../src/data/index.ts";
import { recipes } from "../src/recipes/index.ts";
import { backends } from "../src/runtime/index.node.ts";
import { main } from "./cli/command.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Folders by row: each imports from rows above its own in this list. */
const rows = [
  ["errors"],
  ["graph", "formats", "random"],
  ["onnx", "nn", "losses", "optim", "data"],
  ["networks", "runtime"],
  ["recipes"],
  ["train"],
  ["metrics", "inspect", "export", "report"],
  ["server", "reproduce"],
  ["cli", "studio"],
];

/** Packages that core files may use: those without a word of any platform. */
const corePackages = ["fast-png"];

interface Source {
  /** "train/trainer.ts" */
  readonly path: string;
  /** "train", or "" for a file of src itself. */
  readonly folder: string;
  readonly isCore: boolean;
  /** Without comments. */
  readonly code: string;
  /** What stands after each `from`, and in each `import(…)`. */
  readonly imports: readonly string[];
}

/** Every source that is shipped. */
const sources: readonly Source[] = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .map((name) => name.split(sep).join("/"))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => {
    const code = withoutComments(readFileSync(join(root, "src", path), "utf8"));
    const statements = /^(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
    const imports = [...code.matchAll(statements)].map(([, from, bare, later]) => from ?? bare ?? later);
    const folder = path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
    return { path, folder, isCore: !/\.(node|web)\.tsx?$/.test(path), code, imports };
  });

/** The code without its comments; strings stay, even those that hold slashes. */
function withoutComments(code: string): string {
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return code.replace(token, (text) => (text.startsWith("/") ? " " : text));
}

const withoutStrings = (code: string): string => code.replace(/"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g, '""');

const rowOf = (folder: string): number => rows.findIndex((row) => row.includes(folder));

/** A relative import as a path below src. */
const target = ({ path }: Source, specifier: string): string =>
  relative(join(root, "src"), join(root, "src", dirname(path), specifier))
    .split(sep)
    .join("/");

test("there are sources to judge, each in a folder with a row", () => {
  expect(sources.length).toBeGreaterThan(100);
  for (const { path, folder } of sources) if (folder !== "") expect(rowOf(folder), path).toBeGreaterThanOrEqual(0);
});

describe("imports", () => {
  test("name files that exist, with their extension", () => {
    for (const source of sources) {
      for (const specifier of source.imports.filter((name) => name.startsWith("."))) {
        expect(existsSync(join(root, "src", target(source, specifier))), `${source.path}: ${specifier}`).toBe(true);
      }
    }
  });

  test("go to strictly lower rows, through the other folder's index", () => {
    const wrong: string[] = [];
    for (const source of sources.filter(({ folder }) => folder !== "")) {
      for (const specifier of source.imports.filter((name) => name.startsWith("."))) {
        const [folder, ...rest] = target(source, specifier).split("/");
        if (folder === source.folder) continue;
        const lower = rowOf(folder) >= 0 && rowOf(folder) < rowOf(source.folder);
        const door = ["index.ts", "index.node.ts", "index.web.ts"].includes(rest.join("/"));
        if (!lower || !door) wrong.push(`${source.path}: ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("of core files stay in the core: no file of a platform, no package but those that run anywhere", () => {
    const wrong: string[] = [];
    for (const { path, imports } of sources.filter(({ isCore }) => isCore)) {
      for (const specifier of imports) {
        const local = specifier.startsWith(".");
        if (local ? /\.(node|web)\.tsx?$/.test(specifier) : !corePackages.includes(specifier)) {
          wrong.push(`${path}: ${specifier}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("of packages name those that package.json lists as dependencies", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const wrong: string[] = [];
    for (const { path, imports } of sources) {
      for (const specifier of imports.filter((name) => !/^(\.|node:)/.test(name))) {
        const name = specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/");
        if (!Object.hasOwn(dependencies, name)) wrong.push(`${path}: ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("make no circle of files", () => {
    const byPath = new Map(sources.map((source) => [source.path, source]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      if (trail.includes(path) || done.has(path)) return;
      const source = byPath.get(path)!;
      for (const specifier of source.imports.filter((name) => name.startsWith("."))) {
        visit(target(source, specifier), [...trail, path]);
      }
      done.add(path);
    };
    for (const { path } of sources) visit(path, []);
    expect(circles).toEqual([]);
  });
});

describe("words", () => {
  test("of a platform stay out of core files", () => {
    const platform =
      /\b(process|Buffer|console|require|__dirname|TextEncoder|TextDecoder|setTimeout|setInterval|setImmediate|performance|fetch|document|window|navigator|localStorage|Worker|crypto|URL|Date)\s*[.(]/;
    for (const { path, code } of sources.filter(({ isCore }) => isCore)) {
      expect(withoutStrings(code).match(platform)?.[0], path).toBeUndefined();
    }
  });

  test("of chance come from src/random alone", () => {
    for (const { path, code } of sources) expect(code, path).not.toContain("Math.random");
  });

  test("that name one recipe, device or data set stay out of the code that all of them share", () => {
    const names = [
      recipes.map(({ name }) => name),
      backends.map(({ device }) => device),
      listDatasets().map(({ name }) => name),
    ];
    const shared = sources.filter(({ folder }) => ["train", "export", "server", "cli"].includes(folder));
    expect(shared.length).toBeGreaterThan(20);
    const wrong = shared.flatMap(({ path, code }) =>
      names.flat().flatMap((name) => (code.includes(`"${name}"`) ? [`${path}: "${name}"`] : [])),
    );
    expect(wrong).toEqual([]);
  });
});

describe("the exports map", () => {
  const { exports: map, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const targets = (entry: unknown): string[] =>
    typeof entry === "string" ? [entry] : Object.values(entry as object).flatMap(targets);

  test("leads to sources that exist", () => {
    for (const file of targets(map).filter((each) => each !== "./package.json")) {
      const source = file.replace(/^(\.\/)?dist\//, "src/").replace(/(\.d\.ts|\.js)$/, ".ts");
      expect(existsSync(join(root, source)), `${file}: ${source}`).toBe(true);
    }
  });

  test("has for a command the one that the tests start", () => {
    expect(join(root, bin.ganforge)).toBe(main);
  });

  test("has an entry for each folder with a door, and in Node the wider one", () => {
    const doors = sources.filter(({ path }) => /^\w+\/index\.ts$/.test(path)).map(({ folder }) => folder);
    expect(doors.length).toBeGreaterThan(10);
    for (const folder of doors) {
      const wider = existsSync(join(root, `src/${folder}/index.node.ts`));
      const core = `./dist/${folder}/index.js`;
      const expected = wider ? { node: `./dist/${folder}/index.node.js`, default: core } : core;
      expect(map[`./${folder}`], folder).toEqual(expected);
    }
  });
});

test.runIf(existsSync(join(root, "README.md")))("the README's table lists every recipe with its paper", () => {
  const rowsOfReadme = readFileSync(join(root, "README.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|"));
  for (const { name, paper } of recipes) {
    const row = rowsOfReadme.find((line) => line.includes(`\`${name}\``));
    expect(row, name).toBeDefined();
    expect(row).toContain(paper.replace("arXiv:", ""));
  }
});
