// The machine that numbers were measured on, in a few lines.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, machine, release, totalmem, type } from "node:os";

/** Flags of a processor that decide how fast its matrix products are. */
const SIMD = /^(sse4_2|avx|avx2|fma|f16c|avx512\w*|avx_vnni|amx_\w+|asimd\w*|sve\w*)$/;

/** What onnxruntime-node says its version is. */
export function engineVersion(): string {
  return createRequire(import.meta.url)("onnxruntime-node/package.json").version;
}

/** The processor's name, as it calls itself. */
export const processor = (): string => cpus()[0].model.trim();

/** Processor, caches, SIMD, memory, system and versions, one a line. */
export function describeMachine(): string[] {
  const caches = cachesOf();
  const simd = simdOf();
  return [
    `${processor()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    ...(caches.length > 0 ? [`caches of core 0: ${caches.join(", ")}`] : []),
    ...(simd.length > 0 ? [`SIMD: ${simd.join(" ")}`] : []),
    `${type()} ${release()} on ${machine()}, Node ${process.versions.node}, onnxruntime-node ${engineVersion()}`,
  ];
}

/** "L1d 48K", as Linux lists them. */
function cachesOf(): string[] {
  const folder = "/sys/devices/system/cpu/cpu0/cache";
  if (!existsSync(folder)) return [];
  const read = (index: string, file: string) => readFileSync(`${folder}/${index}/${file}`, "utf8").trim();
  const indices = readdirSync(folder).filter((name) => /^index\d$/.test(name));
  return indices.sort().map((index) => {
    const kind = { Data: "d", Instruction: "i" }[read(index, "type")] ?? "";
    return `L${read(index, "level")}${kind} ${read(index, "size")}`;
  });
}

function simdOf(): string[] {
  if (!existsSync("/proc/cpuinfo")) return [];
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
  return flags
    .trim()
    .split(/\s+/)
    .filter((flag) => SIMD.test(flag));
}
