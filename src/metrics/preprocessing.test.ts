import { describe, expect, test } from "vitest";
import { expectClose } from "../../test/close.ts";
import { InputError } from "../errors/index.ts";
import { guessPreprocessing, type Preprocessing, preprocessings, preprocessor } from "./preprocessing.ts";

const none = preprocessings.none;

/** One image [C, 1, 2]. */
const image = (...values: readonly number[]) => Float32Array.from(values);
const prepared = (images: Float32Array, channels: number, preparation: Preprocessing) =>
  preprocessor([channels, 1, 2], [1, 2], preparation)(images);

test("grey is repeated to three channels, for each of several images", () => {
  const two = image(-1, 0.5, 1, -0.25);
  expectClose(prepared(two, 1, none), [-1, 0.5, -1, 0.5, -1, 0.5, 1, -0.25, 1, -0.25, 1, -0.25], { atol: 1e-6 });
});

test("colours stay in their order, and alpha is laid on white", () => {
  const colours = image(-1, 1, 0, 0.5, 0.25, -0.5);
  expectClose(prepared(colours, 3, none), colours, { atol: 1e-6 });
  const [clear, opaque, half] = [-1, 1, 0].map((alpha) => image(...colours, alpha, alpha));
  expectClose(prepared(clear, 4, none), [1, 1, 1, 1, 1, 1], { atol: 1e-6 });
  expectClose(prepared(opaque, 4, none), colours, { atol: 1e-6 });
  expectClose(
    prepared(half, 4, none),
    [...colours].map((value) => (value + 1) / 2),
    { atol: 1e-6 },
  );
});

test("each channel of black and white comes to the family's own scale", () => {
  const ends = image(-1, 1, -1, 1, -1, 1);
  expectClose(prepared(ends, 3, preprocessings.inception), [-1, 1, -1, 1, -1, 1], { atol: 1e-6 });
  const clip = [-1.79226, 1.93033, -1.75209, 2.07488, -1.48021, 2.14592];
  const imagenet = [-2.1179, 2.24891, -2.03571, 2.42857, -1.80444, 2.64];
  expectClose(prepared(ends, 3, preprocessings.clip), clip, { atol: 1e-4 });
  expectClose(prepared(ends, 3, preprocessings.dinov2), imagenet, { atol: 1e-4 });
  expectClose(prepared(ends, 3, preprocessings.imagenet), imagenet, { atol: 1e-4 });
});

test("an edge made larger is clipped where bicubic overshoots, and stays within what images hold", () => {
  const edge = preprocessor([1, 1, 4], [1, 40], preprocessings.inception)(image(-1, -1, 1, 1));
  expect(Math.max(...edge)).toBe(1);
  expect(Math.min(...edge)).toBe(-1);
  expect(edge.filter((value) => value === 1).length).toBeGreaterThan(3 * 10);
});

test("other numbers of channels are refused", () => {
  expect(() => preprocessor([2, 8, 8], [8, 8], none)).toThrow(/^--extractor: .* 1, 3 or 4 channels, got 2\. Pass/);
});

describe("the name of a file", () => {
  test.each([
    ["inception-v3-2015.onnx", "inception"],
    ["FID_Inception.onnx", "inception"],
    ["clip-vit-b-32.onnx", "clip"],
    ["CLIP-resnet50.onnx", "clip"],
    ["dinov2_vitb14.onnx", "dinov2"],
    ["resnet50-v2.onnx", "imagenet"],
    ["vgg16.onnx", "imagenet"],
  ])("%s tells %s", (file, name) => {
    expect(guessPreprocessing(file)).toBe(name);
  });

  test("that tells nothing is refused, with all that --preprocess knows", () => {
    expect(() => guessPreprocessing("model.onnx")).toThrow(InputError);
    for (const name of Object.keys(preprocessings)) expect(() => guessPreprocessing("model.onnx")).toThrow(name);
  });
});
