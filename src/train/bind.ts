// A network while an iteration is being built: which tensor each of its variables is at this moment. Updates replace the
// parameters, and each application in training replaces the running statistics.

import { type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import type { AnyNetworkSpec } from "../networks/index.ts";
import { type AnyModule, applyModule, type Scope, variablesOf } from "../nn/index.ts";
import type { AnyNetwork } from "../recipes/index.ts";
import { layOut, pack, type StateArray, stateInput, unpack } from "./state.ts";

/** One line of a table of layers. */
export interface LayerRow {
  readonly path: string;
  readonly kind: string;
  readonly outputShape: Shape;
  readonly parameters: number;
}

/** A network with the tensors that hold its values now. */
export interface Bound {
  /** What recipes call: (...inputs) → outputs. */
  readonly network: AnyNetwork;
  readonly spec: AnyNetworkSpec;
  readonly parameterArray: StateArray;
  /** Undefined when no layer keeps statistics. */
  readonly bufferArray: StateArray | undefined;
  /** All parameters as one flat tensor. */
  parameters(): Tensor;
  /** The parameters one by one, in the array's order: what a loss is differentiated by. */
  parameterTensors(): Tensor[];
  /** Puts updated parameters in place. */
  setParameters(flat: Tensor): void;
  buffers(): Tensor;
  /** Remembers every value; the function given back puts them all in place again. */
  keep(): () => void;
  /** How often it was applied so far. */
  applications(): number;
  /** The layers, as first applied. */
  readonly layers: readonly LayerRow[];
}

export interface BindOptions {
  readonly training: boolean;
  /** Declares randomness of exactly this shape, for dropout. */
  uniform(shape: Shape): Tensor;
  /** Gives a variable its value; without it, variables are parts of the run's flat arrays. */
  variable?(name: string, shape: Shape): Tensor;
}

/** Where a network's parameters and its buffers lie; either may be of no size. */
function arraysOfNetwork(label: string, { module }: AnyNetworkSpec): [StateArray, StateArray] {
  const variables = [...variablesOf(module as AnyModule)];
  const arrayOf = (role: "parameter" | "buffer") => {
    const members = variables.filter(([, variable]) => variable.role === role);
    const named = members.map(([path, { shape }]) => ({ name: `${label}.${path}`, shape }));
    return layOut(`${label}.${role}s`, named, { init: members.map(([, { init }]) => init) });
  };
  return [arrayOf("parameter"), arrayOf("buffer")];
}

/** The arrays of a run's state that hold its networks' values, by the networks' labels. */
export const arraysOfNetworks = (specs: Readonly<Record<string, AnyNetworkSpec>>): StateArray[] =>
  Object.entries(specs).flatMap(([label, spec]) => arraysOfNetwork(label, spec).filter(({ size }) => size > 0));

export function bind(label: string, spec: AnyNetworkSpec, { training, uniform, variable }: BindOptions): Bound {
  const [parameterArray, bufferArray] = arraysOfNetwork(label, spec);
  const values = new Map<string, Tensor>();
  const place = (array: StateArray, flat: Tensor) => {
    const tensors = variable ? array.entries.map(({ name, shape }) => variable(name, shape)) : unpack(array, flat);
    array.entries.forEach(({ name }, i) => {
      values.set(name, tensors[i]);
    });
  };
  const valuesOf = (array: StateArray) => array.entries.map(({ name }) => values.get(name)!);

  let parameters = stateInput(parameterArray);
  place(parameterArray, parameters);
  if (bufferArray.size > 0) place(bufferArray, stateInput(bufferArray));

  const layers: LayerRow[] = [];
  let applications = 0;
  const scopeAt = (path: string): Scope => ({
    path,
    training,
    uniform,
    variable: (name) => values.get(`${path}.${name}`) ?? missing(path, name),
    update: (name, value) => {
      values.set(`${path}.${name}`, value);
    },
    child: (name) => scopeAt(`${path}.${name}`),
    applied: (module, _, output) => {
      if (applications > 0 || module.children !== undefined) return;
      const own = variablesOf(module);
      const count = [...own.values()]
        .filter(({ role }) => role === "parameter")
        .reduce((n, v) => n + sizeOf(v.shape), 0);
      const outputShape = (output as Partial<Tensor>).shape ?? [];
      layers.push({ path, kind: module.kind, outputShape, parameters: count });
    },
  });
  const apply = (...inputs: readonly Tensor[]): unknown => {
    const y = applyModule(spec.module, scopeAt(label), ...inputs);
    applications++;
    return y;
  };

  return {
    network: Object.assign(apply, { label, inputShape: spec.inputShape }),
    spec,
    parameterArray,
    bufferArray: bufferArray.size > 0 ? bufferArray : undefined,
    parameters: () => parameters,
    parameterTensors: () => valuesOf(parameterArray),
    setParameters(flat) {
      parameters = flat;
      place(parameterArray, parameters);
    },
    buffers: () => pack(valuesOf(bufferArray)),
    keep() {
      const [flat, held] = [parameters, new Map(values)];
      return () => {
        parameters = flat;
        for (const [name, value] of held) values.set(name, value);
      };
    },
    applications: () => applications,
    layers,
  };
}

/** The arrays of the run's state that hold a network's values. */
export function arraysOfBound({ parameterArray, bufferArray }: Bound): StateArray[] {
  return [...(parameterArray.size > 0 ? [parameterArray] : []), ...(bufferArray ? [bufferArray] : [])];
}

function missing(path: string, name: string): never {
  throw new Error(`"${path}" has no variable "${name}"`);
}
