import { cpu } from "../../src/runtime/index.node.ts";
import { lsganGames } from "./noise-games.ts";
import { testParity } from "./suite.ts";

testParity(lsganGames, cpu);
