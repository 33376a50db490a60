// The same three iterations on WebGPU. A GPU adds in another order, and its transcendental functions are less exact than
// the CPU's, so the bounds are wider; software Vulkan keeps them with room to spare. Two of the files, since shaders take their
// time to compile.

import { test } from "vitest";
import { webgpu } from "../../src/runtime/index.node.ts";
import { dcganGames, vanillaGames } from "./games.ts";
import { testParity } from "./suite.ts";

const { works, detail } = await webgpu.probe();
if (works) {
  const { "vanilla-small": small } = vanillaGames;
  const { dcgan16 } = dcganGames;
  const wider = { losses: { atol: 1e-4 }, state: { norm: 1e-4 }, movement: { norm: 1e-2 } };
  testParity({ "vanilla-small": small, dcgan16 }, webgpu, wider);
} else {
  test(`skipped: no WebGPU adapter here: ${detail}`, ({ skip }) => skip());
}
