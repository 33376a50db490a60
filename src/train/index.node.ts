export { drawBeside } from "./drawing.node.ts";
export { type InMemoryOptions, type InMemoryRun, trainInMemory } from "./in-memory.node.ts";
export * from "./index.ts";
export { openSentenceEncoder, type SentenceEncoder, withSentenceVectors } from "./sentence-encoder.node.ts";
export { NodeStore, openNodeStore, sha256 } from "./store.node.ts";
