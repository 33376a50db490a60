import { expect, test } from "vitest";
import { decodePng } from "../formats/index.ts";
import { picture } from "./pictures.ts";

test.each([1, 2, 3, 4])("images of %i channels can be looked at; of two, the first is shown", (channels) => {
  const sample = [channels, 2, 2];
  const values = Float32Array.from({ length: 3 * channels * 4 }, (_, i) =>
    Math.floor(i / 4) % channels === 0 ? 1 : -1,
  );
  const raster = decodePng(picture("images", values, sample), "grid");
  const shown = channels === 2 ? 1 : channels;
  expect(raster.channels).toBe(shown);
  // the first pixel of the first image, inside the padding of 2
  const at = (2 * raster.width + 2) * shown;
  expect([...raster.data.subarray(at, at + shown)]).toEqual([255, ...new Array(shown - 1).fill(0)]);
});
