export { exportedPath, openGenerator, type TrainedGenerator, trainedGenerator } from "./generator.ts";
export { exportOnnx } from "./onnx.ts";
export { exportSafetensors } from "./safetensors.ts";
