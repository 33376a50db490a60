import { beforeAll, expect, test } from "vitest";
import { ganforge, ganforgeJson, TINY, temporaryFolder } from "./command.ts";

interface Listed {
  readonly device: string;
  readonly works: boolean;
  readonly detail: string;
}

let devices: Listed[];
beforeAll(async () => {
  devices = await ganforgeJson<Listed[]>(".", "list", "devices");
}, 60_000);

const deviceCalled = (name: string) => devices.find(({ device }) => device === name)!;

test("every device is tried and told of, without noise on stderr", async () => {
  expect(devices.map(({ device }) => device).sort()).toEqual(["cpu", "cuda", "webgpu"]);
  expect(deviceCalled("cpu")).toMatchObject({
    works: true,
    detail: expect.stringContaining("agrees with the reference"),
  });
  for (const { detail } of devices) expect(detail).toMatch(/^[^\n]{10,200}$/);
});

test("doctor says what works here and what to do about what does not", async () => {
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = await ganforge(cwd, "doctor");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^ok +node +\d+\.\d+\.\d+/m);
  expect(stdout).toMatch(/^ok +cpu +a training step ran and agrees/m);
  expect(stdout).toMatch(/^ok +writing/m);
  for (const { device, works } of devices) {
    if (!works) expect(stdout).toMatch(new RegExp(`^no +${device} .*\\n +→ .{20}`, "m"));
  }
  const { sound, checks } = await ganforgeJson<{ sound: boolean; checks: { name: string }[] }>(cwd, "doctor");
  expect(sound).toBe(true);
  expect(checks.map(({ name }) => name)).toEqual(["node", "cpu", "webgpu", "cuda", "disk", "writing"]);
});

test("auto chooses a device that works, and the run keeps its name", async () => {
  const cwd = temporaryFolder();
  const args = TINY.map((arg) => (arg === "cpu" ? "auto" : arg));
  await ganforgeJson(cwd, "train", "vanilla", ...args, "--steps", "1", "--out", "run");
  const { config } = await ganforgeJson<{ config: { device: string } }>(cwd, "info", "run");
  expect(devices.filter(({ works }) => works).map(({ device }) => device)).toContain(config.device);
});

test("a run of the webgpu device is made, sampled and resumed on the cpu", async ({ skip }) => {
  const { works, detail } = deviceCalled("webgpu");
  if (!works) {
    console.log(`skipped: webgpu does not work here: ${detail}`);
    skip();
  }
  const cwd = temporaryFolder();
  const args = TINY.map((arg) => (arg === "cpu" ? "webgpu" : arg));
  const two = ["--steps", "2", "--steps-per-run", "2"]; // what the first leaves on the GPU, the second finds there
  const trained = await ganforge(cwd, "train", "vanilla", ...args, ...two, "--out", "run");
  expect({ code: trained.code, stderr: trained.stderr }).toEqual({ code: 0, stderr: "" });
  expect(await ganforgeJson(cwd, "sample", "run", "--count", "2")).toMatchObject({ step: 2 });
  expect(await ganforgeJson(cwd, "resume", "run", "--device", "cpu", "--steps", "3")).toMatchObject({ step: 3 });
});
