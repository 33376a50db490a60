export {
  type CachedClassifier,
  type CachedOptions,
  cachedClassifier,
  cacheFolder,
  defaultExtractor,
} from "./extractor-cache.node.ts";
export * from "./index.ts";
export { type OnnxExtractorOptions, openOnnxExtractor } from "./onnx-extractor.node.ts";
export { openExtractor } from "./open-extractor.node.ts";
