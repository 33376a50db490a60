export { type JudgeOptions, type JudgeServer, openJudge } from "./judge.node.ts";
export type { Exposure } from "./sitting.ts";
