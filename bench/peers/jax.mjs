// The training steps of torch_steps.py in jax-js on WebAssembly: a whole step, Adam included, as one jitted function. Run by
// `npm run bench -- --peers`:
//   jax.mjs WORKLOAD wasm ITERATIONS SECONDS THREADS
// prints one JSON object, the fields of torch_steps.py. jax-js divides its work among web workers, which Node has not: those of
// node:worker_threads stand in for them.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { timed } from "./timed.mjs";

const [name, , iterations, seconds, threads] = process.argv.slice(2);

/** As much of a web worker as jax-js asks for. */
class WebWorker {
  #worker;
  constructor(url) {
    const source = fetch(url).then((response) => response.text());
    this.#worker = source.then((text) => {
      const worker = new Worker(
        `const { parentPort } = require("node:worker_threads");
        globalThis.self = globalThis;
        globalThis.postMessage = (data) => parentPort.postMessage(data);
        parentPort.on("message", (data) => self.onmessage({ data }));
        ${text}`,
        { eval: true },
      );
      worker.on("message", (data) => this.onmessage({ data }));
      worker.on("error", (error) => this.onerror(error));
      return worker;
    });
  }
  postMessage(data) {
    this.#worker.then((worker) => worker.postMessage(data));
  }
}
if (Number(threads) > 1) globalThis.Worker = WebWorker;
Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: Number(threads) } });

const peers = join(process.cwd(), ".cache/peers");
const jax = await import(pathToFileURL(createRequire(join(peers, "package.json")).resolve("@jax-js/jax")));
const { version } = JSON.parse(readFileSync(join(peers, "node_modules/@jax-js/jax/package.json"), "utf8"));
const { grad, jit, lax, nn, numpy: np, random, tree, valueAndGrad, vjp } = jax;

/** A stack of layers: their first values, and what they make of x with the values given. Either takes what it is given. */
function network() {
  const values = [];
  const layers = [];
  const weights = (shape, mean = 0) => {
    values.push(random.normal(random.key(values.length), shape).mul(0.02).add(mean));
    return values.length - 1;
  };
  const zeros = (n) => values.push(np.zeros([n])) - 1;
  const add = (layer) => {
    layers.push(layer);
    return stack;
  };
  const perChannel = (v) => v.reshape([1, -1, 1, 1]);
  const pads = (stride) => (stride === 2 ? [1, 1] : [0, 0]);
  const stack = {
    values,
    apply: (given, x) => layers.reduce((y, layer) => layer(y, given), x),
    reshape: (...shape) => add((x) => x.reshape([x.shape[0], ...shape])),
    relu: () => add((x) => nn.relu(x)),
    leakyRelu: () => add((x) => nn.leakyRelu(x, 0.2)),
    tanh: () => add((x) => np.tanh(x)),
    linear(from, to, bias = true) {
      const [w, b] = [weights([from, to]), bias ? zeros(to) : undefined];
      return add((x, p) => (bias ? np.matmul(x, p[w]).add(p[b]) : np.matmul(x, p[w])));
    },
    /** 4 × 4; with stride 2 it halves, with 1 it takes the whole map. */
    conv(from, to, stride = 2) {
      const w = weights([to, from, 4, 4]);
      return add((x, p) => lax.conv(x, p[w], [stride, stride], [pads(stride), pads(stride)]));
    },
    convTranspose(from, to, stride = 2) {
      const w = weights([to, from, 4, 4]);
      return add((x, p) => lax.convTranspose(x, p[w], [stride, stride], [pads(stride), pads(stride)]));
    },
    batchNorm(channels) {
      const [gain, shift] = [weights([channels], 1), zeros(channels)];
      return add((x, p) => {
        const mean = np.mean(x.ref, [0, 2, 3], { keepdims: true });
        const centred = x.sub(mean);
        const variance = np.mean(np.square(centred.ref), [0, 2, 3], { keepdims: true });
        const scale = perChannel(p[gain]).div(np.sqrt(variance.add(1e-5)));
        return centred.mul(scale).add(perChannel(p[shift]));
      });
    },
  };
  return stack;
}

function mlp() {
  const G = network().linear(64, 256).relu().linear(256, 256).relu().linear(256, 784).tanh();
  const D = network().linear(784, 256).leakyRelu().linear(256, 256).leakyRelu().linear(256, 1);
  return { G, D, z: [64], x: [784], batch: 100, beta1: 0.9 };
}

function dcgan28() {
  const G = network()
    .linear(100, 128 * 49, false)
    .reshape(128, 7, 7)
    .batchNorm(128)
    .relu();
  G.convTranspose(128, 64).batchNorm(64).relu().convTranspose(64, 1).tanh();
  const D = network().conv(1, 64).leakyRelu().conv(64, 128).batchNorm(128).leakyRelu();
  D.reshape(128 * 49).linear(128 * 49, 1);
  return { G, D, z: [100], x: [1, 28, 28], batch: 64, beta1: 0.5 };
}

/** DCGAN stacks of 32 or 64 pixels. */
function convPair(size, zDim, criticNorm, rest) {
  const depth = Math.log2(size / 4);
  const [G, D] = [network(), network()];
  let channels = zDim;
  for (let i = 0; i < depth; i++) {
    const to = 64 * 2 ** (depth - 1 - i);
    G.convTranspose(channels, to, i === 0 ? 1 : 2)
      .batchNorm(to)
      .relu();
    channels = to;
  }
  G.convTranspose(channels, 3).tanh();
  channels = 3;
  for (let i = 0; i < depth; i++) {
    D.conv(channels, 64 * 2 ** i);
    channels = 64 * 2 ** i;
    if (i > 0 && criticNorm) D.batchNorm(channels);
    D.leakyRelu();
  }
  D.conv(channels, 1, 1).reshape(1);
  return { G, D, z: [zDim, 1, 1], x: [3, size, size], batch: 64, ...rest };
}

const games = {
  mlp,
  dcgan28,
  wgangp32: () => convPair(32, 128, false, { beta1: 0, beta2: 0.9, penalty: 10 }),
  dcgan64: () => convPair(64, 100, true, { beta1: 0.5 }),
};

function stepOf({ G, D, z: zShape, x: xShape, batch, beta1, beta2 = 0.999, penalty }) {
  /** Adam's next parameters and moments of one player; `pace` holds 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ). */
  const moved = ({ p, m, v }, gradients, pace) => {
    const next = { p: [], m: [], v: [] };
    p.forEach((value, i) => {
      const g = gradients[i];
      const first = m[i].mul(beta1).add(g.ref.mul(1 - beta1));
      const second = v[i].mul(beta2).add(np.square(g).mul(1 - beta2));
      const root = np.sqrt(second.ref.mul(pace.second.ref)).add(1e-8);
      next.p.push(value.sub(first.ref.mul(pace.first.ref).div(root).mul(2e-4)));
      next.m.push(first);
      next.v.push(second);
    });
    return next;
  };
  const positive = (score) => np.mean(nn.softplus(score));
  const gameLoss = (p, fake, x) => positive(np.negative(D.apply(tree.ref(p), x))).add(positive(D.apply(p, fake)));
  const criticLoss = (p, fake, x, epsilon) => {
    const hat = fake.ref.add(x.ref.sub(fake.ref).mul(epsilon));
    const slope = grad((at) => np.sum(D.apply(tree.ref(p), at)))(hat);
    const norm = np.sqrt(np.sum(np.square(slope), [1, 2, 3]));
    const fakeScore = np.mean(D.apply(tree.ref(p), fake));
    return fakeScore.sub(np.mean(D.apply(p, x))).add(np.mean(np.square(norm.sub(1))).mul(penalty));
  };
  const iteration = jit((g, d, pace, x, key) => {
    const keys = random.split(key);
    const z = random.normal(keys.ref.slice(0), [batch, ...zShape]);
    const epsilon = penalty ? [random.uniform(keys.ref.slice(1), [batch, 1, 1, 1])] : [];
    keys.dispose();
    const [fake, back] = vjp((p) => G.apply(p, z), [tree.ref(g.p)]);
    const [loss, dGradients] = valueAndGrad(penalty ? criticLoss : gameLoss)(tree.ref(d.p), fake.ref, x, ...epsilon);
    const nextD = moved(d, dGradients, pace);
    const fooled = (at) => {
      const score = np.negative(D.apply(tree.ref(nextD.p), at));
      return penalty ? np.mean(score) : positive(score);
    };
    const [gGradients] = back(grad(fooled)(fake));
    back.dispose();
    const nextG = moved(g, gGradients, pace);
    tree.dispose(pace);
    return [nextG, nextD, loss];
  });

  const player = (network) => {
    const zeros = () => network.values.map(({ shape }) => np.zeros(shape));
    return { p: network.values, m: zeros(), v: zeros() };
  };
  const x = np.clip(random.normal(random.key(1), [batch, ...xShape]), -1, 1);
  let [g, d] = [player(G), player(D)];
  let t = 0;
  return async () => {
    t++;
    const pace = { first: np.array([1 / (1 - beta1 ** t)]), second: np.array([1 / (1 - beta2 ** t)]) };
    const [nextG, nextD, loss] = iteration(g, d, pace, x.ref, random.key(t));
    await jax.blockUntilReady([nextG, nextD]);
    [g, d] = [nextG, nextD];
    return (await loss.data())[0];
  };
}

await jax.init("wasm");
jax.defaultDevice("wasm");
const game = games[name]();
const about = { workload: name, framework: `jax-js ${version} wasm`, threads: Number(threads), batch: game.batch };
console.log(JSON.stringify(await timed({ ...about, step: stepOf(game), iterations, seconds })));
process.exit(0);
