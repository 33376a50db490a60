// onnxruntime-node reports its use over the network unless this is set before it loads. Whoever wants that sets it to 0.

process.env.ORT_DISABLE_TELEMETRY ??= "1";
