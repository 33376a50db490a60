import { cpu } from "../../src/runtime/index.node.ts";
import { wganGames } from "./noise-games.ts";
import { testParity } from "./suite.ts";

testParity(wganGames, cpu);
