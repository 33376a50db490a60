export { shareWrong } from "./classifying.node.ts";
export * from "./index.ts";
export type { Training } from "./measured.node.ts";
export { findTable, tables } from "./registry.node.ts";
export { type CaseOptions, runCase, shortName } from "./run.node.ts";
