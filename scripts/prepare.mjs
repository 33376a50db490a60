// What every script needs first: the packages of package-lock.json, installed without running their scripts, and the build.

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command in the repository, on this terminal; its exit code. */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (error) throw error;
  return status ?? 1;
}

/** A package's own command, from node_modules. */
export function tool(name, ...args) {
  return run(join("node_modules", ".bin", name), args);
}

/** Whether node_modules is what package-lock.json asks for, as npm recorded when it last installed. */
function isInstalled() {
  const record = `${root}node_modules/.package-lock.json`;
  if (!existsSync(record)) return false;
  const { packages: wanted } = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8"));
  const { packages: present } = JSON.parse(readFileSync(record, "utf8"));
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === "" || optional || present[path]?.version === version,
  );
}

/** Installs what is missing and builds; ends the process when either fails. */
export function prepare() {
  if (!isInstalled()) {
    console.log("Installing packages (npm ci)…");
    must(run("npm", ["ci", "--ignore-scripts"]), "npm ci");
  }
  must(tool("tsc", "-p", "tsconfig.build.json"), "the build");
  must(run(process.execPath, ["scripts/bundle.mjs", "dist"]), "the bundle");
  chmodSync(`${root}dist/bin/main.node.js`, 0o755); // so that npx ganforge runs it
}

function must(status, what) {
  if (status === 0) return;
  console.error(`${what} failed (exit code ${status}).`);
  process.exit(status);
}
