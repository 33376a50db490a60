// A training step in miniature, with each kind of operator that a GAN needs: judged by the reference interpreter for its
// numbers, and at a larger size timed, to choose between devices.

import { evaluate, grad, input, sizeOf, type Tensor } from "../graph/index.ts";
import { lower, writeOnnx } from "../onnx/index.ts";
import { stream } from "../random/index.ts";
import type { Backend, Probe, Program } from "./backend.ts";

const TOLERANCE = 1e-3;
const CHECKED_STEPS = 2;
const TIMED_STEPS = 3;

interface ProbeStep {
  readonly program: Program;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** One descent step of a strided convolution, its transpose, batch statistics and activations: x [batch, channels, size, size]. */
function probeStep({ batch, channels, size }: { batch: number; channels: number; size: number }): ProbeStep {
  const w = input("w", [2 * channels, channels, 4, 4]);
  const x = input("x", [batch, channels, size, size]);
  const geometry = { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 } as const;
  const hidden = x.conv(w, geometry);
  const centred = hidden.sub(hidden.mean([0, 2, 3], true));
  const y = centred.leakyRelu(0.2).convInputGrad(w, geometry, [size, size]).tanh();
  const loss = y.sub(x).square().mean().add(y.softplus().mean());
  const outputs = { "next/w": w.sub(grad(loss, w).mul(0.1)), loss };
  const program: Program = {
    model: writeOnnx(lower(outputs)),
    state: [{ input: "w", output: "next/w", shape: w.shape }],
    feeds: [{ name: "x", shape: x.shape }],
    fetches: [{ name: "loss", shape: [] }],
  };
  return { program, outputs };
}

/** Runs a tiny step on a backend; never throws, since "it does not work here" is an answer. */
export async function probeBackend(backend: Pick<Backend, "device" | "load">): Promise<Probe> {
  try {
    const { program, outputs } = probeStep({ batch: 3, channels: 2, size: 8 });
    const random = (name: string, shape: readonly number[]) =>
      stream(1, "probe", name).fillNormal(new Float32Array(sizeOf(shape)), 0, 0.5);
    const x = random("x", program.feeds[0].shape);
    const start = random("w", program.state[0].shape);
    let expected: ArrayLike<number> = start;
    const session = await backend.load(program, { threads: 1 });
    await session.writeState({ w: start });
    let worst = 0;
    for (let step = 0; step < CHECKED_STEPS; step++) {
      const [next, loss] = evaluate(Object.values(outputs), { x, w: expected });
      const fetched = await session.run({ x });
      const { w } = await session.readState(["w"]);
      worst = Math.max(worst, Math.abs(fetched.loss[0] - loss[0]), ...next.map((v, i) => Math.abs(v - w[i])));
      expected = next;
    }
    await session.close();
    if (!(worst < TOLERANCE))
      return { works: false, detail: `it computes wrong numbers (off by ${worst.toExponential(1)})` };
    return { works: true, detail: `a training step ran and agrees with the reference to ${worst.toExponential(1)}` };
  } catch (error) {
    return { works: false, detail: reasonOf(error) };
  }
}

/** Milliseconds that a backend takes for a small convolutional step (3.2 GFLOP), by the given clock in milliseconds; the best of a few. */
export async function timeBackend(
  backend: Pick<Backend, "load">,
  { threads, clock }: { readonly threads: number; readonly clock: () => number },
): Promise<number> {
  const { program } = probeStep({ batch: 16, channels: 64, size: 32 });
  const session = await backend.load(program, { threads });
  const x = new Float32Array(sizeOf(program.feeds[0].shape)).fill(0.5);
  await session.writeState({ w: new Float32Array(sizeOf(program.state[0].shape)).fill(0.01) });
  await session.run({ x }); // compiles and allocates
  let best = Number.POSITIVE_INFINITY;
  for (let step = 0; step < TIMED_STEPS; step++) {
    const start = clock();
    await session.run({ x });
    best = Math.min(best, clock() - start);
  }
  await session.close();
  return best;
}

/** What onnxruntime says when a device is missing, in words for its user. */
const KNOWN_REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/WebGPU adapter/, "no GPU driver was found (on Linux: Vulkan's)"],
  [/Failed to load (shared )?library/, "onnxruntime's CUDA library, or CUDA itself, is not installed"],
  [/CUDA driver version|CUDA failure 35\b/, "the NVIDIA driver is missing or too old"],
];

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return KNOWN_REASONS.find(([pattern]) => pattern.test(message))?.[1] ?? message.split("\n")[0];
}
