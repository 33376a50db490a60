// The one place that loads onnxruntime-node.

import "./no-telemetry.node.ts";

import * as ort from "onnxruntime-node";

export { ort };
