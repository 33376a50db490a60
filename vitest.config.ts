import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 120_000, // the longest takes a tenth of it where nothing else runs
    pool: "forks",
    maxWorkers: 2,
    isolate: false, // a worker loads each module once, not once for every file: nothing here keeps state that a test could leave behind
  },
});
