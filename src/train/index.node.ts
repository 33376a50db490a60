export * from "./index.ts";
export { NodeStore, openNodeStore, sha256 } from "./store.node.ts";
