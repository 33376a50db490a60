export { openGenerator, pathInGenerator, type TrainedGenerator, trainedGenerator } from "./generator.ts";
export { exportOnnx } from "./onnx.ts";
export { exportSafetensors } from "./safetensors.ts";
