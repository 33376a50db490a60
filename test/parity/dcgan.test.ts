import { cpu } from "../../src/runtime/index.node.ts";
import { dcganGames } from "./games.ts";
import { testParity } from "./suite.ts";

testParity(dcganGames, cpu, { losses: { atol: 1e-5 }, state: { norm: 1e-5 }, movement: { norm: 1e-3 } });
