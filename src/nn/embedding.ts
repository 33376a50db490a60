import { constant, type Tensor } from "../graph/index.ts";
import { type Initializer, normal } from "./init.ts";
import type { Module } from "./module.ts";

/** Rows of 0 and 1 from class numbers: labels [n] → [n, classes]. */
export function oneHot(labels: Tensor, classes: number): Tensor {
  const all = constant(Array.from({ length: classes }, (_, i) => i)).reshape([1, classes]);
  // |label − class| is 0 for the label's own class and at least 1 for the others
  return labels.reshape([-1, 1]).sub(all).abs().neg().add(0.5).step();
}

/** A learned vector for each class: labels [n] → [n, size], with weight [classes, size]. */
export function embedding(classes: number, size: number, { init = normal(0, 1) }: { init?: Initializer } = {}): Module {
  return {
    kind: "Embedding",
    variables: { weight: { shape: [classes, size], init, role: "parameter" } },
    apply: (scope, labels: Tensor) => oneHot(labels, classes).matmul(scope.variable("weight")),
  };
}
