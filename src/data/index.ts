export { arrayDataset } from "./array.ts";
export { contactSheet } from "./contact-sheet.ts";
export type {
  Batch,
  DataKind,
  DataOptions,
  Dataset,
  DatasetSource,
  Derivation,
  LossyFiles,
  Problem,
  SampleForm,
  Split,
  TextForm,
} from "./dataset.ts";
export { withDerived } from "./derived.ts";
export { type Download, type DownloadFile, listDownloads } from "./downloads.ts";
export { type EdgesShapesMeasure, measureEdgesShapes } from "./edges-measure.ts";
export { edgesShapesAnswers } from "./edges-shapes.ts";
export { faceWith } from "./faces.ts";
export { withFewLabels } from "./few-labels.ts";
export { type Field, fieldOf, fieldShape, formOf, labelCount, oneHotRows } from "./form.ts";
export { createIdentities, type Identities } from "./identities.ts";
export { type Inspection, inspectDataset, inspectionRows, type Tally } from "./inspection.ts";
export { createLoader, type Loader, type LoaderOptions } from "./loader.ts";
export { type SampleOrder, sampleOrder } from "./order.ts";
export { findDataset, listDatasets } from "./registry.ts";
export { type MeasuredShape, measureShape } from "./shape-measure.ts";
export { allShapeTraits, describeShape, type ShapeTraits, shapeTraitsAt } from "./shapes.ts";
export { type Stacks, withStacks } from "./stacks.ts";
export { buildVocabulary, encodeCaptions, encodeWords, type WordForm, wordForm, wordsOf } from "./text.ts";
export { asDomains } from "./unpaired.ts";
export { readTokenizer, type Tokenizer } from "./word-piece.ts";
