export * from "./index.ts";
export { openDataset } from "./open.node.ts";
