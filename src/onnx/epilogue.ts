// What follows a convolution and touches each of its numbers once: a factor and a summand for each channel, as batch norm leaves of itself
// at inference, or a bias, and a ReLU. The convolution takes them along: the factor in its filter, the rest before it writes its result.

import type { Tensor } from "../graph/index.ts";

export interface Epilogue {
  readonly conv: Tensor<"conv"> | Tensor<"convInputGrad">;
  /** [1, C, 1, 1], of the result's channels. */
  readonly scale?: Tensor;
  /** [1, C, 1, 1] */
  readonly shift?: Tensor;
  /** The leaky ReLU's; 0 is a ReLU. */
  readonly slope?: number;
  /** The nodes that shift and ReLU are, for where the convolution cannot take them along. */
  readonly rest: readonly Tensor[];
}

/** Epilogues by the last node of each, whose value is that of the whole; `within` are their other nodes, whose values nothing else wants. */
export interface Epilogues {
  readonly byLast: ReadonlyMap<Tensor, Epilogue>;
  readonly within: ReadonlySet<Tensor>;
}

/** The epilogues of a graph's convolutions; what is in `results` is wanted as it is. */
export function epiloguesOf(order: readonly Tensor[], results: ReadonlySet<Tensor>): Epilogues {
  const consumers = new Map<Tensor, Tensor[]>();
  for (const node of order)
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  const byLast = new Map<Tensor, Epilogue>();
  const within = new Set<Tensor>();
  for (const conv of order) {
    if (!conv.is("conv") && !conv.is("convInputGrad")) continue;
    const nodes: Tensor[] = [conv];
    const next = (): Tensor | undefined => {
      const last = nodes.at(-1)!;
      const [only, ...more] = consumers.get(last) ?? [];
      return more.length > 0 || results.has(last) ? undefined : only;
    };
    /** The other operand of the next node, if that is such an operator of the last one with a number for each channel. */
    const perChannel = (op: "mul" | "add"): Tensor | undefined => {
      const node = next();
      if (node === undefined || !node.is(op)) return undefined;
      const other = node.inputs.find((input) => input !== nodes.at(-1));
      if (other === undefined || other.shape.join() !== `1,${conv.shape[1]},1,1`) return undefined;
      nodes.push(node);
      return other;
    };
    const scale = conv.attributes.groups === 1 ? perChannel("mul") : undefined;
    const shift = perChannel("add");
    const relu = next();
    const slope = relu?.is("leakyRelu") ? relu.attributes.slope : undefined;
    if (slope !== undefined) nodes.push(relu!);
    if (nodes.length === 1) continue;
    byLast.set(nodes.at(-1)!, {
      ...{ conv, rest: nodes.slice(scale ? 2 : 1) },
      ...(scale && { scale }),
      ...(shift && { shift }),
      ...(slope !== undefined && { slope }),
    });
    for (const node of nodes.slice(0, -1)) within.add(node);
  }
  return { byLast, within };
}
