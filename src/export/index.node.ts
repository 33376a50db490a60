export { compareOnnx } from "./compare.node.ts";
export * from "./index.ts";
