// scripts/bundle.mjs FOLDER: the programs among a folder's built modules, with all of ours that they load, as a few files in FOLDER/bin.
// Node takes a millisecond to load a module, and a training loads 300 of them, most of them in two threads.

import { readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, join, resolve } from "node:path";
import { rolldown } from "rolldown";

/**
 * Programs lie side by side in bin, so that one starts another by the `new URL("./name.js", import.meta.url)` that it has in the sources.
 * What must run before onnxruntime loads is a file of its own, since packages load before the rest of a file.
 */
const PROGRAMS = {
  dist: ["cli/main", "cli/train-worker", "train/draw-thread", "runtime/probe-main", "runtime/no-telemetry"].map(
    (name) => `${name}.node.js`,
  ),
  ".cache/bench": ["bench/measure.js", "src/train/draw-thread.node.js", "src/runtime/no-telemetry.node.js"],
};

const { dependencies, optionalDependencies = {} } = JSON.parse(readFileSync("package.json", "utf8"));
const packages = Object.keys({ ...dependencies, ...optionalDependencies });
const [folder] = process.argv.slice(2);
const out = join(folder, "bin");
rmSync(out, { recursive: true, force: true });
const bundle = await rolldown({
  input: PROGRAMS[folder].map((path) => resolve(folder, path)),
  platform: "node",
  external: (id) => isBuiltin(id) || packages.some((name) => id === name || id.startsWith(`${name}/`)),
});
const { output } = await bundle.write({ dir: out, entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
await bundle.close();
const written = new Set(output.map(({ fileName }) => fileName));
const missing = PROGRAMS[folder].map((path) => basename(path)).filter((name) => !written.has(name));
if (missing.length > 0) throw new Error(`${out}: no ${missing.join(", ")}`);
