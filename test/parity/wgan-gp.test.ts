import { cpu } from "../../src/runtime/index.node.ts";
import { wganGpGames } from "./noise-games.ts";
import { testParity } from "./suite.ts";

testParity(wganGpGames, cpu);
