// Bytes in, structures out, and back: no input or output, no platform.

export { CHARACTER_WIDTH, drawText, LINE_HEIGHT, wrapText } from "./bitmap-font.ts";
export { type CaptionedGridOptions, captionedGrid } from "./captioned.ts";
export { type Cifar10, type Cifar100, parseCifar10, parseCifar100 } from "./cifar.ts";
export { bytesOf, type ElementClass, type Elements, elementCount, elementsFrom } from "./elements.ts";
export { type IdxArray, parseIdx } from "./idx.ts";
export { isJsonObject, type JsonObject, type JsonValue, parseJson } from "./json.ts";
export { type LmdbValues, listLmdb } from "./lmdb.ts";
export { type NpyArray, parseNpy } from "./npy.ts";
export { decodePng, encodePng } from "./png.ts";
export { ProtoReader, ProtoWriter } from "./protobuf.ts";
export { gridFromBatch, type Raster } from "./raster.ts";
export { readSafetensors, type SafeTensor, type SafeTensors, writeSafetensors } from "./safetensors.ts";
export { scatterPlot } from "./scatter.ts";
export { parseCelebaList, parseTable, type Table } from "./table.ts";
export { decodeUtf8, encodeUtf8 } from "./utf8.ts";
