// Who is moved by what. The steps of G(z) = g·z against D(x) = d·x are worked by hand, Adam and all.

import { describe, expect, test } from "vitest";
import { grad } from "../../src/graph/index.ts";
import { dcgan, r3gan, recipes, vanilla, wganGp } from "../../src/recipes/index.ts";
import { cpu } from "../../src/runtime/index.node.ts";
import { initialState, networksMade } from "../../src/train/index.ts";
import { expectClose, expectSameBits } from "../close.ts";
import {
  BATCH,
  graphOf,
  NUMBER,
  ofOneWeight,
  play,
  scheduled,
  smallForm,
  smallOptions,
  stepOf,
  tensorsIn,
} from "./stage.ts";

const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / values.length;
const numbers = (...values: number[]) => Float32Array.from({ length: BATCH }, (_, i) => values[i]);
const close = { rtol: 1e-5, atol: 1e-7 };

describe("1: G is moved by the relativistic loss, and by no other in its place", () => {
  const [g, d] = [0.7, 1.3];
  const [real, z] = [numbers(0.5, -1, 2, 0.25), numbers(1, -0.5, 0.75, 2)];
  const moves = async (loss: string) => {
    const step = stepOf(ofOneWeight(r3gan, { g, d }), { loss, gamma: 0, beta1: 0 }, NUMBER);
    const drawn = { "real/0": real, "real/1": real, "normal/0": z, "normal/1": z };
    const states = await play(step, [drawn]);
    const [dNow] = states[0]["D.parameters"]; // D has moved first
    return { gradient: states[0]["G.adam.m"], dNow };
  };

  test("its gradient is that of −E f(D(G(z)) − D(x)), the reals in it", async () => {
    const { gradient, dNow } = await moves("rpgan");
    // d/dg of softplus(d·x − d·g·z) is −σ(d·x − d·g·z) d·z
    const worked = mean(Array.from(z, (zi, i) => -sigmoid(dNow * real[i] - dNow * g * zi) * dNow * zi));
    expectClose(gradient, [worked], close);
  });

  test("and not that of the plain game, which is had by asking for it", async () => {
    const { gradient, dNow } = await moves("gan");
    const worked = mean(Array.from(z, (zi) => -sigmoid(-dNow * g * zi) * dNow * zi));
    expectClose(gradient, [worked], close);
    expect(Math.abs((await moves("rpgan")).gradient[0] - gradient[0])).toBeGreaterThan(0.01);
  });
});

describe("7: the critic's update is its own", () => {
  const { feeds } = stepOf(wganGp, {}, { ...NUMBER, sample: [2] });

  test("Adam goes at 1e-4 with β of 0 and 0.9, in the steps that are made and not in the help alone", async () => {
    for (const iteration of [0, 1, 4]) {
      const stepSize = (t: number) => 1e-4 * Math.sqrt(1 - 0.9 ** t);
      const epsilon = (t: number) => 1e-8 * Math.sqrt(1 - 0.9 ** t);
      const turns = [0, 1, 2, 3, 4].map((repeat) => 5 * iteration + repeat + 1);
      const expected = [...turns, iteration + 1].flatMap((t) => [stepSize(t), epsilon(t)]);
      const paces = feeds.filter(({ source }) => source.kind === "schedule");
      const given = Object.values(await scheduled(paces, iteration)).map(([value]) => value);
      const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
      expectClose(sorted(given), sorted(expected), { rtol: 1e-6 });
    }
  });

  test("each of its five steps and G's draw a z of their own", async () => {
    const latent = feeds.filter(({ source }) => source.kind === "normal");
    const drawn = Object.values(await scheduled(latent, 0)).map((z) => z.join());
    expect(new Set(drawn).size).toBe(6);
  });

  test.each(recipes)("$name: no gradient of D's loss flows into what G has made", (recipe) => {
    const { applications, updates } = graphOf(recipe);
    const makers = networksMade({ recipe, options: smallOptions(recipe), data: smallForm(recipe) });
    const ofD = updates.filter(({ over }) => over.some((label) => label.startsWith("D")));
    expect(ofD.length).toBeGreaterThan(0);
    for (const { over, loss } of ofD) {
      const made = applications.filter(({ label }) => makers.includes(label) && !over.includes(label));
      const pictures = made.flatMap(({ output }) => tensorsIn(output)).filter(({ shape }) => shape.length === 4);
      expect(pictures.length).toBeGreaterThan(0);
      for (const slope of grad(loss, pictures)) expect(slope.is("fill") && slope.attributes.value).toBe(0);
    }
  });
});

describe("16: each step begins with a gradient of nothing", () => {
  const rates = { lr: 0.05, beta1: 0.5, beta2: 0.9 };
  const [g, d] = [0.7, 1.3];
  const drawn = [0, 1, 2].map((k) => ({
    x: [numbers(0.5 + k, -1, 2, 0.25), numbers(-0.5, 1 + k, 0.1, 0.9)],
    z: [numbers(1, -0.5 - k, 0.75, 2), numbers(0.3, 0.6, -1.2 + k, 0.4)],
  }));
  const feedsOf = ({ x, z }: (typeof drawn)[0]) => ({
    ...{ "real/0": x[0], "real/1": x[1], "normal/0": z[0], "normal/1": z[1] },
  });
  const slopeOfD = (w: number, x: Float32Array, made: Float32Array) =>
    mean(Array.from(x, (xi) => -sigmoid(-w * xi) * xi)) + mean(Array.from(made, (m) => sigmoid(w * m) * m));
  const slopeOfG = (w: number, of: number, z: Float32Array) =>
    mean(Array.from(z, (zi) => -sigmoid(-of * w * zi) * of * zi));

  const twice = stepOf(ofOneWeight(dcgan, { g, d }), { ...rates, dSteps: 2 }, NUMBER);
  const first = { order: "g-first", loss: "non-saturating", ...rates };
  test.each([
    {
      order: "two steps of D and one of G",
      step: twice,
      move({ D, G }: Players, { x, z }: (typeof drawn)[0]) {
        for (const k of [0, 1])
          D.move(
            slopeOfD(
              D.w,
              x[k],
              z[k].map((zi) => G.w * zi),
            ),
          );
        G.move(slopeOfG(G.w, D.w, z[1]));
      },
    },
    {
      order: "a step of G, whose loss has gone through D, and one of D",
      step: stepOf(ofOneWeight(vanilla, { g, d }), first, NUMBER),
      move({ D, G }: Players, { x, z }: (typeof drawn)[0]) {
        const made = z[0].map((zi) => G.w * zi);
        G.move(slopeOfG(G.w, D.w, z[0]));
        D.move(slopeOfD(D.w, x[0], made));
      },
    },
  ])("three iterations of $order are those worked by hand from fresh gradients", async ({ step, move }) => {
    const states = await play(step, drawn.map(feedsOf));
    const players = { D: player(d), G: player(g) };
    for (const [k, draws] of drawn.entries()) {
      move(players, draws);
      for (const [label, { w, m }] of Object.entries(players)) {
        expectClose(states[k][`${label}.parameters`], [w], close, `${label} after ${k + 1}`);
        expectClose(states[k][`${label}.adam.m`], [m], close, `${label}'s moment after ${k + 1}`);
      }
    }
  });

  test("the same step twice from one state, in one session, gives the same bits", async () => {
    const session = await cpu.load(twice.program, { threads: 1 });
    const after = [];
    for (let time = 0; time < 2; time++) {
      await session.writeState(initialState(twice.state, 1));
      await session.run({ ...(await scheduled(twice.feeds, 0)), ...feedsOf(drawn[0]) });
      after.push(await session.readState());
    }
    await session.close();
    for (const [name, values] of Object.entries(after[0])) expectSameBits(after[1][name], values, name);
    expect(after[0]["D.parameters"][0]).not.toBe(Math.fround(d));
  });

  interface Players {
    readonly D: ReturnType<typeof player>;
    readonly G: ReturnType<typeof player>;
  }

  /** One weight and its Adam: Kingma & Ba (2015), Algorithm 1. */
  function player(first: number) {
    const { lr, beta1, beta2 } = rates;
    let [m, v, t] = [0, 0, 0];
    const self = {
      ...{ w: first, m },
      move(gradient: number) {
        t++;
        m = beta1 * m + (1 - beta1) * gradient;
        v = beta2 * v + (1 - beta2) * gradient ** 2;
        self.m = m;
        self.w -= (lr * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + 1e-8);
      },
    };
    return self;
  }
});
