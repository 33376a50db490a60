// The symptoms that are told from a step's metrics, on sequences made for them.

import { describe, expect, test } from "vitest";
import type { Finding } from "../symptom.ts";
import { divergence } from "./divergence.ts";
import { explodingCritic } from "./exploding-critic.ts";
import { oscillation } from "./oscillation.ts";
import { vanishingGradient } from "./vanishing-gradient.ts";
import type { RunSymptom } from "./watching.ts";

/** What a symptom finds in `steps` steps, from 1 on. */
function findings(symptom: RunSymptom, steps: number, metricsAt: (step: number) => Record<string, number>): Finding[] {
  const watch = symptom.watch();
  return Array.from({ length: steps }, (_, i) => watch.step!({ step: i + 1, metrics: metricsAt(i + 1) })).filter(
    (finding) => finding !== undefined,
  );
}

const last = (found: readonly Finding[]): Finding => found[found.length - 1];

describe("vanishing gradient", () => {
  const decaying = (gap: (step: number) => number) => (step: number) => ({
    ...{ "score/real": gap(step), "score/fake": 0, "gradient/D": 1 },
    "gradient/G": step <= 10 ? 2 : 2 * Math.exp(-(step - 10) / 50),
  });

  test("is there when G's gradient falls to a tenth while D tells real from made", () => {
    const found = findings(
      vanishingGradient,
      300,
      decaying(() => 1),
    );
    expect(found.length).toBe(30);
    // exp(−t/50) is a tenth at t = 115; the median of five blocks is 25 steps behind.
    expect(found.find(({ present }) => present)!.step).toBe(150);
    expect(last(found).value).toBeCloseTo(Math.exp(-(300 - 30 + 5.5 - 10) / 50), 2);
  });

  test("is not there when the gap between the scores closes as well: the game has come to rest", () => {
    const closing = decaying((step) => Math.exp(-step / 50));
    expect(findings(vanishingGradient, 300, closing).some(({ present }) => present)).toBe(false);
  });

  test("is not there, whatever the gradient, once D scores made samples higher", () => {
    expect(
      findings(
        vanishingGradient,
        300,
        decaying((step) => (step < 50 ? 1 : -1)),
      ).some(({ present }) => present),
    ).toBe(false);
  });

  test("does not depend on the scale of gradients or scores", () => {
    const scaled = (step: number) => {
      const metrics = decaying(() => 1)(step);
      return { ...metrics, "gradient/G": 1e-4 * metrics["gradient/G"], "score/real": 500, "score/fake": -100 };
    };
    const [a, b] = [
      findings(
        vanishingGradient,
        200,
        decaying(() => 1),
      ),
      findings(vanishingGradient, 200, scaled),
    ];
    expect(b.map(({ value }) => value.toPrecision(9))).toEqual(a.map(({ value }) => value.toPrecision(9)));
  });

  test("waits through steps in which G rests, and judges the worst of several makers", () => {
    const resting = (step: number) => ({ "score/real": 1, "score/fake": 0, ...(step > 100 && { "gradient/G": 1 }) });
    expect(findings(vanishingGradient, 100, resting)).toEqual([]);
    const two = (step: number) => ({ ...decaying(() => 1)(step), "gradient/F": 3 });
    expect(last(findings(vanishingGradient, 300, two)).present).toBe(true);
  });
});

describe("exploding critic", () => {
  const growing = (rate: number) => (step: number) => ({
    ...{ "samples/spread": 10, "score/real": 1000 + rate * step, "score/fake": 1000 },
  });

  test("is there when scores are four times as far apart as two real samples, wherever they lie", () => {
    const found = findings(explodingCritic, 600, growing(0.1));
    expect(last(found)).toMatchObject({ step: 600, present: true });
    expect(last(found).value).toBeCloseTo((0.1 * 575.5) / 10, 9);
    expect(found.find(({ present }) => present)!.step).toBe(430);
    expect(last(findings(explodingCritic, 600, growing(-0.1))).present).toBe(true);
    expect(findings(explodingCritic, 600, growing(0.05)).some(({ present }) => present)).toBe(false);
  });

  test("holds scores against 1 where the data lie closer together", () => {
    const close = () => ({ "samples/spread": 0.01, "score/real": 1, "score/fake": 0 });
    expect(last(findings(explodingCritic, 100, close))).toMatchObject({ value: 1, present: false });
  });

  test("finds nothing before it has seen how far real samples are apart", async () => {
    const watch = explodingCritic.watch();
    const metrics = { "score/real": 100, "score/fake": 0 };
    for (let step = 1; step <= 60; step++) expect(watch.step!({ step, metrics })).toBeUndefined();
    const real = Float32Array.of(0, 0, 6, 8);
    await watch.samples!({ step: 60, made: real, real, shape: [2] });
    expect(watch.noted!()).toEqual({ "samples/spread": Math.sqrt(50) });
    for (let step = 61; step < 70; step++) watch.step!({ step, metrics });
    expect(watch.step!({ step: 70, metrics })!.value).toBeCloseTo(100 / Math.sqrt(50), 9);
  });
});

describe("oscillation", () => {
  const swinging = (size: (step: number) => number, level: number) => (step: number) => ({
    "score/real": level + size(step) * Math.sin((2 * Math.PI * step) / 80),
    "score/fake": 0,
  });

  test("is there when the gap between the scores swings about 0 as widely as ever, or more widely", () => {
    expect(
      last(
        findings(
          oscillation,
          600,
          swinging(() => 2, 0),
        ),
      ).present,
    ).toBe(true);
    expect(
      last(
        findings(
          oscillation,
          600,
          swinging((step) => step, 0),
        ),
      ).present,
    ).toBe(true);
  });

  test("is not there where swings die down, or are small against the gap, or are noise", () => {
    expect(
      last(
        findings(
          oscillation,
          600,
          swinging((step) => Math.exp(-step / 150), 0),
        ),
      ).present,
    ).toBe(false);
    expect(
      findings(
        oscillation,
        600,
        swinging(() => 0.3, 1),
      ).some(({ present }) => present),
    ).toBe(false);
    const noise = (step: number) => ({ "score/real": 0.2 + ((step * 7919) % 101) / 100 - 0.5, "score/fake": 0 });
    expect(findings(oscillation, 600, noise).some(({ present }) => present)).toBe(false);
  });

  test("does not count a run's beginning as a swing", () => {
    const beginning = (step: number) => ({ "score/real": step < 100 ? Math.sin(step / 15) : 0.1, "score/fake": 0 });
    expect(findings(oscillation, 600, beginning).some(({ present }) => present)).toBe(false);
  });
});

describe("divergence", () => {
  test("is there when D's loss stays at more than three times that of its first step", () => {
    const found = findings(divergence, 200, (step) => ({ "loss/D": step <= 100 ? 1.39 : 9, "loss/G": 50 }));
    expect(found.find(({ present }) => present)!.step).toBe(130);
    expect(last(found).value).toBeCloseTo(9 / 1.39, 9);
  });

  test("is not there for a spike of a few steps, nor for a critic's loss far below 0", () => {
    expect(
      findings(divergence, 200, (step) => ({ "loss/D": step % 100 < 15 ? 500 : 1 })).some(({ present }) => present),
    ).toBe(false);
    expect(last(findings(divergence, 200, (step) => ({ "loss/D": -step })))).toMatchObject({
      value: 0,
      present: false,
    });
  });

  test("holds a loss that begins near 0 against 1, and judges the worst of several discriminators", () => {
    expect(last(findings(divergence, 100, () => ({ "loss/D": 0.01 + 2 }))).present).toBe(false);
    const two = (step: number) => ({ "loss/DX": 0.5, "loss/DA+DB": step === 1 ? 0.7 : 4 });
    expect(last(findings(divergence, 100, two))).toMatchObject({ value: 4, present: true });
  });
});
