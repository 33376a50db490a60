// The three faces of convolution in float64. One loop visits every product of the trilinear form
// T(x, w, y) = Σ x·w·y; each face sums the products of two arguments into the third.

import type { ConvGeometry } from "./ops.ts";
import type { Tensor } from "./tensor.ts";

/** Calls `visit` with the flat offsets in x, w and y of every product. */
function forEachProduct(
  [n, channels, height, width]: readonly number[],
  [outputs, perGroup, kh, kw]: readonly number[],
  [, , outHeight, outWidth]: readonly number[],
  { strides, pads, dilations, groups }: ConvGeometry,
  visit: (x: number, w: number, y: number) => void,
): void {
  for (let image = 0; image < n; image++) {
    for (let o = 0; o < outputs; o++) {
      const firstChannel = Math.floor(o / (outputs / groups)) * perGroup;
      for (let i = 0; i < perGroup; i++) {
        for (let p = 0; p < kh; p++) {
          for (let q = 0; q < kw; q++) {
            const w = ((o * perGroup + i) * kh + p) * kw + q;
            for (let r = 0; r < outHeight; r++) {
              const row = r * strides[0] - pads[0] + p * dilations[0];
              if (row < 0 || row >= height) continue;
              for (let s = 0; s < outWidth; s++) {
                const column = s * strides[1] - pads[1] + q * dilations[1];
                if (column < 0 || column >= width) continue;
                visit(
                  ((image * channels + firstChannel + i) * height + row) * width + column,
                  w,
                  ((image * outputs + o) * outHeight + r) * outWidth + s,
                );
              }
            }
          }
        }
      }
    }
  }
}

export function evaluateConv(node: Tensor<"conv">, x: Float64Array, w: Float64Array): Float64Array {
  const y = new Float64Array(node.size);
  forEachProduct(node.inputs[0].shape, node.inputs[1].shape, node.shape, node.attributes, (i, j, k) => {
    y[k] += x[i] * w[j];
  });
  return y;
}

export function evaluateConvInputGrad(node: Tensor<"convInputGrad">, y: Float64Array, w: Float64Array): Float64Array {
  const x = new Float64Array(node.size);
  forEachProduct(node.shape, node.inputs[1].shape, node.inputs[0].shape, node.attributes, (i, j, k) => {
    x[i] += y[k] * w[j];
  });
  return x;
}

export function evaluateConvFilterGrad(node: Tensor<"convFilterGrad">, x: Float64Array, y: Float64Array): Float64Array {
  const w = new Float64Array(node.size);
  forEachProduct(node.inputs[0].shape, node.shape, node.inputs[1].shape, node.attributes, (i, j, k) => {
    w[j] += x[i] * y[k];
  });
  return w;
}
