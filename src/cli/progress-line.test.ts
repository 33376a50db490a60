import { expect, test } from "vitest";
import { barLine, Pace, plainLine, type StepEvent } from "./progress-line.ts";

const stepAt = (step: number, totalSteps: number | undefined = 2000): StepEvent => ({
  type: "step",
  step,
  totalSteps,
  images: 64 * step,
  epoch: 0,
  seconds: step / 10,
  progress: totalSteps === undefined ? undefined : step / totalSteps,
  metrics: { "gradient/D": 1, "loss/D": 0.62, "loss/G": 1.2, "score/real": 0.5 },
});

/** Ten steps a second, 64 images a step, up to `step`. */
function paceUntil(step: number, totalSteps?: number): Pace {
  const pace = new Pace();
  for (let at = step - 50; at <= step; at++) pace.add(stepAt(at, totalSteps));
  return pace;
}

test("speed and time left are those of the last steps", () => {
  const pace = paceUntil(1000);
  expect(pace.speed).toBeCloseTo(640, 6);
  expect(pace.secondsLeft).toBeCloseTo(100, 6);
});

test("before the second step nothing is said of the speed", () => {
  const pace = new Pace();
  pace.add(stepAt(1));
  expect([pace.speed, pace.secondsLeft]).toEqual([undefined, undefined]);
  expect(plainLine(stepAt(1), pace)).toBe("step 1/2000 (0%)  loss D 0.6200 G 1.2000");
});

test("a plain line says it all", () => {
  expect(plainLine(stepAt(1000), paceUntil(1000))).toBe(
    "step 1000/2000 (50%)  loss D 0.6200 G 1.2000  640 images/s  1m40s left",
  );
});

test.each([
  [100, `${"█".repeat(20)}${"░".repeat(20)} 50% 1000/2000 D 0.62 G 1.20 640 img/s ETA 1m40s`],
  [60, "██████░░░░░░ 50% 1000/2000 D 0.62 G 1.20 640 img/s ETA 1m40s"],
  [47, "50% 1000/2000 D 0.62 G 1.20 640 img/s ETA 1m40s"],
  [46, "50% 1000/2000 D 0.62 G 1.20 640/s 1m40s"],
  [39, "50% 1000/2000 D 0.62 G 1.20 640/s 1m40s"],
  [38, "1000/2000 D 0.62 G 1.20 640/s 1m40s"],
  [34, "1000/2000 D 0.62 G 1.20 1m40s"],
  [28, "1000/2000 D 0.62 G 1.20"],
  [12, "1000/2000"],
  [5, "1000/"],
])("in %d columns a terminal shows the most that fits", (width, line) => {
  expect(barLine(stepAt(1000), paceUntil(1000), { width })).toBe(line);
});

test("no width is ever exceeded, whatever the numbers", () => {
  for (let width = 1; width <= 120; width++) {
    for (const step of [1, 60, 999, 2000]) {
      const line = barLine({ ...stepAt(step), images: 1e9 * step }, paceUntil(step), { width });
      expect(line.length).toBeLessThanOrEqual(width);
    }
  }
});

test("a run without an end has no bar and no time left", () => {
  const step = { ...stepAt(1000), totalSteps: undefined, progress: undefined };
  expect(barLine(step, new Pace(), { width: 80 })).toBe("step 1000 D 0.62 G 1.20");
});

test("colour adds no width", () => {
  const [plain, painted] = [undefined, (bar: string) => `<${bar}>`].map((paint) =>
    barLine(stepAt(1000), paceUntil(1000), { width: 80, ...(paint && { paint }) }),
  );
  expect(painted.replace(/[<>]/g, "")).toBe(plain);
});
