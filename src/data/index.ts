export { arrayDataset } from "./array.ts";
export type { Batch, DataOptions, Dataset, DatasetSource, Problem } from "./dataset.ts";
export { createLoader, type Loader, type LoaderOptions } from "./loader.ts";
export { type SampleOrder, sampleOrder } from "./order.ts";
export { findDataset, listDatasets } from "./registry.ts";
