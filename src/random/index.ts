export { type KeyPart, RandomStream, stream } from "./stream.ts";
