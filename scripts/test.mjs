// npm test: installs what is missing, builds (tests start the built command), checks style and types, and runs every test, or
// those whose files are named: npm test -- test/cli. Its last line, which other programs read, is "N passed, N failed[, N skipped]".

import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare, tool } from "./prepare.mjs";

prepare();
const files = process.argv.slice(2);

// Each check counts as one test.
const checks =
  files.length > 0
    ? []
    : [
        ["style", tool("biome", "check", ".")],
        ["types of the core", tool("tsc", "-p", "tsconfig.json")],
        ["types of all", tool("tsc", "-p", "tsconfig.node.json")],
      ];

const report = join(tmpdir(), `ganforge-tests-${process.pid}.json`);
const status = tool("vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...files);
const tests = readReport();
rmSync(report, { force: true });

const failedChecks = checks.filter(([, code]) => code !== 0);
for (const [name] of failedChecks) console.error(`The check failed: ${name}`);
const passed = tests.passed + checks.length - failedChecks.length;
const failed = tests.failed + failedChecks.length;
console.log(`${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ""}`);
process.exitCode = failed > 0 || status !== 0 ? 1 : 0;

/** What vitest counted; a file that could not even be loaded, or no report at all, is a failure. */
function readReport() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    const unloaded = testResults.filter(
      ({ status, assertionResults }) =>
        status === "failed" && assertionResults.every(({ status }) => status !== "failed"),
    );
    let failed = numFailedTests + unloaded.length;
    if (failed === 0 && status !== 0) failed = 1; // an error outside any test
    return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
