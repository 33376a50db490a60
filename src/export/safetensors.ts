// A trained generator's tensors as a safetensors file, under the paths PyTorch's state_dict would give them: "main.0.weight".

import { writeSafetensors } from "../formats/index.ts";
import { exportedPath, type TrainedGenerator } from "./generator.ts";

/** The file's bytes, with `metadata` in its header. */
export function exportSafetensors(generator: TrainedGenerator, metadata: Readonly<Record<string, string>>): Uint8Array {
  const tensors = [...generator.tensors].map(([name, tensor]) => [exportedPath(generator, name), tensor] as const);
  return writeSafetensors(new Map(tensors), { format: "pt", ...metadata });
}
