import { cpu } from "../../src/runtime/index.node.ts";
import { runParitySuite } from "./suite.ts";

runParitySuite(cpu, { losses: { atol: 1e-5 }, state: { norm: 1e-5 }, movement: { norm: 1e-3 } });
