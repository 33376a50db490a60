export type { Arrays, Backend, DeviceName, Probe, Program, Session, SessionOptions } from "./backend.ts";
export { withPlainLowering } from "./backend.ts";
export { probeBackend } from "./probe.ts";
export {
  type KindTime,
  type OperatorTime,
  type Profile,
  profileOf,
  type TimedStep,
  type TraceEvent,
  traceOf,
} from "./profile.ts";
