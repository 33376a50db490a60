export type { Arrays, Backend, DeviceName, Probe, Program, Session, SessionOptions } from "./backend.ts";
export { probeBackend } from "./probe.ts";
