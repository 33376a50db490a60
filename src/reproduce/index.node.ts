export * from "./index.ts";
export { type CaseOptions, runCase } from "./run.node.ts";
