// The examples, run as anyone would run them: through the package's own name, in an empty folder.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodePng } from "../src/formats/index.ts";

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "ganforge-examples-"));
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

test("the README shows the example as it is", () => {
  const [heading, ...lines] = readFileSync(join(home, "examples/train-and-sample.ts"), "utf8").split("\n");
  expect(heading).toMatch(/^\/\/ /);
  expect(readFileSync(join(home, "README.md"), "utf8")).toContain(`\`\`\`ts\n${lines.join("\n")}\`\`\``);
});

test("train-and-sample draws discs it has not been shown, and saves them as a picture", async () => {
  const { samples } = await import("../examples/train-and-sample.ts");
  const images = Array.from({ length: 64 }, (_, i) => samples.subarray(256 * i, 256 * (i + 1)));
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  expect(Math.abs(mean + 0.79)).toBeLessThan(0.12); // as the images it learned from; 0 before training
  const lit = images.map((image) => image.filter((value) => value > 0).length);
  expect(lit.filter((count) => count >= 5 && count <= 60).length).toBeGreaterThanOrEqual(32); // a disc has 9 to 45
  const { width, height, channels } = decodePng(readFileSync("samples.png"), "samples.png");
  expect({ width, height, channels }).toEqual({ width: 146, height: 146, channels: 1 });
}, 120_000);
