import { describe, expect, test } from "vitest";
import { stream } from "../../random/index.ts";
import type { SamplesSeen } from "../symptom.ts";
import { describeChange, watchRun } from "./doctor.ts";
import { symptoms } from "./registry.ts";

const COUNT = 24;
const EVERY = 20;
const shape = [1, 16, 16];
const size = 256;
const noise = (seed: number, scale = 1) => stream(seed, "samples").fillNormal(new Float32Array(COUNT * size), 0, scale);
const real = noise(1);
const latent = stream(1, "z").fillNormal(new Float32Array(COUNT * 4));

/** What a run shows at a step: samples that grow alike after step 500, and a D that takes unseen samples for made. */
function seenAt(step: number): SamplesSeen {
  const made = noise(step, step > 500 ? 0.08 : 1);
  const redrawn = new Map([0, 1, 2, 3].map((k) => [k, k < 2 ? made.slice() : noise(step + k)]));
  const around = (mean: number) => new Float32Array(COUNT).map((_, i) => mean + ((step + i) % 7) / 10);
  const scores = { real: around(2), heldOut: around(0), made: around(0) };
  return { step, made, real, shape, latent, redrawn, scores };
}

const metricsAt = (step: number): Record<string, number> => ({
  "score/real": 0.9 + (step % 3) / 100,
  "score/fake": 0.1,
  "gradient/G": 1 / (1 + step / 20),
  "gradient/D": 2,
  "loss/D": 0.2,
});

/** The lines of metrics.jsonl that a live run leaves from a step to another, and what was said meanwhile. */
async function live(doctor: ReturnType<typeof watchRun>, from: number, to: number) {
  const lines: Record<string, number | string>[] = [];
  const told: string[] = [];
  for (let step = from; step <= to; step++) {
    const heard = [doctor.step({ step, metrics: metricsAt(step) })];
    if (step % EVERY === 0) heard.push(doctor.samples(seenAt(step)));
    told.push(...heard.flatMap(({ changes }) => changes.map(describeChange)));
    lines.push({
      step,
      note: "else",
      ...metricsAt(step),
      ...Object.assign({}, ...heard.map(({ numbers }) => numbers)),
    });
  }
  return { lines, told };
}

test("a run told again from its lines, through JSON, is as it was, and goes on as it would have gone on", async () => {
  const whole = watchRun();
  const all = await live(whole, 1, 700);
  for (const at of [333, 340, 507]) {
    const resumed = watchRun();
    const kept = JSON.parse(JSON.stringify(all.lines.slice(0, at)));
    const before = resumed.replay(kept).map(describeChange);
    const after = await live(resumed, at + 1, 700);
    expect([...before, ...after.told]).toEqual(all.told);
    expect(after.lines).toEqual(all.lines.slice(at));
    expect(resumed.diagnoses()).toEqual(whole.diagnoses());
  }
});

test("each symptom is told of once as it appears, with its figure, what it means and what to try", async () => {
  const doctor = watchRun();
  const { told } = await live(doctor, 1, 700);
  const names = doctor
    .diagnoses()
    .filter(({ present }) => present)
    .map(({ name }) => name);
  expect(names).toEqual(["mode-collapse", "vanishing-gradient", "overfitting-discriminator", "unused-latent"]);
  expect(told.length).toBe(4);
  const collapse = doctor.diagnoses().find(({ name }) => name === "mode-collapse")!;
  // Five sets after step 500, of which three are alike.
  expect(collapse.since).toBe(560);
  expect(collapse.value).toBeCloseTo(0.08, 2);
  expect(told.find((line) => line.includes("Mode collapse"))).toMatch(
    /^Mode collapse \(0\.0\d+, below 0\.12\)\. G makes .+ Try: a lower learning rate.+\.$/,
  );
});

test("a symptom that goes away is told of, and counts as absent", () => {
  const doctor = watchRun();
  const line = (step: number, spread: number) => ({
    ...{ step, "score/real": spread, "score/fake": 0, "gradient/G": 1, "samples/spread": 1 },
  });
  const loud = doctor.replay(Array.from({ length: 60 }, (_, i) => line(i + 1, 50)));
  expect(loud.map(({ symptom, finding }) => [symptom.name, finding.present])).toEqual([["exploding-critic", true]]);
  const calm = doctor.replay(Array.from({ length: 60 }, (_, i) => line(i + 61, 1)));
  expect(calm.map(describeChange)).toEqual(["Exploding critic has gone (1)."]);
  expect(doctor.diagnoses().find(({ name }) => name === "exploding-critic")).toMatchObject({
    present: false,
    value: 1,
  });
});

test("numbers of a step are new ones only: what is not found anew is not written again", async () => {
  const doctor = watchRun();
  for (let step = 1; step < 10; step++) expect(doctor.step({ step, metrics: metricsAt(step) }).numbers).toEqual({});
  expect(Object.keys(doctor.step({ step: 10, metrics: metricsAt(10) }).numbers)).toEqual([
    "symptom/divergence",
    "symptom/vanishing-gradient",
  ]);
});

test("what a symptom needs and a run does not have stands in its diagnosis, until the run has it", () => {
  const doctor = watchRun();
  const told = () => doctor.diagnoses().flatMap(({ name, needs }) => (needs === undefined ? [] : [[name, needs]]));
  expect(told()).toEqual([]);
  doctor.samples({ ...seenAt(20), scores: "real samples that training never sees" });
  const groups = ["lost-modes", "at least 48 samples, and there are 24"];
  expect(told()).toEqual([groups, ["overfitting-discriminator", "real samples that training never sees"]]);
  doctor.samples(seenAt(40));
  expect(told()).toEqual([groups]);
});

test("a run that reports nothing known is not judged", async () => {
  const doctor = watchRun();
  for (let step = 1; step <= 400; step++) {
    expect(doctor.step({ step, metrics: { "distance/cycle": step } })).toEqual({ changes: [], numbers: {} });
  }
  expect(doctor.diagnoses().every(({ present, value }) => !present && value === undefined)).toBe(true);
});

describe("every symptom", () => {
  test.each(symptoms)("$name says what it is, what it means in one sentence, and what to try", (symptom) => {
    const { name, title, figure, threshold, meaning, advice } = symptom;
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z]/);
    expect(figure.length).toBeGreaterThan(20);
    expect(Object.values(threshold).every((value) => value > 0)).toBe(true);
    expect(meaning).toMatch(/^[A-Z][^.]+\.$/);
    expect(advice.length).toBeGreaterThan(1);
    for (const line of advice) expect(line).toMatch(/[^.]$/);
  });

  test("has a name of its own", () => {
    expect(new Set(symptoms.map(({ name }) => name)).size).toBe(symptoms.length);
  });
});
