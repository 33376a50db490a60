export { type Downloaded, type DownloadOptions, type DownloadProgress, downloadSet } from "./download.node.ts";
export * from "./index.ts";
export { openDataset } from "./open.node.ts";
export { type NamedPicture, openPictures } from "./pictures.node.ts";
export { readVectors, type Vectors } from "./vectors.node.ts";
