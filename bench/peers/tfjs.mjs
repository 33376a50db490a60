// The training steps of torch_steps.py in TensorFlow.js, each in its form: pixels before channels, and G's samples made again for
// its own update, since a gradient of tfjs begins and ends within one function. Run by `npm run bench -- --peers`:
//   tfjs.mjs WORKLOAD BACKEND ITERATIONS SECONDS     BACKEND: wasm or cpu
// prints one JSON object: the fields of torch_steps.py, or the kernels that the backend has none of.

import { createRequire } from "node:module";
import { join } from "node:path";
import { timed } from "./timed.mjs";

const [name, backend, iterations, seconds] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), ".cache/peers/package.json"));
const tf = require("@tensorflow/tfjs");
require("@tensorflow/tfjs-backend-wasm");

const SLOPE = 0.2;

/** A stack of layers with its variables; `last` names what follows the final one. */
function network() {
  const variables = [];
  const layers = [];
  const variable = (value) => {
    variables.push(tf.variable(value));
    return variables.at(-1);
  };
  const weights = (shape) => variable(tf.randomNormal(shape, 0, 0.02));
  const add = (layer) => {
    layers.push(layer);
    return stack;
  };
  const stack = {
    variables,
    apply: (x) => layers.reduce((y, layer) => layer(y), x),
    reshape: (...shape) => add((x) => x.reshape([-1, ...shape])),
    relu: () => add((x) => x.relu()),
    /** As a sum of two, which tfjs differentiates twice; its own leakyRelu once. */
    leakyRelu: () =>
      add((x) =>
        x
          .relu()
          .mul(1 - SLOPE)
          .add(x.mul(SLOPE)),
      ),
    tanh: () => add((x) => x.tanh()),
    linear(from, to, bias = true) {
      const w = weights([from, to]);
      const b = bias ? variable(tf.zeros([to])) : undefined;
      return add((x) => (b ? x.matMul(w).add(b) : x.matMul(w)));
    },
    /** 4 × 4; with stride 2 it halves, with 1 it takes the whole map. */
    conv(from, to, stride = 2) {
      const w = weights([4, 4, from, to]);
      return add((x) => x.conv2d(w, stride, stride === 2 ? "same" : "valid"));
    },
    convTranspose(from, to, size, stride = 2) {
      const w = weights([4, 4, to, from]);
      const pad = stride === 2 ? "same" : "valid";
      return add((x) => x.conv2dTranspose(w, [x.shape[0], size, size, to], stride, pad));
    },
    batchNorm(channels) {
      const [gain, shift] = [variable(tf.randomNormal([channels], 1, 0.02)), variable(tf.zeros([channels]))];
      const [mean, variance] = [0, 1].map((value) => tf.variable(tf.fill([channels], value), false));
      const follow = (average, now) => average.assign(average.mul(0.9).add(now.mul(0.1)));
      return add((x) => {
        const now = tf.moments(x, x.shape.length - 1 === 3 ? [0, 1, 2] : [0]);
        follow(mean, now.mean);
        follow(variance, now.variance);
        return tf.batchNorm(x, now.mean, now.variance, shift, gain, 1e-5);
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

function dcgan28(w = 64) {
  const G = network()
    .linear(100, 98 * w, false)
    .reshape(7, 7, 2 * w)
    .batchNorm(2 * w)
    .relu();
  G.convTranspose(2 * w, w, 14)
    .batchNorm(w)
    .relu()
    .convTranspose(w, 1, 28)
    .tanh();
  const D = network()
    .conv(1, w)
    .leakyRelu()
    .conv(w, 2 * w)
    .batchNorm(2 * w)
    .leakyRelu();
  D.reshape(98 * w).linear(98 * w, 1);
  return { G, D, z: [100], x: [28, 28, 1], batch: 64, beta1: 0.5 };
}

/** DCGAN stacks of 32 or 64 pixels. */
function convPair(size, zDim, criticNorm, rest, w = 64) {
  const depth = Math.log2(size / 4);
  const [G, D] = [network(), network()];
  let channels = zDim;
  for (let i = 0; i < depth; i++) {
    const to = w * 2 ** (depth - 1 - i);
    G.convTranspose(channels, to, 4 * 2 ** i, i === 0 ? 1 : 2)
      .batchNorm(to)
      .relu();
    channels = to;
  }
  G.convTranspose(channels, 3, size).tanh();
  channels = 3;
  for (let i = 0; i < depth; i++) {
    D.conv(channels, w * 2 ** i);
    channels = w * 2 ** i;
    if (i > 0 && criticNorm) D.batchNorm(channels);
    D.leakyRelu();
  }
  D.conv(channels, 1, 1).reshape(1);
  return { G, D, z: [1, 1, zDim], x: [size, size, 3], batch: 64, ...rest };
}

const games = {
  mlp,
  dcgan28,
  wgangp32: (w) => convPair(32, 128, false, { beta1: 0, beta2: 0.9, penalty: 10 }, w),
  dcgan64: (w) => convPair(64, 100, true, { beta1: 0.5 }, w),
};

/** The step of a game, with everything it makes but its variables given back. */
function stepOf({ G, D, z: zShape, x: xShape, batch, beta1, beta2 = 0.999, penalty }, count = batch) {
  const [optimizerG, optimizerD] = [0, 1].map(() => tf.train.adam(2e-4, beta1, beta2));
  const x = tf.randomNormal([count, ...xShape]).clipByValue(-1, 1);
  const descend = (optimizer, loss, variables) =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, variables);
      optimizer.applyGradients(grads);
      return value;
    });
  const gameLoss = (fake) =>
    tf
      .softplus(D.apply(x).neg())
      .mean()
      .add(tf.softplus(D.apply(fake)).mean());
  const criticLoss = (fake) => {
    const epsilon = tf.randomUniform([count, 1, 1, 1]);
    const hat = fake.add(x.sub(fake).mul(epsilon));
    const slope = tf
      .grad((at) => D.apply(at).sum())(hat)
      .square()
      .sum([1, 2, 3])
      .sqrt();
    return D.apply(fake).mean().sub(D.apply(x).mean()).add(slope.sub(1).square().mean().mul(penalty));
  };
  return () =>
    tf.tidy(() => {
      const z = tf.randomNormal([count, ...zShape]);
      const fake = G.apply(z);
      const loss = descend(optimizerD, () => (penalty ? criticLoss : gameLoss)(fake), D.variables);
      descend(
        optimizerG,
        () => {
          const score = D.apply(G.apply(z)).neg();
          return penalty ? score.mean() : tf.softplus(score).mean();
        },
        G.variables,
      );
      return loss.dataSync()[0];
    });
}

/** The kernels that a step uses and the backend lacks, found by a small step on the plain backend. */
async function lacking() {
  await tf.setBackend("cpu");
  const { kernelNames } = await tf.profile(() => void stepOf(games[name](2), 2)());
  return [...new Set(kernelNames)].filter((kernel) => tf.getKernel(kernel, backend) === undefined).sort();
}

const framework = `tfjs ${tf.version.tfjs} ${backend}`;
const lacks = backend === "cpu" ? [] : await lacking();
if (lacks.length > 0) {
  console.log(JSON.stringify({ workload: name, framework, lacks }));
} else {
  await tf.setBackend(backend);
  const game = games[name]();
  const step = stepOf(game);
  const { batch } = game;
  console.log(JSON.stringify(await timed({ workload: name, framework, threads: 1, batch, step, iterations, seconds })));
}
