// The child process of `examine`: probes the device named by its first argument, times a step if the second is "timed", and
// prints the outcome as JSON.

import { availableParallelism } from "node:os";
import { timeBackend } from "./probe.ts";
import type { Examination } from "./probe-child.node.ts";
import { backends } from "./registry.node.ts";

const [device, timed] = process.argv.slice(2);
const backend = backends.find((candidate) => candidate.device === device);
if (backend === undefined) throw new Error(`no backend is called "${device}"`);
let outcome: Examination = await backend.probe();
if (outcome.works && timed === "timed") {
  const milliseconds = await timeBackend(backend, { threads: availableParallelism(), clock: () => performance.now() });
  outcome = { ...outcome, milliseconds };
}
process.stdout.write(JSON.stringify(outcome));
