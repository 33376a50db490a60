// What training needs of this machine, each tried, and what to do about each failure.

import { mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { backends, cpu, examine } from "../runtime/index.node.ts";
import type { DeviceName } from "../runtime/index.ts";
import { print, printJson } from "./output.node.ts";
import { versions } from "./session.node.ts";
import { formatBytes } from "./text.ts";

interface Check {
  readonly name: string;
  readonly works: boolean;
  /** Whether training is impossible without it. */
  readonly needed: boolean;
  readonly detail: string;
  readonly remedy?: string;
}

const LEAST_NODE = [20, 19] as const;
const LEAST_BYTES = 1e9;

const DEVICE_REMEDIES: { readonly [K in DeviceName]: string } = {
  cpu: "Install ganforge again: npm install --ignore-scripts. Alpine Linux and 32-bit systems are not supported by onnxruntime.",
  webgpu:
    "On Linux install your GPU's Vulkan driver and the loader (Debian: apt-get install mesa-vulkan-drivers libvulkan1, or NVIDIA's driver), then see vulkaninfo; on macOS and Windows update the system.",
  cuda: "It needs Linux or Windows on x64, an NVIDIA driver, CUDA 12, cuDNN 9, and onnxruntime's CUDA library, which its install script downloads: npm rebuild onnxruntime-node",
};

/** Prints every check; whether training can work here. */
export async function printCheckup({ json }: { readonly json: boolean }): Promise<boolean> {
  const checks = [checkNode(), ...(await checkDevices()), await checkDisk(), await checkWriting()];
  const sound = checks.every(({ works, needed }) => works || !needed);
  if (json) printJson({ sound, versions: versions(), checks });
  else print([...checks.flatMap(linesOf), verdict(sound)].join("\n"));
  return sound;
}

function checkNode(): Check {
  const { node } = process.versions;
  const [major, minor] = node.split(".").map(Number);
  const works = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const detail = `${node}, at least ${LEAST_NODE.join(".")} is needed; onnxruntime ${versions().onnxruntime}`;
  return { name: "node", works, needed: true, detail, remedy: "Install a current Node: nodejs.org" };
}

/** Each device by a step on it, one after another so that none slows another. */
async function checkDevices(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const backend of backends.toReversed()) {
    const { device } = backend;
    const { works, detail } = await examine(backend);
    checks.push({ name: device, works, needed: backend === cpu, detail, remedy: DEVICE_REMEDIES[device] });
  }
  return checks;
}

async function checkDisk(): Promise<Check> {
  const { bavail, bsize } = await statfs(".");
  const free = bavail * bsize;
  const detail = `${formatBytes(free)} free here; a run takes from a few MB to about ${formatBytes(LEAST_BYTES)}`;
  return {
    name: "disk",
    works: free >= LEAST_BYTES,
    needed: false,
    detail,
    remedy: "Free space, or train elsewhere: --out",
  };
}

async function checkWriting(): Promise<Check> {
  const check = { name: "writing", needed: true, remedy: "Go to a folder you may write to, or pass one with --out" };
  try {
    const folder = await mkdtemp(".ganforge-doctor-");
    try {
      await writeFile(join(folder, "test"), "test");
    } finally {
      await rm(folder, { recursive: true });
    }
    return { ...check, works: true, detail: "files can be made in this folder" };
  } catch (error) {
    return { ...check, works: false, detail: `no file can be made here: ${(error as Error).message}` };
  }
}

function linesOf({ name, works, needed, detail, remedy }: Check): string[] {
  const sign = works ? "ok" : needed ? "FAILS" : "no";
  const line = `${sign.padEnd(5)}  ${name.padEnd(7)}  ${detail}`;
  return works || remedy === undefined ? [line] : [line, `${" ".repeat(16)}→ ${remedy}`];
}

const verdict = (sound: boolean): string =>
  sound
    ? "Ready: ganforge train dcgan --data glyphs --minutes 2"
    : "Training cannot work here until what FAILS is mended.";
