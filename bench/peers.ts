// The same training steps in the packages of the JavaScript world that can differentiate, without a graphics card. They are no dependencies:
// they are installed when this runs, into a folder of their own.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { milliseconds, pair, table, times } from "./markdown.ts";
import { combine, type Measurement } from "./measurement.ts";
import { measureOwn } from "./own.ts";
import { iterationsOf } from "./steps.ts";
import type { Workload } from "./workloads.ts";

const FOLDER = ".cache/peers";

const packages = {
  "@jax-js/jax": "0.1.25",
  "@tensorflow/tfjs": "4.22.0",
  "@tensorflow/tfjs-backend-wasm": "4.22.0",
} as const;

export interface PeersOptions {
  readonly workloads: readonly Workload[];
  readonly rounds: number;
  readonly iterations: number;
  readonly threads: number;
  /** Seconds after which a peer makes no further step. */
  readonly seconds: number;
  /** Seconds after which a peer that has not made one step is ended. */
  readonly limit: number;
}

/** A peer on one of its backends: scripts of bench/peers. */
interface Peer {
  readonly name: string;
  readonly script: string;
  readonly backend: "wasm" | "cpu";
  /** Whether it can divide work among threads in Node. */
  readonly divides: boolean;
}

const peers: readonly Peer[] = [
  { name: "tfjs, WASM", script: "tfjs.mjs", backend: "wasm", divides: false },
  { name: "tfjs, plain CPU", script: "tfjs.mjs", backend: "cpu", divides: false },
  { name: "jax-js, WASM", script: "jax.mjs", backend: "wasm", divides: true },
];

/** Installs what is missing; a clause on why not, where that fails. */
export function installPeers(): string | undefined {
  const versionOf = (name: string) => {
    const manifest = join(FOLDER, "node_modules", name, "package.json");
    return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
  };
  if (Object.entries(packages).every(([name, version]) => versionOf(name) === version)) return undefined;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "package.json"), JSON.stringify({ private: true, dependencies: packages }, null, 2));
  const { status } = spawnSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: FOLDER,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  return status === 0 ? undefined : `npm install in ${FOLDER} failed, with exit code ${status}`;
}

/** Measures the workloads that peers have, and gives their table. */
export function measurePeers(options: PeersOptions): string {
  const { workloads, rounds, threads } = options;
  const counts = [...new Set([1, threads])];
  const own = workloads.map(() => new Map(counts.map((count) => [count, [] as Measurement[]])));
  const others = workloads.map(() => peers.map((): (Measurement | string)[] => []));
  for (let round = 0; round < rounds; round++) {
    for (const [i, workload] of workloads.entries()) {
      const contenders = [
        ...counts.map((count) => () => {
          const measured = measureOwn(workload.name, count, iterationsOf(workload, options.iterations));
          own[i].get(count)!.push(measured);
          return measured;
        }),
        ...peers.map((peer, k) => () => {
          const earlier = others[i][k].find((each) => typeof each === "string");
          if (earlier !== undefined) return earlier;
          const measured = measurePeer(peer, workload, options);
          others[i][k].push(measured);
          return measured;
        }),
      ];
      for (const [k] of contenders.entries()) {
        const measured = contenders[(k + round) % contenders.length]();
        const text =
          typeof measured === "string"
            ? measured
            : `${measured.framework}, ${measured.threads} threads ${measured.minMs} / ${measured.medianMs} ms`;
        console.error(`round ${round + 1}/${rounds}  ${workload.name}  ${text}`);
      }
    }
  }
  const rows = workloads.flatMap((workload, i) => {
    const ours = new Map([...own[i]].map(([count, all]) => [count, combine(all)]));
    const rowOf = (name: string, count: number, measured: Measurement, versus: string) => [
      ...[workload.name, name, `${count}`, pair(measured.minMs, measured.medianMs, milliseconds)],
      ...[versus, `${measured.peakRssMiB}`],
    ];
    return [
      ...[...ours].map(([count, measured]) => rowOf("ganforge", count, measured, "1")),
      ...peers.map(({ name, divides }, k) => {
        const count = divides ? threads : 1;
        const failure = others[i][k].find((each) => typeof each === "string");
        if (failure !== undefined) return [workload.name, name, `${count}`, failure as string, "–", "–"];
        const measured = combine(others[i][k] as Measurement[]);
        const by = ours.get(count)!;
        return rowOf(name, count, measured, pair(measured.minMs / by.minMs, measured.medianMs / by.medianMs, times));
      }),
    ];
  });
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    `${rounds} ${rounds === 1 ? "round" : "rounds"}: minimum / median of a step. ${versions.join(", ")}.`,
    table([["step", "by", "threads", "ms", "ganforge is so many times as fast", "peak memory, MiB"], ...rows], 2),
  ].join("\n\n");
}

function measurePeer({ script, backend, divides }: Peer, workload: Workload, options: PeersOptions) {
  const { threads, seconds, limit, iterations } = options;
  const given = [workload.name, backend, iterationsOf(workload, iterations), seconds, divides ? threads : 1];
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [join("bench/peers", script), ...given.map(String)],
    { encoding: "utf8", timeout: 1000 * limit },
  );
  if (signal !== null) return `no step within ${limit} s`;
  const last = stdout.trim().split("\n").at(-1);
  if (status !== 0 || !last) {
    return `failed: ${stderr.split("\n").find((line) => /Error\b.*:/.test(line)) ?? `exit code ${status}`}`;
  }
  const measured: Measurement | { readonly lacks: readonly string[] } = JSON.parse(last);
  return "lacks" in measured ? `lacks ${measured.lacks.join(", ")}` : measured;
}
